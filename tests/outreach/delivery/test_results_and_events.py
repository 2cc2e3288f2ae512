"""Results and events only go forward, in any order, as often as they come."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction

from headhaul.compliance.models import CapUse, SendingHold, Suppression
from headhaul.outreach.choices import NEXT_STATES, MessageState
from headhaul.outreach.gateways.base import Refused
from headhaul.outreach.models import Message, MessageEvent, ProviderEvent, SendAttempt
from headhaul.outreach.services import fates, outbox, provider_events, reaping, reputation, results
from tests.factories import outreach
from tests.outreach.delivery.conftest import NOW, Plan, deliver

LATER = NOW + timedelta(minutes=5)


def sent(plan: Plan, key: str = "one") -> tuple[Message, SendAttempt]:
    """A message that the sandbox took."""
    message = plan(key)
    deliver()
    message.refresh_from_db()
    return message, SendAttempt.objects.get(message=message)


def tell(attempt: SendAttempt, kind: str, event_id: str = "", **more: object) -> bool:
    """A provider says something about an attempt."""
    return provider_events.store(
        provider="test", event_id=event_id or kind, kind=kind, attempt_id=attempt.pk, raw={}, at=LATER, **more
    )


def state_of(message: Message) -> str:
    message.refresh_from_db()
    return message.state


@pytest.mark.parametrize("order", list(itertools.permutations(["accepted", "failed", "delivered", "soft_bounce"])))
def test_events_in_any_order_end_in_the_same_state(plan: Plan, order: tuple[str, ...]) -> None:
    message, attempt = sent(plan)
    for kind in (*order, *order):
        tell(attempt, kind)
    provider_events.apply_waiting(at=LATER)
    assert state_of(message) == "delivered"
    assert MessageEvent.objects.filter(message=message).count() == len(order)


def test_an_event_is_kept_once_and_applied_once(plan: Plan) -> None:
    message, attempt = sent(plan)
    assert [tell(attempt, "delivered") for _ in range(5)] == [True, False, False, False, False]
    assert provider_events.apply_waiting(at=LATER) == {"applied": 1}
    assert provider_events.apply_waiting(at=LATER) == {}
    assert state_of(message) == "delivered"


def test_what_cannot_be_applied_keeps_nothing_else_from_its_turn_and_is_given_up(
    plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    message, attempt = sent(plan)
    broken, fates_apply = {f"test:broken{number}" for number in range(3)}, fates.apply

    def apply(**event: Any) -> str:
        if event["key"] in broken:
            raise DatabaseError("out of disk")
        return fates_apply(**event)

    monkeypatch.setattr(fates, "apply", apply)
    for key in sorted(broken):
        tell(attempt, "deferred", key.removeprefix("test:"))
    assert provider_events.apply_waiting(at=LATER) == {"failed": 3}
    provider_events.store(provider="test", event_id="early", kind="delivered", provider_id="SM7", raw={}, at=LATER)
    assert provider_events.apply_waiting(at=LATER, limit=1) == {"waiting": 1}
    SendAttempt.objects.filter(pk=attempt.pk).update(provider_id="SM7")
    assert provider_events.apply_waiting(at=LATER, limit=1) == {"applied": 1}
    assert state_of(message) == "delivered"
    assert provider_events.apply_waiting(at=LATER + provider_events.PATIENCE) == {"failed": 3}
    assert provider_events.apply_waiting(at=LATER + provider_events.PATIENCE) == {}
    assert set(ProviderEvent.objects.filter(kind="deferred").values_list("verdict", flat=True)) == {"failed"}


def test_an_event_before_the_answer_wins(plan: Plan, rosa: object) -> None:
    message = outreach.message(state="dispatching")
    attempt = message.attempts.get()
    tell(attempt, "delivered", provider_id="SM1")
    provider_events.apply_waiting(at=LATER)
    results.accepted(attempt_id=attempt.pk, provider_id="SM1", at=LATER)
    assert state_of(message) == "delivered"
    attempt.refresh_from_db()
    assert (attempt.outcome, attempt.provider_id) == ("accepted", "SM1")


def test_an_event_about_a_message_that_we_never_sent_changes_nothing(plan: Plan) -> None:
    message, _ = sent(plan)
    for number, more in enumerate(({"attempt_id": uuid4()}, {"provider_id": "SM9"}, {})):
        provider_events.store(
            provider="test", event_id=f"e{number}", kind="complaint", recipient=message.address, raw={}, at=NOW, **more
        )
    provider_events.apply_waiting(at=NOW + provider_events.GRACE)
    assert set(ProviderEvent.objects.values_list("verdict", flat=True)) == {"unknown_message"}
    assert state_of(message) == "accepted"
    assert not Suppression.objects.exists()
    assert not MessageEvent.objects.exists()


def test_an_event_that_names_another_recipient_changes_nothing(plan: Plan) -> None:
    message, attempt = sent(plan)
    tell(attempt, "hard_bounce", recipient="somebody.else@example.com")
    assert provider_events.apply_waiting(at=LATER) == {"unknown_message": 1}
    assert state_of(message) == "accepted"
    assert not Suppression.objects.exists()


@pytest.mark.parametrize("kind", ["hard_bounce", "complaint", "unsubscribed"])
def test_a_bounce_or_a_complaint_denies_the_address_and_calls_off_what_waits(plan: Plan, kind: str) -> None:
    message, attempt = sent(plan)
    waiting, text = plan("two", due_at=LATER), plan("three", channel="sms", due_at=LATER)
    tell(attempt, kind)
    provider_events.apply_waiting(at=LATER)
    scopes = {each.scope: each.key for each in Suppression.objects.all()}
    of_person = {} if kind == "hard_bounce" else {"contact": str(message.contact_id)}
    assert scopes == {"address": message.address} | of_person
    assert state_of(waiting) == "cancelled"
    assert state_of(text) == ("queued")


def test_five_hard_bounces_in_a_hundred_stop_the_mailbox(plan: Plan) -> None:
    pairs = [sent(plan, f"m{number}") for number in range(5)]
    for number, (_, attempt) in enumerate(pairs):
        tell(attempt, "hard_bounce", f"b{number}")
        provider_events.apply_waiting(at=LATER)
        stopped = SendingHold.objects.filter(scope="sender", lifted_at=None).exists()
        assert stopped == (number == 4)
    SendingHold.objects.update(lifted_at=LATER + timedelta(hours=1))
    assert not reputation.pause_if_bad(sender_id=pairs[0][0].sender_id, at=LATER + timedelta(hours=2))


def test_a_no_that_may_become_a_yes_is_tried_six_times_further_and_further_apart(plan: Plan) -> None:
    message = plan()
    waits = []
    at = NOW
    for _ in range(results.MOST_TRIES):
        Message.objects.filter(pk=message.pk).update(state="claimed", lease_owner="t", lease_until=at)
        attempt = outreach.attempt(message, at=at)
        Message.objects.filter(pk=message.pk).update(state="dispatching")
        results.refused(attempt_id=attempt.pk, no=Refused("451", "later", retry=True), at=at)
        message.refresh_from_db()
        waits.append((message.due_at - at).total_seconds())
        at = message.due_at
    assert message.state == "failed"
    assert waits[:5] == [60, 240, 960, 3_840, 15_360]


def test_an_address_that_does_not_exist_is_denied_and_its_limit_is_free_again(plan: Plan) -> None:
    message = outreach.message(state="dispatching")
    attempt = message.attempts.get()
    CapUse.objects.create(bucket="firm:email", day=NOW.date(), used=1)
    SendAttempt.objects.filter(pk=attempt.pk).update(buckets=[f"firm:email@{NOW.date()}"])
    no = Refused("550", "5.1.1 no such user", is_permanent_address=True)
    results.refused(attempt_id=attempt.pk, no=no, at=NOW)
    assert state_of(message) == "failed"
    assert Suppression.objects.get().reason == "hard_bounce"
    assert CapUse.objects.get().used == 0


def test_what_a_killed_worker_left_behind(plan: Plan) -> None:
    claimed, begun = outreach.message(state="claimed"), outreach.message(state="dispatching")
    reaping.reap(at=NOW + timedelta(days=365))
    assert state_of(claimed) == "queued"
    assert state_of(begun) == "unknown"
    assert begun.sent_at is not None  # it counts as sent


def test_an_event_proves_that_what_waits_for_another_try_had_left(plan: Plan) -> None:
    message = outreach.message(state="unknown_final")
    first = message.attempts.get()
    outbox.requeue(message_id=message.pk, reason="They say they got nothing.", at=NOW)
    assert state_of(message) == "queued"
    tell(first, "delivered")
    provider_events.apply_waiting(at=LATER)
    assert state_of(message) == "delivered"
    assert deliver(LATER).claimed == 0


@pytest.mark.parametrize("to", [state for state in MessageState if state not in NEXT_STATES[MessageState.QUEUED]])
def test_the_database_refuses_every_other_move(plan: Plan, to: MessageState) -> None:
    message = plan()
    if to == MessageState.QUEUED:
        return
    with pytest.raises(DatabaseError, match="does not move"), transaction.atomic():
        Message.objects.filter(pk=message.pk).update(state=to)


@pytest.mark.parametrize("to", ["dispatching", "accepted", "delivered", "bounced"])
def test_the_database_refuses_to_send_without_a_receipt(plan: Plan, to: str) -> None:
    message = plan()
    Message.objects.filter(pk=message.pk).update(state="claimed", lease_owner="t", lease_until=NOW)
    with pytest.raises(DatabaseError, match="no live attempt"), transaction.atomic():
        Message.objects.filter(pk=message.pk).update(state=to)
    with pytest.raises(DatabaseError, match="no receipt"), transaction.atomic():
        SendAttempt.objects.create(
            message=message, number=1, receipt_id=1, gateway="sandbox", started_at=NOW, deadline_at=NOW
        )
    with pytest.raises(DatabaseError, match="begins as"), transaction.atomic():
        Message.objects.create(
            dedupe_key="x", channel="email", state=to, address="a@b.example", due_at=NOW, created_at=NOW,
            updated_at=NOW, lease_owner="t", lease_until=NOW,
        )  # fmt: skip


def test_the_databases_moves_are_those_of_the_table(db: None) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select prosrc from pg_proc where proname = 'outreach_message_moves'")
        source = cursor.fetchone()[0]
    known = {f"{a} {b}" for a, after in NEXT_STATES.items() for b in after}
    assert {f"{a} {b}" for a in MessageState for b in MessageState if f"'{a} {b}'" in source} == known
