"""Whatever happens to a message, in whatever order: only legal moves, one live attempt, limits that add up."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from headhaul.compliance.models import CapUse
from headhaul.outreach.choices import LIVE_ATTEMPTS
from headhaul.outreach.gateways.base import Refused
from headhaul.outreach.models import Message, SendAttempt
from headhaul.outreach.services import claiming, outbox, provider_events, reaping, results
from headhaul.outreach.services.clocks import StandingClock
from headhaul.outreach.services.delivering import deliver_due
from tests.outreach.delivery.conftest import NOW, Plan

STEPS = ("deliver", "claim", "reap", "unknown", "refuse", "retry", "abort", "accept", "give_up", "cancel", "requeue",
         "delivered", "hard_bounce", "failed", "accepted")  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 3)), min_size=1, max_size=12))
@example(steps=[("deliver", 0), ("failed", 0), ("requeue", 0), ("delivered", 0)])
@example(steps=[("claim", 0), ("deliver", 0), ("unknown", 0), ("requeue", 0), ("delivered", 0)])
@example(steps=[("deliver", 0), ("unknown", 0), ("give_up", 0), ("requeue", 0), ("accepted", 0)])
def test_any_order_of_steps_keeps_what_must_hold(plan: Plan, steps: list[tuple[str, int]]) -> None:
    with transaction.atomic():
        message = plan("any")
        for number, (step, which) in enumerate(steps):
            _do(step, which, message, number=number, at=NOW + timedelta(minutes=20 * number))
            _check(message)
        transaction.set_rollback(True)


def _do(step: str, which: int, message: Message, *, number: int, at: Any) -> None:  # noqa: C901 (one line a step)
    attempts = list(SendAttempt.objects.filter(message=message).order_by("number"))
    attempt = attempts[which % len(attempts)] if attempts else None
    match step:
        case "deliver":
            deliver_due(clock=StandingClock(at), owner="any")
        case "claim":
            claiming.claim(owner="dies", at=at, limit=1)
        case "reap":
            reaping.reap(at=at + timedelta(hours=1))
        case "cancel":
            outbox.cancel(message_ids=[message.pk], reason="any", at=at)
        case "requeue":
            message.refresh_from_db()
            if message.state in outbox.REQUEUEABLE:
                outbox.requeue(message_id=message.pk, reason="any", at=at)
        case _ if attempt is None:
            return
        case "unknown":
            results.unknown(attempt_id=attempt.pk, why="any", at=at)
        case "refuse" | "retry":
            results.refused(attempt_id=attempt.pk, no=Refused("451", "any", retry=step == "retry"), at=at)
        case "abort":
            results.aborted(attempt_id=attempt.pk, why="any", at=at)
        case "accept":
            results.accepted(attempt_id=attempt.pk, provider_id=f"p{attempt.pk}", at=at)
        case "give_up":
            results.given_up(attempt_id=attempt.pk, at=at)
        case event:
            provider_events.store(
                provider="any", event_id=str(number), kind=event, attempt_id=attempt.pk, raw={}, at=at
            )
            assert "failed" not in provider_events.apply_waiting(at=at)


def _check(message: Message) -> None:
    live = SendAttempt.objects.filter(message=message, outcome__in=[str(each) for each in LIVE_ATTEMPTS])
    assert live.count() <= 1
    holding = SendAttempt.objects.filter(message=message, outcome__in=["started", "unknown", "accepted", "overruled"])
    buckets = [bucket for each in holding for bucket in each.buckets if not bucket.startswith("touch:")]
    used = {f"{use.bucket}@{use.day}": use.used for use in CapUse.objects.filter(used__gt=0)}
    assert used == {bucket: buckets.count(bucket) for bucket in buckets}


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("CRITICAL")
