"""How long what waits stays good: under a stop, after a late approval, and sent once more by hand."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from headhaul.compliance.choices import HoldScope
from headhaul.compliance.services import holds
from headhaul.kernel import SYSTEM
from headhaul.outreach.models import Message
from headhaul.outreach.services import claiming, outbox
from tests.factories import outreach
from tests.outreach.delivery.conftest import NOW, Plan, deliver

DAY = timedelta(days=1)
STOPS = {"all": {}, "channel": {"key": "email"}, "sender": {}}


def states() -> dict[str, str]:
    return dict(Message.objects.values_list("dedupe_key", "state"))


@pytest.mark.parametrize("scope", STOPS)
def test_what_a_stop_kept_for_longer_than_a_week_leaves_when_it_is_lifted(plan: Plan, scope: str) -> None:
    box = outreach.sender("email")
    message = plan(sender_id=box.pk)
    given: dict[str, Any] = {"key": str(box.pk)} if scope == "sender" else STOPS[scope]
    hold = holds.open_hold(scope=HoldScope(scope), reason="A storm.", at=NOW, by=SYSTEM, **given)
    for days in range(10):
        deliver(NOW + days * DAY)
    assert states() == {"one": "queued"}
    holds.lift_hold(hold_id=hold, at=NOW + 9 * DAY, by=SYSTEM)
    deliver(NOW + 9 * DAY)
    message.refresh_from_db()
    assert (message.state, message.not_after) == ("accepted", NOW + 16 * DAY)


def test_a_stop_that_ended_long_ago_keeps_nothing_good(plan: Plan) -> None:
    plan()
    hold = holds.open_hold(scope=HoldScope.ALL, reason="A storm.", at=NOW, by=SYSTEM)
    holds.lift_hold(hold_id=hold, at=NOW + DAY, by=SYSTEM)
    deliver(NOW + 8 * DAY)
    assert states() == {"one": "expired"}


def test_a_call_under_a_stop_never_rings_when_the_stop_is_lifted(plan: Plan) -> None:
    outreach.sender("call")
    plan("ring", channel="call", text="", not_after=NOW + outbox.RINGS_WITHIN, headers={"agentNumber": "+12145550100"})
    hold = holds.open_hold(scope=HoldScope.CHANNEL, key="call", reason="A storm.", at=NOW, by=SYSTEM)
    deliver()
    holds.lift_hold(hold_id=hold, at=NOW + timedelta(hours=1), by=SYSTEM)
    deliver(NOW + timedelta(hours=1))
    assert states() == {"ring": "expired"}


def test_a_draft_that_is_approved_late_leaves(plan: Plan) -> None:
    message = plan(needs_approval=True)
    outbox.approve(message_id=message.pk, at=NOW + 8 * DAY)
    deliver(NOW + 8 * DAY)
    assert states() == {"one": "accepted"}


def test_a_call_that_is_tried_once_more_rings_at_once_or_never(plan: Plan) -> None:
    call = plan("ring", channel="call", text="", not_after=NOW + outbox.RINGS_WITHIN)
    mail = plan("mail")
    claiming.claim(owner="w", at=NOW, limit=2)
    Message.objects.update(state="failed", lease_owner="", lease_until=None)
    later = NOW + 14 * timedelta(hours=1)
    assert outbox.requeue(message_id=call.pk, reason="again", at=later).not_after == later + outbox.RINGS_WITHIN
    assert outbox.requeue(message_id=mail.pk, reason="again", at=later).not_after == later + 7 * DAY
