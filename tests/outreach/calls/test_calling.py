"""A call from the first ring to everything that follows from it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from headhaul.accounts.models import ContactPhone
from headhaul.activities.models import Activity
from headhaul.compliance.models import Receipt, Suppression
from headhaul.kernel import Actor, ComplianceRefused, Conflict, InvalidData, NotFound
from headhaul.outreach.models import Call, CallTarget, Enrolment, Message
from tests.factories import outreach
from tests.outreach.calls.doing import WEEKDAY, campaign_of, do, someone, told, undo

pytestmark = pytest.mark.django_db


def started(max_: Actor, rosa: Actor, person: Any = None) -> Any:
    campaign_of(max_, person or someone())
    card = do("takeCall", rosa)
    return do("startCall", rosa, targetId=card.target.target_id)


def test_a_call_begins_with_its_proof(max_: Actor, rosa: Actor) -> None:
    call = started(max_, rosa)
    assert call.href == f"tel:{call.number}"
    receipt = Receipt.objects.get(pk=call.receipt_id)
    assert (receipt.outcome, receipt.channel, receipt.action, receipt.user_id) == (
        "allow", "call", "startCall", rosa.user_id,
    )  # fmt: skip
    assert Call.objects.get(pk=call.call_id).script_version == 1
    assert call.local_time.strftime("%H:%M") == "11:00"


def test_nobody_is_called_at_night_or_against_their_will(rosa: Actor) -> None:
    sleeper, silent = someone(), someone(yes=False)
    with pytest.raises(ComplianceRefused) as refused:
        do("startCall", rosa, at=WEEKDAY.replace(hour=12, minute=30), contactId=sleeper.pk)
    assert refused.value.fields["nextAllowedAt"]
    with pytest.raises(ComplianceRefused):
        do("startCall", rosa, contactId=silent.pk)
    assert not Call.objects.exists()
    assert set(Receipt.objects.values_list("outcome", flat=True)) <= {"deny", "defer"}
    assert Receipt.objects.count() == 2


def test_a_target_is_taken_before_it_is_called(max_: Actor, rosa: Actor, rick: Actor) -> None:
    campaign_of(max_, someone())
    target = CallTarget.objects.get().pk
    with pytest.raises(Conflict, match="Take them first"):
        do("startCall", rosa, targetId=target)
    do("takeCall", rick, targetId=target)
    with pytest.raises(Conflict, match="Somebody else"):
        do("startCall", rosa, targetId=target)
    with pytest.raises(InvalidData, match="whom"):
        do("startCall", rosa)


def test_the_outcome_stands_once_on_the_timeline(max_: Actor, rosa: Actor) -> None:
    call = started(max_, rosa)
    for notes in ("Talked to Pat", "Talked to Pat about lanes"):
        logged = do("logCallOutcome", rosa, callId=call.call_id, disposition="connected", notes=notes, seconds=240)
    assert (logged.call.disposition, logged.call.seconds) == ("connected", 240)
    line = Activity.objects.get(type="call")
    assert (line.outcome, line.body, line.duration_seconds) == ("connected", "Talked to Pat about lanes", 240)
    assert CallTarget.objects.get().state == "done"


def test_nobody_there_is_tried_again_as_often_as_the_campaign_says(max_: Actor, rosa: Actor) -> None:
    campaign_of(max_, someone(), tries=2, hoursBetween=48)
    for number, at in enumerate((WEEKDAY, WEEKDAY + timedelta(days=2)), start=1):
        card = do("takeCall", rosa, at=at)
        call = do("startCall", rosa, at=at, targetId=card.target.target_id)
        do("logCallOutcome", rosa, at=at, callId=call.call_id, disposition="no_answer")
        target = CallTarget.objects.get()
        assert target.tries == number
    assert target.state == "done"
    assert do("getCallQueue", rosa, at=WEEKDAY + timedelta(days=9)).total == 0


def test_a_call_back_is_agreed_on_their_clock(max_: Actor, rosa: Actor) -> None:
    person = someone(zone="America/Los_Angeles", state="CA", area="213")
    campaign_of(max_, person)
    at = WEEKDAY.replace(hour=20)  # noon there
    call = do("startCall", rosa, at=at, targetId=do("takeCall", rosa, at=at).target.target_id)
    with pytest.raises(InvalidData, match="When"):
        do("logCallOutcome", rosa, at=at, callId=call.call_id, disposition="callback")
    with pytest.raises(InvalidData, match="next time after it"):
        do("logCallOutcome", rosa, at=at, callId=call.call_id, disposition="callback", callbackLocal="2026-11-19T03:00")
    logged = do(
        "logCallOutcome", rosa, at=at, callId=call.call_id, disposition="callback", callbackLocal="2026-11-19T09:30"
    )
    assert logged.call.callback_at == datetime(2026, 11, 19, 17, 30, tzinfo=UTC)
    assert "9:30" in logged.followed[-1]
    target = CallTarget.objects.get()
    assert (target.state, target.due_at) == ("callback", logged.call.callback_at)


def test_an_hour_that_the_clocks_skip_does_not_exist(max_: Actor, rosa: Actor) -> None:
    call = started(max_, rosa)
    with pytest.raises(InvalidData, match="does not exist"):
        do("logCallOutcome", rosa, callId=call.call_id, disposition="callback", callbackLocal="2027-03-14T02:30")


def test_do_not_call_reaches_the_lists_in_the_same_breath(max_: Actor, rosa: Actor) -> None:
    person = someone()
    enrolled = outreach.enrolment(outreach.sequence(), person)
    waiting = outreach.message(of=enrolled, channel="sms", state="queued", at=WEEKDAY)
    call = started(max_, rosa, person)
    logged = do("logCallOutcome", rosa, callId=call.call_id, disposition="dnc", notes="Never again, he said.")
    denied = Suppression.objects.values_list("scope", "key", "channel", "reason")
    keys = (("address", call.number), ("contact", str(person.pk)))
    assert set(denied) == {(*key, channel, "dnc_request") for key in keys for channel in ("call", "sms")}
    assert Message.objects.get(pk=waiting.pk).state == "cancelled"
    assert Enrolment.objects.get().state == "opted_out"
    assert len(logged.followed) == 2
    with pytest.raises(ComplianceRefused):
        do("startCall", rosa, contactId=person.pk)
    with pytest.raises(Conflict, match="others act on it"):
        do("logCallOutcome", rosa, callId=call.call_id, disposition="connected")


def test_a_wrong_number_is_not_called_again(max_: Actor, rosa: Actor) -> None:
    call = started(max_, rosa)
    do("logCallOutcome", rosa, callId=call.call_id, disposition="wrong_number")
    assert ContactPhone.objects.get(number=call.number).validity == "invalid"
    assert CallTarget.objects.get().state == "done"


def test_a_meeting_stands_on_the_timeline_and_ends_the_sequence(max_: Actor, rosa: Actor) -> None:
    person = someone()
    enrolled = outreach.enrolment(outreach.sequence(), person)
    call = started(max_, rosa, person)
    do("logCallOutcome", rosa, callId=call.call_id, disposition="meeting_set", meetingLocal="2026-11-20T14:00")
    assert Enrolment.objects.get(pk=enrolled.pk).state == "meeting"
    assert Activity.objects.get(type="meeting").account_id == person.account_id
    task = Activity.objects.get(type="task")
    assert task.due_at == datetime(2026, 11, 20, 19, tzinfo=UTC)
    report = do("getCampaignMetrics", rosa)
    assert (report.calls.meetings, report.calls.conversations) == (1, 1)


def test_an_outcome_is_taken_back_while_nobody_acted_on_it(max_: Actor, rosa: Actor) -> None:
    call = started(max_, rosa)
    logged = told("logCallOutcome", rosa, callId=call.call_id, disposition="voicemail")
    undo(logged, rosa)
    assert Call.objects.get().disposition == ""
    assert not Activity.objects.filter(type="call").exists()
    assert (CallTarget.objects.get().state, CallTarget.objects.get().tries) == ("queued", 0)


@pytest.mark.parametrize(
    ("state", "consent", "kept"),
    [
        ("CA", {"announced": True, "agreed": True}, True),
        ("CA", {"announced": True}, False),
        ("TX", {"announced": True}, True),
        ("TX", {}, False),
    ],
)
def test_recordings_need_what_their_state_asks_for(
    max_: Actor, rosa: Actor, state: str, consent: dict[str, bool], kept: bool
) -> None:
    zone, area = {"CA": ("America/Los_Angeles", "213"), "TX": ("America/Chicago", "214")}[state]
    campaign_of(max_, someone(state=state, zone=zone, area=area))
    at = WEEKDAY.replace(hour=18)
    call = do("startCall", rosa, at=at, targetId=do("takeCall", rosa, at=at).target.target_id)
    asked = {"disposition": "connected", "recordingUrl": "https://example.com/a.mp3", "recordingConsent": consent}
    if kept:
        assert do("logCallOutcome", rosa, at=at, callId=call.call_id, **asked).call.recording_consent["announced"]
    else:
        with pytest.raises(Conflict, match="cannot be kept"):
            do("logCallOutcome", rosa, at=at, callId=call.call_id, **asked)
        assert Call.objects.get().disposition == ""


def test_the_database_keeps_no_recording_without_consent(max_: Actor, rosa: Actor) -> None:
    call = started(max_, rosa)
    with pytest.raises(IntegrityError), transaction.atomic():
        Call.objects.filter(pk=call.call_id).update(recording_url="https://example.com/a.mp3")


def test_calls_are_listed_with_what_was_said(max_: Actor, rosa: Actor, vera: Actor) -> None:
    call = started(max_, rosa)
    do("logCallOutcome", rosa, callId=call.call_id, disposition="connected", notes="Lanes", transcript="Hello.")
    [row] = do("getCalls", vera, dispositions=["connected"]).items
    assert (row.notes, row.transcript, row.call_campaign) == ("Lanes", "Hello.", "Reefer fleets")
    assert do("getCalls", vera, dispositions=["open"]).items == []
    with pytest.raises(NotFound):
        do("logCallOutcome", rosa, callId=10**9, disposition="connected")
