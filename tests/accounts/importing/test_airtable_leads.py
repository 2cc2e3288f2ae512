"""Leads of Airtable and where accounts came from: taken down as history, once, and taken back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from headhaul.accounts.models import Account, Contact, ExternalId, ImportRun
from headhaul.activities.models import Activity, Notification
from headhaul.capture.models import CaptureEvent, Lead, LeadSource, LeadTouch
from headhaul.compliance.models import ConsentEvent
from headhaul.kernel import Actor
from headhaul.pipeline.models import Opportunity, RuleFiring
from headhaul.preferences.services import values
from tests.accounts.importing.airtable_world import ACCOUNTS, exported, imported, people, reasons
from tests.accounts.importing.conftest import ask, rows
from tests.factories.market import TODAY, carrier, signals
from tests.fakes.airtable_server import AirtableServer

LEADS, SOURCES = "v2_B2B Lead Capture Events", "v2_B2B Lead Sources"
TABLES = [ACCOUNTS, "v2_B2B Contacts", LEADS, SOURCES]
MET = datetime(2025, 3, 6, 15, tzinfo=UTC)
JOE = {
    "event_name": "MATS 2025", "capture_source": "Trade Show", "company_name": "Lone Star Reefer", "state": "TX",
    "contact_name": "Joe Cole", "contact_email": "Joe@LoneStar.example", "contact_phone": "(214) 555-0133",
    "tags": "Reefer, Urgent", "follow_up": "2025-03-10", "captured_at": "2025-03-06T15:00:00.000Z", "notes": "12 seats",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _fresh_settings() -> Iterator[None]:
    values.forget()
    yield
    values.forget()


def runs_of(by: Actor) -> dict[str, ImportRun]:
    return {run.file_name: run for run in imported(by, tables=TABLES)}


def test_a_lead_comes_in_as_it_was_taken_down_then(max_: Actor, server: AirtableServer) -> None:
    server.put(LEADS, JOE)
    run = runs_of(max_)[LEADS]
    assert (run.created, run.failed) == (1, 0), reasons(run)
    lead = Lead.objects.get()
    assert (lead.captured_at, lead.source.key, lead.tags, lead.clock_note) == (
        MET,
        "trade_show",
        ["reefer", "urgent"],
        "",
    )
    assert lead.event is not None
    assert (lead.event.name, lead.event.is_active, lead.event.form_is_open) == ("MATS 2025", False, False)
    assert (lead.account and lead.account.name, lead.contact and lead.contact.name) == ("Lone Star Reefer", "Joe Cole")
    assert LeadTouch.objects.get().at == MET
    note = Activity.objects.get()
    assert (note.type, note.happened_at, note.body) == ("note", MET, "12 seats")


def test_nobody_is_told_and_no_clock_runs_for_an_old_lead(max_: Actor, rosa: Actor, server: AirtableServer) -> None:
    carrier(158121, effective_units=110)
    signals(TODAY, {"dot_number": 158121, "score_hundredths": 9200, "n": 60, "near": 45, "fit": 57_000})
    rows(max_, "accounts", {"USDOT": 158121, "Company": "Lone Star Reefer", "Owner": "rosa@example.com"})
    for trigger in ("lead_captured", "account_opened", "activity_logged"):
        ask("saveAutomationRule", {"name": trigger, "trigger": trigger, "isActive": True,
                                   "actions": [{"kind": "add_tag", "tag": "seen"}]}, max_)  # fmt: skip
    Notification.objects.all().delete()
    server.put(LEADS, JOE | {"dot_number": "158121"})
    runs_of(max_)
    lead = Lead.objects.get()
    assert lead.grade == "hot"
    assert (lead.owner_id, lead.due_at, lead.opportunity_id, lead.follow_up_id) == (rosa.user_id, None, None, None)
    assert not Notification.objects.filter(kind="lead").exists()
    assert not Opportunity.objects.exists()
    assert not Activity.objects.filter(type="task").exists()
    assert not RuleFiring.objects.exists()


def test_the_same_record_is_the_same_lead_and_the_same_person_is_joined(max_: Actor, server: AirtableServer) -> None:
    server.put(LEADS, JOE, JOE | {"captured_at": "2025-03-07T10:00:00.000Z", "notes": "came back"})
    run = runs_of(max_)[LEADS]
    assert (run.created, run.updated) == (1, 1)
    assert (Lead.objects.counted().count(), LeadTouch.objects.count(), Account.objects.count()) == (1, 1, 1)
    again = runs_of(max_)[LEADS]
    assert (again.created, again.updated, again.unchanged) == (0, 0, 2)
    assert Lead.objects.count() == 2


def test_consent_comes_with_its_words_and_without_them_it_is_only_told(max_: Actor, server: AirtableServer) -> None:
    said = JOE | {"email_consent": "true"}
    ann = {"contact_name": "Ann Lee", "contact_email": "ann@lonestar.example", "contact_phone": ""}
    server.put(LEADS, said | {"consent_text": "I agree to e-mails about drivers."}, said | ann)
    run = runs_of(max_)[LEADS]
    assert run.failed == 0, reasons(run)
    event = ConsentEvent.objects.get()
    assert (event.address, event.status, event.captured_at) == ("joe@lonestar.example", "opted_in", MET)
    assert "I agree to e-mails about drivers" in event.evidence
    assert "as Airtable, v2_B2B Lead Capture Events has it, brought in by" in event.evidence
    assert "without the words: not recorded as consent" in Lead.objects.get(contact__name="Ann Lee").note


def test_a_follow_up_that_is_still_to_come_becomes_a_task_and_words_go_into_the_note(
    max_: Actor, server: AirtableServer
) -> None:
    server.put(LEADS, JOE | {"follow_up": "2199-03-10"}, JOE | {"contact_name": "Ann", "contact_email": "",
               "contact_phone": "", "follow_up": "after the harvest"})  # fmt: skip
    runs_of(max_)
    assert Activity.objects.get(type="task").due_on.isoformat() == "2199-03-10"
    assert "Follow-up: after the harvest" in Lead.objects.get(contact__name="Ann").note


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"dot_number": "12A"}, "USDOT number is no USDOT number; it has 1 to 8 digits"),
        ({"contact_email": "joe at home"}, "E-mail is no e-mail address"),
        ({"capture_source": "2025"}, "is no name of a source; it begins with a letter"),
        (dict.fromkeys(("company_name", "contact_name", "contact_email", "contact_phone"), ""),
         "A lead needs a company or a person."),
    ],
)  # fmt: skip
def test_a_row_that_is_no_lead_says_why(max_: Actor, server: AirtableServer, wrong: dict[str, str], told: str) -> None:
    server.put(LEADS, JOE | wrong, JOE | {"contact_name": "Other", "contact_email": "o@x.example", "contact_phone": ""})
    run = runs_of(max_)[LEADS]
    assert (run.created, run.failed) == (1, 1)
    assert reasons(run)[0].startswith(told)


def test_an_undo_takes_all_of_it_but_the_consent(max_: Actor, server: AirtableServer) -> None:
    server.put(LEADS, JOE | {"email_consent": "yes", "consent_text": "I agree.", "capture_source": "Truck stop",
                             "follow_up": "2199-03-10"}, JOE | {"capture_source": "Truck stop"})  # fmt: skip
    before = LeadSource.objects.count(), CaptureEvent.objects.count()
    run = runs_of(max_)[LEADS]
    assert LeadSource.objects.count() == before[0] + 1
    undone = ask("undoImport", {"importId": run.pk}, max_)
    assert undone.kept == 0
    for model in (Lead, LeadTouch, Activity, Contact, Account):
        assert not model._default_manager.exists(), model
    assert (LeadSource.objects.count(), CaptureEvent.objects.count()) == before
    assert not ExternalId.objects.exists()
    assert ConsentEvent.objects.exists()


def test_a_lead_that_somebody_worked_on_stays(max_: Actor, server: AirtableServer) -> None:
    server.put(LEADS, JOE)
    run = runs_of(max_)[LEADS]
    lead = Lead.objects.get()
    ask("disqualifyLead", {"leadId": lead.pk, "version": lead.version, "reason": "Sold their trucks"}, max_)
    undone = ask("undoImport", {"importId": run.pk}, max_)
    assert undone.kept >= 1
    assert Lead.objects.filter(pk=lead.pk).exists()


def source_row(account: str, **other: Any) -> dict[str, Any]:
    return {"account_id": account, "source": "Webinar", "medium": "web", "campaign": "Spring",
            "captured_at": "2025-02-01T10:00:00.000Z", **other}  # fmt: skip


def test_a_source_of_an_account_is_a_source_and_a_touch(max_: Actor, server: AirtableServer) -> None:
    blue, _ = people(server)
    server.put(SOURCES, source_row(blue), source_row("rec404"), source_row(blue, source=""))
    run = runs_of(max_)[SOURCES]
    assert (run.created, reasons(run)) == (
        1, ["there is no such account", "say from which source the account came"],
    )  # fmt: skip
    touch = LeadTouch.objects.get()
    assert (touch.source, touch.channel, touch.campaign, touch.lead_id) == ("webinar", "web", "Spring", None)
    assert touch.at == datetime(2025, 2, 1, 10, tzinfo=UTC)
    assert LeadSource.objects.get(key="webinar").name == "Webinar"
    again = runs_of(max_)[SOURCES]
    assert (again.created, again.unchanged) == (0, 1)
    ask("undoImport", {"importId": run.pk}, max_)
    assert not LeadTouch.objects.exists()
    assert not LeadSource.objects.filter(key="webinar").exists()


def test_the_touch_that_a_lead_brought_is_not_doubled(max_: Actor, server: AirtableServer) -> None:
    (star,) = server.put(ACCOUNTS, {"carrier_name": "Lone Star Reefer", "carrier_dot": "158121"})
    server.put(LEADS, JOE | {"dot_number": "158121"})
    server.put(SOURCES, source_row(star, source="trade_show", captured_at="2025-03-06T15:00:01.000Z"))
    run = runs_of(max_)[SOURCES]
    assert (run.created, run.unchanged, LeadTouch.objects.count()) == (0, 1, 1)


def test_leads_and_sources_go_back_and_come_back_as_nothing_new(max_: Actor, server: AirtableServer) -> None:
    blue, _ = people(server)
    server.put(LEADS, JOE)
    server.put(SOURCES, source_row(blue))
    runs_of(max_)
    ask("captureLead", {"clientId": "3f1c1a52-9a53-4b6f-9d21-0a6a1f6d2f10", "company": "New Fleet", "state": "OK",
                        "contactName": "Bo", "source": "referral"}, max_)  # fmt: skip
    export = exported(max_, tables=TABLES)
    assert (export.counts[LEADS]["updated"], export.counts[LEADS]["created"]) == (1, 1)
    assert export.counts[SOURCES]["created"] == 2, "the touches of both leads"
    joe, bo = server.tables[LEADS].values()
    assert (joe["event_name"], joe["capture_source"], joe["follow_up"], joe["tags"]) == (
        "MATS 2025", "trade_show", "2025-03-10", "reefer, urgent",
    )  # fmt: skip
    assert (bo["company_name"], bo["contact_name"], bo["capture_source"]) == ("New Fleet", "Bo", "referral")
    again = runs_of(max_)
    assert [(run.created, run.updated, run.failed) for run in again.values()] == [(0, 0, 0)] * 4


def test_columns_that_a_base_lacks_are_left_out_and_said(max_: Actor, server: AirtableServer) -> None:
    server.put(LEADS, JOE)
    runs_of(max_)
    server.lacks = {"contact_phone", "contact_email"}
    server.tables[LEADS] |= {key: {} for key in server.tables[LEADS]}
    export = exported(max_, tables=[LEADS])
    assert (export.counts[LEADS]["updated"], export.counts[LEADS]["refused"]) == (1, 0)
    assert export.problems == [f"{LEADS} has no column contact_email, contact_phone, so it was left out."]
    (joe,) = server.tables[LEADS].values()
    assert (joe["contact_name"], "contact_phone" in joe) == ("Joe Cole", False)


def test_a_trial_writes_nothing(max_: Actor) -> None:
    given = {"Company": "Blue", "Person": "Ann", "E-mail": "ann@blue.example"}
    run = rows(max_, "leads", given, {"Tags": "x"}, dryRun=True)
    assert (run.created, run.failed) == (1, 1)
    assert not Lead.objects.exists()
