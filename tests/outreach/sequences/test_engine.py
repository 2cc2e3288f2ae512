"""The clockwork: each step once, in order, at its time, from the moment the one before really left."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from headhaul.accounts.models import Contact
from headhaul.compliance.choices import HoldScope
from headhaul.compliance.preferences import Caps
from headhaul.compliance.services import holds
from headhaul.kernel import SYSTEM, Actor
from headhaul.outreach.models import CallTarget, Enrolment, EnrolmentChange, Message, Sender
from headhaul.outreach.services import engine, outbox
from headhaul.preferences.services.values import save
from tests.factories import outreach
from tests.outreach.sequences.doing import ASK, CALL, EMAIL, SMS, WAIT, do, enrolled, running
from tests.outreach.sequences.travelling import travel, turn

MONDAY = datetime(2026, 11, 16, 16, tzinfo=UTC)  # ten in Chicago
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
REPLY = {
    "kind": "email",
    "key": "again",
    "asReply": True,
    "body": "Did you see this?",
    "delay": {"amount": 1, "unit": "days"},
}

pytestmark = pytest.mark.usefixtures("senders")


@pytest.fixture
def dana(rosa: Actor) -> Contact:
    """Somebody in Chicago who agreed to everything."""
    home = outreach.account("LONE STAR REEFER LLC", owner=rosa, state="TX", zip="75201", city="DALLAS")
    person = outreach.contact(home, name="DANA ORTIZ", first_name="")
    outreach.says_yes(person, "email", "sms", "call", at=MONDAY - 3 * DAY)
    return person


def where(person: Contact) -> tuple[str, str]:
    row = Enrolment.objects.get(contact=person)
    return row.state, row.step_key


def test_an_email_is_written_planned_and_sent_once(max_: Actor, rosa: Actor, dana: Contact) -> None:
    made = running(max_, EMAIL, at=MONDAY)
    enrolled(rosa, made["id"], dana.pk, at=MONDAY)
    travel(MONDAY, MONDAY + HOUR)
    sent = Message.objects.get()
    assert (sent.subject, sent.text) == ("Drivers for Lone Star Reefer LLC", "Hi Dana")
    assert (sent.state, sent.dedupe_key) == ("accepted", f"enrolment:{Enrolment.objects.get().pk}:hello")
    assert where(dana) == ("finished", "")


def test_the_next_step_counts_from_when_the_one_before_left(max_: Actor, rosa: Actor, dana: Contact) -> None:
    made = running(max_, EMAIL, REPLY, at=MONDAY)
    enrolled(rosa, made["id"], dana.pk, at=MONDAY)
    engine.advance_due(at=MONDAY)
    travel(MONDAY + 3 * HOUR, MONDAY + 4 * HOUR)  # the outbox stood still for three hours
    first = Message.objects.get()
    row = Enrolment.objects.get()
    assert first.sent_at == MONDAY + 3 * HOUR
    assert (row.step_key, row.next_at) == ("again", MONDAY + DAY + 3 * HOUR)


def test_a_message_that_had_to_wait_keeps_the_days_and_hours_of_its_step(
    max_: Actor, rosa: Actor, dana: Contact
) -> None:
    made = running(max_, SMS | {"weekdays": ["mon", "wed"]}, at=MONDAY)
    enrolled(rosa, made["id"], dana.pk, at=MONDAY)
    engine.advance_due(at=MONDAY)
    travel(MONDAY + 20 * HOUR, MONDAY + 40 * HOUR, step=HOUR)  # the outbox stood still until Tuesday morning
    waits = Message.objects.get()
    assert (waits.state, waits.held_rule) == ("queued", "sequence_hours")
    assert waits.due_at == datetime(2026, 11, 18, 14, 30, tzinfo=UTC)  # Wednesday, half past eight in Chicago
    assert where(dana) == ("held", "nudge")
    travel(MONDAY + 41 * HOUR, MONDAY + 49 * HOUR, step=HOUR)
    assert Message.objects.get().sent_at == MONDAY + 2 * DAY  # texts have to wait for five past nine besides


def test_a_reply_goes_into_the_thread_of_the_mail_that_left(max_: Actor, rosa: Actor, dana: Contact) -> None:
    made = running(max_, EMAIL, REPLY, at=MONDAY)
    enrolled(rosa, made["id"], dana.pk, at=MONDAY)
    travel(MONDAY, MONDAY + 30 * HOUR, step=HOUR)
    first, second = Message.objects.order_by("created_at")
    assert second.subject == first.subject
    assert second.headers["In-Reply-To"] in (first.rfc_id, first.provider_rfc_id)
    assert second.in_reply_to_id == first.pk


def test_all_five_kinds_in_their_order(max_: Actor, rosa: Actor, dana: Contact) -> None:
    made = running(max_, EMAIL, WAIT, ASK | {"otherwise": "nudge"}, CALL, SMS, at=MONDAY)
    enrolled(rosa, made["id"], dana.pk, at=MONDAY)
    travel(MONDAY, MONDAY + 3 * DAY, step=HOUR)
    assert [each.channel for each in Message.objects.order_by("created_at")] == ["email", "sms"]
    assert not CallTarget.objects.exists()
    told = EnrolmentChange.objects.order_by("pk").values_list("kind", "step_key")
    assert list(told) == [
        ("enrolled", "hello"), ("planned", "hello"), ("sent", "hello"), ("branched", "asked"), ("planned", "nudge"),
        ("sent", "nudge"), ("ended", ""),
    ]  # fmt: skip


def test_a_call_goes_into_the_queue_and_is_waited_for_so_long(max_: Actor, rosa: Actor, dana: Contact) -> None:
    made = running(max_, CALL | {"patience": {"amount": 1, "unit": "days"}}, EMAIL, at=MONDAY)
    enrolled(rosa, made["id"], dana.pk, at=MONDAY)
    turn(MONDAY)
    target = CallTarget.objects.get()
    assert (target.state, target.say) == ("queued", "Ask about Dallas.")
    travel(MONDAY + HOUR, MONDAY + 26 * HOUR, step=HOUR)
    target.refresh_from_db()
    assert target.state == "skipped"
    assert Message.objects.get().channel == "email"


def test_a_call_that_is_done_lets_the_sequence_go_on(max_: Actor, rosa: Actor, dana: Contact) -> None:
    made = running(max_, CALL, EMAIL, at=MONDAY)
    enrolled(rosa, made["id"], dana.pk, at=MONDAY)
    turn(MONDAY)
    CallTarget.objects.update(state="done", updated_at=MONDAY + HOUR)
    travel(MONDAY + HOUR, MONDAY + 2 * HOUR)
    assert Message.objects.get().state == "accepted"


def test_a_step_without_consent_is_left_out_and_says_so(max_: Actor, rosa: Actor) -> None:
    person = outreach.contact(outreach.account(owner=rosa, state="TX"))
    made = running(max_, SMS, EMAIL, at=MONDAY)
    enrolled(rosa, made["id"], person.pk, at=MONDAY)
    travel(MONDAY, MONDAY + HOUR)
    assert [each.channel for each in Message.objects.all()] == ["email"]
    skipped = EnrolmentChange.objects.get(kind="skipped")
    assert (skipped.step_key, skipped.reason[:20]) == ("nudge", "They have not agreed")


def test_nothing_goes_outside_the_hours_of_the_recipient(max_: Actor, rosa: Actor, dana: Contact) -> None:
    night = MONDAY - 6 * HOUR  # four in the morning in Chicago
    made = running(max_, EMAIL, at=night)
    answer = enrolled(rosa, made["id"], dana.pk, at=night)
    assert answer["results"][0]["nextAt"] == "2026-11-16T14:30:00Z"  # half past eight there
    travel(night, MONDAY - 2 * HOUR)
    assert not Message.objects.exists()
    turn(MONDAY - HOUR)
    assert Message.objects.get().state == "accepted"


def test_a_held_step_says_rule_reason_and_next_time(max_: Actor, rosa: Actor, dana: Contact) -> None:
    made = running(max_, EMAIL, at=MONDAY)
    enrolled(rosa, made["id"], dana.pk, at=MONDAY)
    held = holds.open_hold(scope=HoldScope.CHANNEL, key="email", reason="Mailbox trouble.", at=MONDAY, by=SYSTEM)
    turn(MONDAY)
    row = do("getEnrollments", rosa, sequenceId=made["id"])["items"][0]
    assert (row["state"], "Mailbox trouble" in row["heldReason"], row["heldRule"] != "") == ("held", True, True)
    assert row["nextAt"] > "2026-11-16T16:00:00Z"
    holds.lift_hold(hold_id=held, at=MONDAY + HOUR, by=SYSTEM)
    travel(MONDAY + HOUR, MONDAY + 2 * HOUR)
    assert Message.objects.get().state == "accepted"


def test_what_the_firm_has_to_mend_holds_instead_of_skipping(max_: Actor, rosa: Actor, dana: Contact) -> None:
    made = running(max_, EMAIL | {"subject": "Re: our talk"}, at=MONDAY)
    enrolled(rosa, made["id"], dana.pk, at=MONDAY)
    turn(MONDAY)
    row = Enrolment.objects.get()
    assert (row.state, row.held_rule) == ("held", "subject")


def test_a_paused_sequence_stands_still_and_so_does_its_outbox(max_: Actor, rosa: Actor, dana: Contact) -> None:
    made = running(max_, EMAIL, SMS, at=MONDAY)
    enrolled(rosa, made["id"], dana.pk, at=MONDAY)
    engine.advance_due(at=MONDAY)
    do("setSequenceStatus", max_, at=MONDAY, sequenceId=made["id"], state="paused")
    travel(MONDAY, MONDAY + 2 * HOUR)
    assert Message.objects.get().state == "queued"
    do("setSequenceStatus", max_, at=MONDAY + 3 * HOUR, sequenceId=made["id"], state="active")
    travel(MONDAY + 3 * HOUR, MONDAY + 5 * HOUR)
    assert Message.objects.filter(channel="email", state="accepted").count() == 1


def test_pausing_calls_off_and_resuming_plans_anew_once(max_: Actor, rosa: Actor, dana: Contact) -> None:
    made = running(max_, EMAIL, at=MONDAY)
    enrolled(rosa, made["id"], dana.pk, at=MONDAY)
    engine.advance_due(at=MONDAY)
    assert do("pauseEnrollment", rosa, at=MONDAY, contactId=dana.pk)["cancelled"] == 1
    travel(MONDAY, MONDAY + HOUR)
    assert do("resumeEnrollment", rosa, at=MONDAY + HOUR, contactId=dana.pk)["changed"] == 1
    travel(MONDAY + HOUR, MONDAY + 2 * HOUR)
    assert sorted(Message.objects.values_list("state", flat=True)) == ["accepted", "cancelled"]


def test_a_day_limit_holds_the_rest_instead_of_filling_the_outbox(
    max_: Actor, rosa: Actor, senders: list[Sender]
) -> None:
    Sender.objects.update(spacing_seconds=0)
    people = [outreach.contact(outreach.account(owner=rosa, state="TX")) for _ in range(5)]
    _limit(3)
    made = running(max_, EMAIL, at=MONDAY)
    enrolled(rosa, made["id"], *[each.pk for each in people], at=MONDAY)
    turn(MONDAY)
    assert Message.objects.count() == 3
    held = Enrolment.objects.filter(state="held")
    assert {row.held_rule for row in held} == {"limit"}
    travel(MONDAY + 12 * HOUR, MONDAY + 25 * HOUR, step=HOUR)
    assert Message.objects.filter(state="accepted").count() == 5


def test_a_step_planned_twice_is_there_once(max_: Actor, rosa: Actor, dana: Contact) -> None:
    made = running(max_, EMAIL, at=MONDAY)
    enrolled(rosa, made["id"], dana.pk, at=MONDAY)
    engine.advance_due(at=MONDAY)
    Enrolment.objects.update(state="waiting", next_at=MONDAY)  # as if the write after the plan had been lost
    engine.advance_due(at=MONDAY)
    assert Message.objects.count() == 1


def test_a_message_that_was_refused_at_the_last_moment_is_left_out(max_: Actor, rosa: Actor, dana: Contact) -> None:
    made = running(max_, EMAIL, SMS, at=MONDAY)
    enrolled(rosa, made["id"], dana.pk, at=MONDAY)
    engine.advance_due(at=MONDAY)
    outbox.cancel(message_ids=[Message.objects.get().pk], reason="They do not want e-mail.", code="consent", at=MONDAY)
    travel(MONDAY + HOUR, MONDAY + 2 * HOUR)
    assert EnrolmentChange.objects.get(kind="skipped").reason == "They do not want e-mail."
    assert where(dana)[1] != "hello"


def _limit(count: int) -> None:
    """So many e-mails a day for one user."""
    save(section=Caps, values={"userEmail": count}, expected_version=0, by=SYSTEM, at=MONDAY)
