"""Calls, e-mails and texts of Airtable's own tables: onto the timeline, and back to where they were."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from headhaul.accounts.models import Account, AccountPulse, Contact, ExternalId
from headhaul.activities.models import Activity
from headhaul.activities.services.importing_touches import own_text, with_beside
from headhaul.compliance.models import Receipt
from headhaul.kernel import Actor
from headhaul.outreach.models import Call, InboundMessage
from headhaul.outreach.services import touches
from tests.accounts.importing.airtable_world import exported, imported, people, reasons
from tests.accounts.importing.conftest import Upload, ask, rows
from tests.cast import NOON
from tests.factories import outreach
from tests.fakes.airtable_server import AirtableServer

CALLS, EMAILS, TEXTS, ACTIVITIES = "v2_B2B Calls", "v2_B2B Emails", "v2_B2B Text Messages", "v2_B2B Activities"
MADE = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)  # when the pretended Airtable says that all was made


def fill(server: AirtableServer) -> None:
    """Somebody who was called, written to and texted."""
    blue, ann = people(server)
    server.put(
        CALLS,
        {"account_id": blue, "contact_id": ann, "direction": "inbound", "status": "completed", "duration": "95",
         "recording_url": "https://calls.example/7.mp3", "transcript": "Ann: we need 12 seats."},
        {"account_id": blue, "status": "busy", "duration": 0},
    )  # fmt: skip
    server.put(
        EMAILS,
        {"account_id": [blue], "contact_id": [ann], "subject": "Drivers", "body": "Hi Ann", "status": "sent",
         "opened": "true", "clicked": "false", "replied": "true"},
    )  # fmt: skip
    server.put(
        TEXTS,
        {"account_id": blue, "contact_id": ann, "body": "Still short?", "status": "delivered",
         "sent_at": "2025-11-03T15:00:00.000Z", "delivered_at": "2025-11-03T15:00:02.000Z", "response_text": "Yes"},
    )  # fmt: skip


def history() -> list[tuple[Any, ...]]:
    return list(Activity.objects.order_by("pk").values_list("type", "direction", "outcome", "happened_at", "body"))


def test_they_come_in_as_what_they_were_at_the_time_when_they_were(max_: Actor, server: AirtableServer) -> None:
    fill(server)
    runs = {run.file_name: run for run in imported(max_)}
    assert [(runs[name].created, runs[name].failed) for name in (CALLS, EMAILS, TEXTS)] == [(2, 0), (1, 0), (1, 0)]
    text_left = datetime(2025, 11, 3, 15, tzinfo=UTC)
    assert history() == [
        ("call", "in", "connected", MADE, "Ann: we need 12 seats.\n\nRecording: https://calls.example/7.mp3"),
        ("call", "out", "no_answer", MADE, ""),
        ("email", "out", "replied", MADE, "Hi Ann"),
        ("sms", "out", "replied", text_left, "Still short?\n\nThey answered: Yes"),
    ]
    ann = Contact.objects.get()
    assert Activity.objects.filter(contact=ann).count() == 3
    assert AccountPulse.objects.get().last_touch_at == MADE
    assert runs[EMAILS].notes == ["Columns without a field here, not imported: opened, clicked."]
    shown = ask("getTimeline", {"accountId": ann.account_id}, max_).items
    assert {each.kind for each in shown} >= {"call", "email", "sms"}


def test_what_was_sent_elsewhere_claims_no_proof_of_ours(max_: Actor, server: AirtableServer) -> None:
    fill(server)
    imported(max_)
    assert not Receipt.objects.exists()
    assert not Call.objects.exists()


def test_again_they_change_nothing_and_taken_back_they_are_gone(max_: Actor, server: AirtableServer) -> None:
    fill(server)
    imported(max_)
    again = {run.file_name: run for run in imported(max_)}
    assert [(again[name].created, again[name].unchanged) for name in (CALLS, EMAILS, TEXTS)] == [(0, 2), (0, 1), (0, 1)]
    (run,) = imported(max_, tables=[CALLS])
    server.tables[CALLS]["rec00000000000003"]["transcript"] = "Ann: 14 seats."
    (run,) = imported(max_, tables=[CALLS])
    assert run.updated == 1
    assert Activity.objects.get(outcome="connected").body.startswith("Ann: 14 seats.\n\nRecording:")
    ask("undoImport", {"importId": run.pk}, max_)
    assert Activity.objects.get(outcome="connected").body.startswith("Ann: we need 12 seats.\n\nRecording:")


def test_an_undo_takes_the_activities_and_what_they_are_called_there(max_: Actor, server: AirtableServer) -> None:
    fill(server)
    for run in imported(max_)[-1:0:-1]:
        ask("undoImport", {"importId": run.pk}, max_)
    assert not Activity.objects.exists()
    assert not ExternalId.objects.exclude(entity="account").exists()


@pytest.mark.parametrize(
    ("table", "given", "created", "told"),
    [
        (EMAILS, {"status": "queued"}, 0, ["the e-mail was not sent"]),
        (CALLS, {"status": "ringing"}, 0, ["the call was not made"]),
        (TEXTS, {"status": "undelivered", "body": "Hi"}, 1, []),
        (TEXTS, {"status": "received", "body": "STOP"}, 1, []),
        (CALLS, {"duration": "a while"}, 0, ["Seconds is no number"]),
    ],
)
def test_what_never_left_stays_out(
    max_: Actor, server: AirtableServer, table: str, given: dict[str, str], created: int, told: list[str]
) -> None:
    blue, _ = people(server)
    server.put(table, {"account_id": blue, **given})
    run = {each.file_name: each for each in imported(max_)}[table]
    assert (run.created, reasons(run)) == (created, told)


def test_a_status_that_nobody_knows_is_refused_with_those_that_are_known(max_: Actor, server: AirtableServer) -> None:
    blue, _ = people(server)
    server.put(EMAILS, {"account_id": blue, "status": "vaporised"}, {"account_id": "rec404", "status": "sent"})
    run = {each.file_name: each for each in imported(max_)}[EMAILS]
    first, second = reasons(run)
    assert first.startswith("is no status of an e-mail; write one of: bounced, delivered")
    assert second == "there is no such account"


def test_a_text_that_came_in_says_so(max_: Actor, server: AirtableServer) -> None:
    blue, _ = people(server)
    server.put(TEXTS, {"account_id": blue, "status": "received", "body": "Call me"})
    imported(max_)
    assert history() == [("sms", "in", "", MADE, "Call me")]


def test_who_asked_to_be_forgotten_stays_so_however_often_the_base_comes_in(
    max_: Actor, ada: Actor, server: AirtableServer
) -> None:
    fill(server)
    imported(max_)
    ann = Contact.objects.get()
    ask("eraseContact", {"contactId": ann.pk, "reason": "Their wish"}, ada)
    runs = {run.file_name: run for run in imported(max_)}
    told = "they asked to be forgotten, and nothing of them comes in"
    assert [reasons(runs[name]) for name in ("v2_B2B Contacts", CALLS, EMAILS, TEXTS)] == [[told]] * 4
    ann.refresh_from_db()
    assert (ann.name, Contact.objects.count(), ann.emails.count()) == ("Erased contact", 1, 0)
    assert set(Activity.objects.filter(contact=ann).values_list("subject", "body")) == {("", "")}


def test_they_go_back_as_they_came(max_: Actor, server: AirtableServer) -> None:
    fill(server)
    imported(max_)
    before = {name: {key: dict(row) for key, row in server.tables[name].items()} for name in (CALLS, EMAILS, TEXTS)}
    export = exported(max_)
    assert (export.state, export.counts[CALLS]["updated"], export.counts[CALLS]["created"]) == ("done", 2, 0)
    assert ACTIVITIES not in server.tables, "nothing stands in both tables"
    for name, column in ((CALLS, "transcript"), (EMAILS, "body"), (TEXTS, "body"), (TEXTS, "response_text")):
        for key, row in before[name].items():
            assert server.tables[name][key].get(column) == row.get(column)
    email = next(iter(server.tables[EMAILS].values()))
    assert (email["status"], email["opened"], email["replied"]) == ("replied", "true", "true")
    runs = {run.file_name: run for run in imported(max_)}
    assert [(runs[name].created, runs[name].updated, runs[name].failed) for name in (CALLS, EMAILS, TEXTS)] == [
        (0, 0, 0), (0, 0, 0), (0, 0, 0),
    ]  # fmt: skip


def test_a_call_that_airtable_has_among_its_activities_stays_there(max_: Actor, server: AirtableServer) -> None:
    blue, _ = people(server)
    server.put(ACTIVITIES, {"account_id": blue, "type": "call", "subject": "Intro", "outcome": "connected"})
    server.tables[CALLS] = {}
    imported(max_)
    rows(max_, "activities", {"USDOT": 158121, "Type": "call", "Subject": "Second", "Date": "2026-03-04"},
         {"USDOT": 158121, "Type": "note", "Subject": "Wants 12", "Date": "2026-03-05"})  # fmt: skip
    export = exported(max_)
    assert (export.counts[ACTIVITIES]["updated"], export.counts[ACTIVITIES]["created"]) == (1, 1)
    assert export.counts[CALLS]["created"] == 1
    assert sorted(row["subject"] for row in server.tables[ACTIVITIES].values()) == ["Intro", "Wants 12"]


def sent_from_here() -> Account:
    """A mail that was answered and a text that was, both sent from here; a call with a transcript."""
    person = outreach.contact(outreach.account("Blue", dot_number=158121))
    inside = outreach.sequence("First touch")
    enrolled = outreach.enrolment(inside, person)
    for channel, subject, of in (("email", "Drivers", enrolled), ("sms", "", None)):
        message = outreach.message(person, channel=channel, of=of, subject=subject, text=f"By {channel}", at=NOON)
        touches.record(message)
        message.save(update_fields=["activity_id"])
        InboundMessage.objects.create(
            channel=channel, source="test", key=channel, from_address="a@b.example", text="Yes, call me", kind="reply",
            message=message, contact=person, account=person.account, received_at=NOON, stored_at=NOON,
        )  # fmt: skip
    activity = Activity.objects.create(
        account=person.account, contact=person, type="call", direction="out", outcome="no_answer", body="Rang long",
        happened_at=NOON, created_at=NOON, data={"callId": 1}, duration_seconds=20,
    )  # fmt: skip
    Call.objects.create(
        contact=person, account=person.account, number="+12145550100", started_at=NOON, seconds=20, disposition="busy",
        transcript="Beep", activity_id=activity.pk, created_at=NOON, updated_at=NOON,
    )  # fmt: skip
    return person.account


def test_what_left_from_here_goes_out_whole_and_comes_back_as_nothing_new(max_: Actor, server: AirtableServer) -> None:
    sent_from_here()
    for table in ("v2_B2B Accounts", "v2_B2B Contacts", CALLS, EMAILS, TEXTS):
        server.tables[table] = {}
    exported(max_)
    (email,), (text,), (call,) = (list(server.tables[name].values()) for name in (EMAILS, TEXTS, CALLS))
    assert (email["subject"], email["body"], email["status"], email["opened"]) == (
        "Drivers", "By email", "delivered", "false",
    )  # fmt: skip
    assert (text["body"], text["response_text"], text["sent_at"]) == ("By sms", "Yes, call me", NOON.isoformat())
    assert (call["status"], call["duration"], call["transcript"], call["direction"]) == (
        "busy", "20", "Beep", "outbound",
    )  # fmt: skip
    assert call["account_id"] in server.tables["v2_B2B Accounts"]
    before = history()
    email["status"] = "bounced"
    runs = {run.file_name: run for run in imported(max_)}
    assert [runs[name].skipped for name in (CALLS, EMAILS, TEXTS)] == [1, 1, 1]
    assert history() == before


def test_files_carry_the_moments_that_the_base_has_no_column_for(
    max_: Actor, server: AirtableServer, upload: Upload
) -> None:
    fill(server)
    imported(max_)
    content = Path(exported(max_, target="csv").path).read_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        told = list(csv.DictReader(io.StringIO(archive.read(f"{CALLS}.csv").decode())))
    assert list(told[0])[1:] == [
        "account_id", "contact_id", "campaign_id", "direction", "status", "duration", "recording_url", "transcript",
        "happened_at",
    ]  # fmt: skip
    assert (told[0]["happened_at"], told[1]["recording_url"]) == (MADE.isoformat(), "")
    runs = {run.file_name: run for run in imported(max_, uploadId=str(upload(content, "export.zip")))}
    assert [(runs[name].created, runs[name].updated, runs[name].failed) for name in (CALLS, EMAILS, TEXTS)] == [
        (0, 0, 0), (0, 0, 0), (0, 0, 0),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["", "Hello", "Hello\n\nRecording: by hand"])
@pytest.mark.parametrize("data", [{}, {"response": "Yes"}, {"recording": "https://a.example/1", "response": "No"}])
def test_what_stands_under_a_text_comes_off_it_again(text: str, data: dict[str, str]) -> None:
    assert own_text(with_beside(text, data), data) == text


def test_a_base_without_one_table_gets_the_others(max_: Actor, server: AirtableServer) -> None:
    fill(server)
    imported(max_)
    del server.tables[EMAILS]
    export = exported(max_)
    assert (export.state, export.counts[TEXTS]["updated"]) == ("done", 1)
    assert any(EMAILS in told for told in export.problems)
