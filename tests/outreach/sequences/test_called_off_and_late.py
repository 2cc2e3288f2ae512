"""What becomes of a step whose message was called off, went stale, or has nowhere to leave from."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from headhaul.accounts.models import Contact
from headhaul.compliance.choices import HoldScope
from headhaul.compliance.services import holds
from headhaul.kernel import SYSTEM, Actor
from headhaul.outreach.models import Enrolment, EnrolmentChange, InboundMessage, Message, Sender
from headhaul.outreach.services import absences, engine
from tests.factories import outreach
from tests.outreach.sequences.doing import EMAIL, SMS, do, enrolled, running
from tests.outreach.sequences.travelling import travel, turn

MONDAY = datetime(2026, 11, 16, 16, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def dana(rosa: Actor) -> Contact:
    person = outreach.contact(outreach.account("Lone Star", owner=rosa, state="TX"), name="Dana Ortiz")
    outreach.says_yes(person, "email", "sms", "call", at=MONDAY - 3 * DAY)
    return person


@pytest.fixture
def planned(max_: Actor, rosa: Actor, dana: Contact) -> Message:
    """The e-mail of a sequence of one e-mail and one text, which waits in the outbox."""
    made = running(max_, EMAIL, SMS, at=MONDAY)
    enrolled(rosa, made["id"], dana.pk, at=MONDAY)
    engine.advance_due(at=MONDAY)
    return Message.objects.get()


def fates() -> list[tuple[str, str]]:
    return sorted(Message.objects.values_list("step_key", "state"))


@pytest.mark.usefixtures("senders")
@pytest.mark.parametrize("when_refused", ["skip", "stop"])
def test_a_message_called_off_by_hand_never_comes_back_and_its_step_is_left_out(
    max_: Actor, rosa: Actor, dana: Contact, when_refused: str
) -> None:
    made = running(max_, EMAIL, SMS, at=MONDAY, options={"whenRefused": when_refused})
    enrolled(rosa, made["id"], dana.pk, at=MONDAY)
    engine.advance_due(at=MONDAY)
    do("cancelMessage", rosa, at=MONDAY, messageId=str(Message.objects.get().pk), reason="Not this one.")
    travel(MONDAY, MONDAY + HOUR)
    assert fates() == [("hello", "cancelled"), ("nudge", "accepted")]
    assert EnrolmentChange.objects.filter(kind="skipped", reason="Not this one.").count() == 1


@pytest.mark.usefixtures("senders")
def test_called_off_by_hand_and_then_paused_and_resumed_it_still_does_not_come_back(
    planned: Message, rosa: Actor, dana: Contact
) -> None:
    do("cancelMessage", rosa, at=MONDAY, messageId=str(planned.pk), reason="Not this one.")
    do("pauseEnrollment", rosa, at=MONDAY, contactId=dana.pk)
    do("resumeEnrollment", rosa, at=MONDAY + HOUR, contactId=dana.pk)
    travel(MONDAY + HOUR, MONDAY + 3 * HOUR)
    assert fates() == [("hello", "cancelled"), ("nudge", "accepted")]


@pytest.mark.usefixtures("senders")
def test_a_sequence_paused_for_longer_than_a_message_stays_good_leaves_no_step_out(
    planned: Message, max_: Actor
) -> None:
    do("setSequenceStatus", max_, at=MONDAY, sequenceId=planned.sequence_id, state="paused")
    travel(MONDAY, MONDAY + 8 * DAY, step=6 * HOUR)
    assert not Message.objects.filter(state="accepted").exists()
    do("setSequenceStatus", max_, at=MONDAY + 8 * DAY, sequenceId=planned.sequence_id, state="active")
    travel(MONDAY + 8 * DAY, MONDAY + 8 * DAY + 2 * HOUR)
    assert fates() == [("hello", "accepted"), ("nudge", "accepted")]


@pytest.mark.usefixtures("senders")
def test_a_step_whose_message_went_stale_is_planned_anew_and_leaves_once(planned: Message) -> None:
    Message.objects.filter(pk=planned.pk).update(not_after=MONDAY)
    travel(MONDAY, MONDAY + 2 * HOUR)
    assert fates() == [("hello", "accepted"), ("hello", "expired"), ("nudge", "accepted")]


def test_what_waits_while_the_only_mailbox_is_paused_is_not_swallowed_by_a_sandbox(
    max_: Actor, rosa: Actor, ada: Actor, dana: Contact
) -> None:
    real = outreach.sender(
        "email", gateway="smtp", options={"host": "127.0.0.1", "port": 9, "security": "none"}, checked_at=MONDAY
    )
    made = running(max_, EMAIL, at=MONDAY)
    enrolled(rosa, made["id"], dana.pk, at=MONDAY)
    engine.advance_due(at=MONDAY)
    do("setSenderActive", ada, at=MONDAY, senderId=real.pk, isActive=False)
    travel(MONDAY, MONDAY + HOUR)
    message = Message.objects.get()
    assert (message.state, message.held_rule) == ("queued", "no_sender")
    assert (Enrolment.objects.get().state, Sender.objects.count()) == ("held", 1)


@pytest.mark.usefixtures("senders")
def test_what_waits_for_somebody_who_is_away_may_leave_until_a_week_after_their_return(
    planned: Message, dana: Contact
) -> None:
    away = InboundMessage.objects.create(
        channel="email",
        source="imap:1",
        key="1:1",
        from_address=planned.address,
        kind="auto_reply",
        contact=dana,
        account=dana.account,
        received_at=MONDAY,
        stored_at=MONDAY,
        returns_on=date(2026, 11, 30),
    )
    assert absences.wait(row=away, at=MONDAY) == 1
    planned.refresh_from_db()
    assert planned.due_at.date() == date(2026, 11, 30)
    assert planned.not_after == planned.due_at + 7 * DAY
    hold = holds.open_hold(scope=HoldScope.ALL, reason="A storm.", at=planned.due_at, by=SYSTEM)
    turn(planned.due_at)
    holds.lift_hold(hold_id=hold, at=planned.due_at + 2 * DAY, by=SYSTEM)
    turn(planned.due_at + 2 * DAY)
    planned.refresh_from_db()
    assert planned.state == "accepted"
