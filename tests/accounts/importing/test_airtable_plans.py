"""Sequences, steps and call campaigns of Airtable: drafts that nobody is in, each step checked, and back."""

from __future__ import annotations

import json
from typing import Any

import pytest

from headhaul.accounts.models import ExternalId, ImportRun
from headhaul.kernel import Actor, InvalidData
from headhaul.outreach.models import CallCampaign, CallTarget, Enrolment, Message, Sequence
from headhaul.outreach.services import touches
from tests.accounts.importing.airtable_world import ACCOUNTS, CONTACTS, exported, imported, people, reasons
from tests.accounts.importing.conftest import ask, rows
from tests.factories import outreach
from tests.fakes.airtable_server import AirtableServer

SEQUENCES, STEPS, CAMPAIGNS = "v2_B2B Sequences", "v2_B2B Sequence Steps", "v2_B2B Call Campaigns"
TABLES = [ACCOUNTS, CONTACTS, SEQUENCES, STEPS, CAMPAIGNS]


def runs_of(by: Actor) -> dict[str, ImportRun]:
    return {run.file_name: run for run in imported(by, tables=TABLES)}


def steps_of(sequence: Sequence) -> list[dict[str, Any]]:
    return list(sequence.versions.get(number=sequence.current).steps)


def mail(sequence: str, **other: Any) -> dict[str, Any]:
    return {"sequence_id": sequence, "step_type": "email", "template_subject": "Drivers",
            "template_body": "Hi {contact.first_name|there}", "delay_hours": "0", **other}  # fmt: skip


def first_touch(server: AirtableServer, *steps: dict[str, Any]) -> str:
    """An active sequence there, with these steps beside an e-mail."""
    (key,) = server.put(SEQUENCES, {"name": "First touch", "channel_mix": "email,sms", "status": "active",
                                    "steps": '["rec1"]', "throttle_rules": '{"max_per_day": 50}'})  # fmt: skip
    server.put(STEPS, mail(key), *({"sequence_id": key, **step} for step in steps))
    return key


def test_a_sequence_comes_in_as_a_draft_with_its_steps(max_: Actor, server: AirtableServer) -> None:
    first_touch(
        server,
        {"step_type": "delay", "delay_hours": "48"},
        {"step_type": "condition", "conditions": '{"test": "replied", "then": "end"}'},
        {"step_type": "Text", "template_body": "Still short of drivers?", "delay_hours": "720"},
        {"step_type": "phone_call", "template_subject": "Ask for the fleet manager"},
    )
    runs = runs_of(max_)
    assert (runs[SEQUENCES].created, runs[STEPS].created, reasons(runs[STEPS])) == (1, 5, [])
    assert runs[SEQUENCES].notes == ["Columns without a field here, not imported: channel_mix, status."]
    sequence = Sequence.objects.get()
    assert (sequence.name, sequence.state, sequence.owner_id) == ("First touch", "draft", max_.user_id)
    told = [(step["kind"], step["delay"]["amount"], step["delay"]["unit"]) for step in steps_of(sequence)]
    assert told == [
        ("email", 0, "hours"), ("wait", 48, "hours"), ("condition", 0, "business_days"), ("sms", 30, "days"),
        ("call", 0, "business_days"),
    ]  # fmt: skip
    assert (steps_of(sequence)[2]["then"], steps_of(sequence)[4]["title"]) == ("end", "Ask for the fleet manager")
    assert not Enrolment.objects.exists()
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"step_type": "carrier pigeon"}, "Input should be 'email', 'sms', 'call', 'wait' or 'condition'"),
        ({"step_type": "email", "template_body": "Hi"}, "an e-mail needs a subject"),
        ({"step_type": "sms"}, "what it says, or a template"),
        ({"step_type": "wait"}, "a wait at the end does nothing"),
        ({"step_type": "call", "delay_hours": "400"}, "is more than 365 hours"),
        ({"step_type": "call", "delay_hours": "2.5"}, "is no whole number of hours"),
        ({"step_type": "call", "delay_hours": "soon"}, "is no number of hours"),
        ({"step_type": "call", "delay_hours": "inf"}, "is no whole number of hours"),
        ({"step_type": "call", "conditions": "{"}, "is no JSON"),
        ({"step_type": "call", "conditions": '{"if_opened": true}'}, "says if_opened, which no step here knows"),
        ({"step_type": "call", "conditions": '["x"]'}, "is no object of a step's own words"),
        ({"step_type": "sms", "template_body": "Hi {{first_name}}"}, "There is no variable {first_name}. Did you mean"),
        ({"step_type": "condition", "conditions": '{"test": "mood"}'}, "Input should be 'replied'"),
    ],
)
def test_a_wrong_step_says_what_would_be_right_and_takes_its_sequences_others_along(
    max_: Actor, server: AirtableServer, wrong: dict[str, str], told: str
) -> None:
    first_touch(server, wrong)
    (other,) = server.put(SEQUENCES, {"name": "Second"})
    server.put(STEPS, mail(other), mail("rec404"))
    run = runs_of(max_)[STEPS]
    assert run.created == 1, "the other sequence's"
    first, second, missing = reasons(run)
    assert first.startswith("another step of the sequence is wrong")
    assert told in second
    assert missing == "there is no such sequence; import the sequences first"
    assert len(steps_of(Sequence.objects.get(name="Second"))) == 1


def test_a_draft_without_steps_is_shown_and_cannot_be_started(max_: Actor, server: AirtableServer) -> None:
    server.put(SEQUENCES, {"name": "Empty"})
    runs_of(max_)
    sequence = Sequence.objects.get()
    assert ask("getSequence", {"sequenceId": sequence.pk}, max_).steps == []
    assert ask("listSequences", {}, max_).items[0].step_count == 0
    with pytest.raises(InvalidData):
        ask("setSequenceStatus", {"sequenceId": sequence.pk, "state": "active"}, max_)


def test_steps_may_stand_in_the_sequence_itself(max_: Actor, server: AirtableServer) -> None:
    steps = [{"step_type": "email", "template_subject": "Hi", "template_body": "Short of drivers?"},
             {"kind": "call", "delay": {"amount": 2, "unit": "business_days"}}]  # fmt: skip
    options = {"weekdays": ["mon", "tue"], "whenRefused": "stop"}
    server.put(
        SEQUENCES,
        {"name": "Whole", "steps": json.dumps(steps), "throttle_rules": json.dumps(options)},
        {"name": "Wrong", "steps": json.dumps([*steps, {"step_type": "fax"}])},
    )
    run = runs_of(max_)[SEQUENCES]
    assert run.created == 1
    assert "step 3: Input should be 'email', 'sms', 'call', 'wait' or 'condition'" in reasons(run)[0]
    whole = Sequence.objects.get()
    assert [step["kind"] for step in steps_of(whole)] == ["email", "call"]
    assert whole.versions.get().options == options


def test_again_nothing_changes_and_what_is_written_here_stays(max_: Actor, server: AirtableServer) -> None:
    first_touch(server)
    runs_of(max_)
    again = runs_of(max_)
    assert (again[SEQUENCES].unchanged, again[STEPS].unchanged) == (1, 1)
    next(iter(server.tables[STEPS].values()))["template_body"] = "Hello"
    changed = runs_of(max_)[STEPS]
    assert (changed.updated, changed.skipped) == (0, 1)
    assert reasons(changed) == ["the sequence has its steps here, and is changed here, where one sees whom it reaches"]
    assert steps_of(Sequence.objects.get())[0]["body"].startswith("Hi")


def test_steps_and_sequences_are_taken_back_one_after_the_other(max_: Actor, server: AirtableServer) -> None:
    first_touch(server)
    runs = runs_of(max_)
    assert ask("undoImport", {"importId": runs[STEPS].pk}, max_).reversed == 1
    assert steps_of(Sequence.objects.get()) == []
    assert ask("undoImport", {"importId": runs[SEQUENCES].pk}, max_).kept == 0
    assert not Sequence.objects.exists()
    assert not ExternalId.objects.filter(entity__startswith="sequence").exists()


def test_a_sequence_that_somebody_changed_or_started_stays(max_: Actor, server: AirtableServer) -> None:
    first_touch(server)
    runs = runs_of(max_)
    sequence = Sequence.objects.get()
    ask("setSequenceStatus", {"sequenceId": sequence.pk, "state": "active"}, max_)
    assert ask("undoImport", {"importId": runs[STEPS].pk}, max_).kept == 1
    assert ask("undoImport", {"importId": runs[SEQUENCES].pk}, max_).kept == 1
    assert len(steps_of(Sequence.objects.get())) == 1


def test_sequences_leave_with_all_that_they_say_and_come_back_as_they_were(max_: Actor, server: AirtableServer) -> None:
    steps = [
        {"key": "hello", "kind": "email", "subject": "Drivers", "body": "Hi {contact.first_name|there}"},
        {"key": "asks", "kind": "condition", "test": "replied", "then": "end", "delay": {"amount": 1, "unit": "days"}},
        {"key": "nudge", "kind": "sms", "body": "Still short?", "delay": {"amount": 2, "unit": "business_days"},
         "window": {"opens": "09:00", "closes": "11:00"}},
    ]  # fmt: skip
    ask("saveSequence", {"name": "Ours", "steps": steps, "options": {"whenRefused": "stop"}}, max_)
    before = steps_of(Sequence.objects.get())
    server.tables |= {SEQUENCES: {}, STEPS: {}}
    exported(max_, tables=TABLES)
    (sent,) = server.tables[SEQUENCES].values()
    assert (sent["name"], sent["channel_mix"], sent["status"]) == ("Ours", "email, sms", "draft")
    assert (json.loads(sent["steps"]), json.loads(sent["throttle_rules"])) == (before, {"whenRefused": "stop"})
    hello, asks, nudge = server.tables[STEPS].values()
    assert hello["sequence_id"] in server.tables[SEQUENCES]
    assert (hello["step_type"], hello["template_subject"], asks["delay_hours"], nudge["delay_hours"]) == (
        "email", "Drivers", "24", "48",
    )  # fmt: skip
    assert json.loads(nudge["conditions"])["window"] == {"opens": "09:00", "closes": "11:00"}
    again = runs_of(max_)
    assert (again[SEQUENCES].unchanged, again[STEPS].unchanged) == (1, 3)
    ask("removeSequence", {"sequenceId": Sequence.objects.get().pk}, max_)
    ExternalId.objects.all().delete()
    sent["steps"] = ""
    assert runs_of(max_)[STEPS].created == 3
    assert steps_of(Sequence.objects.get()) == before


def campaign(*contacts: str, **other: Any) -> dict[str, Any]:
    return {"name": "Reefer fleets", "status": "active", "script": "Hello.", "owner_id": "rosa@example.com",
            "target_list": json.dumps(contacts), "start_date": "2026-01-01", **other}  # fmt: skip


def test_a_call_campaign_comes_in_as_a_draft_with_its_people(max_: Actor, rosa: Actor, server: AirtableServer) -> None:
    blue, ann = people(server)
    (bo,) = server.put(CONTACTS, {"account_id": blue, "name": "Bo Ray", "phone": "512-555-0100"})
    server.put(CAMPAIGNS, campaign(ann, bo), campaign(ann, "rec404", name="Lost"), campaign(name=""))
    run = runs_of(max_)[CAMPAIGNS]
    assert run.created == 1
    lost, nameless = reasons(run)
    assert lost.startswith("1 of 2 on the list are no contacts that came in: rec404")
    assert nameless == "a call campaign needs a name"
    made = CallCampaign.objects.get()
    assert (made.state, made.script, made.owner_id, made.scripts.count()) == ("draft", "Hello.", rosa.user_id, 1)
    assert CallTarget.objects.get().contact.name == "Bo Ray", "Ann has no telephone"
    assert runs_of(max_)[CAMPAIGNS].unchanged == 1
    assert ask("undoImport", {"importId": run.pk}, max_).kept == 0
    assert not CallCampaign.objects.exists()


def test_a_campaign_in_which_somebody_was_called_stays(max_: Actor, server: AirtableServer) -> None:
    blue, _ = people(server)
    (bo,) = server.put(CONTACTS, {"account_id": blue, "name": "Bo Ray", "phone": "512-555-0100"})
    server.put(CAMPAIGNS, campaign(bo))
    run = runs_of(max_)[CAMPAIGNS]
    CallTarget.objects.update(tries=1)
    assert ask("undoImport", {"importId": run.pk}, max_).kept == 1


def test_campaigns_go_back_with_their_people_by_airtables_ids(max_: Actor, server: AirtableServer) -> None:
    blue, _ = people(server)
    (bo,) = server.put(CONTACTS, {"account_id": blue, "name": "Bo Ray", "phone": "512-555-0100"})
    server.put(CAMPAIGNS, campaign(bo))
    runs_of(max_)
    exported(max_, tables=TABLES)
    (sent,) = server.tables[CAMPAIGNS].values()
    assert json.loads(sent["target_list"]) == [{"contact_id": bo, "state": "queued", "disposition": ""}]
    assert (sent["status"], sent["start_date"]) == ("draft", "2026-01-01")
    assert runs_of(max_)[CAMPAIGNS].unchanged == 1


def test_calls_and_mails_name_campaign_and_sequence_as_airtable_does(max_: Actor, server: AirtableServer) -> None:
    first_touch(server)
    runs_of(max_)
    person = outreach.contact(outreach.account("Blue"))
    message = outreach.message(person, of=outreach.enrolment(Sequence.objects.get(), person), subject="S", text="T")
    touches.record(message)
    message.save(update_fields=["activity_id"])
    server.tables |= {"v2_B2B Emails": {}}
    exported(max_)
    (email,) = server.tables["v2_B2B Emails"].values()
    assert email["sequence_id"] == next(iter(server.tables[SEQUENCES]))


def test_a_trial_writes_no_draft(max_: Actor) -> None:
    run = rows(max_, "sequences", {"Name": "One"}, {"Name": "Two", "Steps": '[{"kind": "fax"}]'}, dryRun=True)
    assert (run.created, run.failed) == (1, 1)
    assert not Sequence.objects.exists()
