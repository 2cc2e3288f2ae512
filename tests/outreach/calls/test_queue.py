"""Who is called next, and who is not called now."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from headhaul.compliance.choices import ConsentChannel, Scope, SuppressionReason
from headhaul.compliance.services import suppression
from headhaul.kernel import SYSTEM, Actor, ComplianceRefused, Conflict, NotFound
from headhaul.outreach.models import CallTarget
from headhaul.outreach.services.calling import targets
from tests.factories import outreach
from tests.outreach.calls.doing import WEEKDAY, campaign_of, do, someone, told, undo

pytestmark = pytest.mark.django_db

NIGHT = WEEKDAY.replace(hour=12, minute=30)  # 7:30 in New York, 4:30 in Los Angeles


def names(queue: Any) -> list[str]:
    return [row.contact for row in queue.items]


def test_the_best_account_comes_first(max_: Actor, vera: Actor) -> None:
    low, high = someone(score=2_000), someone(score=9_000)
    campaign_of(max_, low, high)
    queue = do("getCallQueue", vera)
    assert names(queue) == [high.name, low.name]
    assert (queue.callable_now, queue.total, queue.items[0].score) == (2, 2, 90.0)


def test_whoever_is_awake_comes_before_a_better_account_that_sleeps(max_: Actor, vera: Actor) -> None:
    east = someone(score=1_000)
    west = someone(zone="America/Los_Angeles", state="CA", area="213", score=9_900)
    campaign_of(max_, west, east)
    at = WEEKDAY.replace(hour=14)  # 9:00 in New York, 6:00 in Los Angeles
    queue = do("getCallQueue", vera, at=at)
    assert names(queue) == [east.name, west.name]
    sleeper = queue.items[1]
    assert (sleeper.is_callable, queue.callable_now) == (False, 1), [row.why for row in queue.items]
    assert sleeper.next_allowed_at == queue.next_allowed_at
    assert at < sleeper.next_allowed_at <= at + timedelta(hours=4)
    assert sleeper.why[0].sentence


def test_a_call_back_that_is_due_comes_before_everything(max_: Actor, vera: Actor) -> None:
    low, high = someone(score=1_000), someone(score=9_000)
    campaign_of(max_, low, high)
    CallTarget.objects.filter(contact=low).update(
        state="callback", last_disposition="callback", due_at=WEEKDAY - timedelta(minutes=5)
    )
    queue = do("getCallQueue", vera)
    assert names(queue) == [low.name, high.name]
    assert queue.items[0].is_callback
    CallTarget.objects.filter(contact=low).update(due_at=WEEKDAY + timedelta(hours=2))
    queue = do("getCallQueue", vera)
    assert names(queue) == [high.name, low.name]
    assert queue.items[1].next_allowed_at == WEEKDAY + timedelta(hours=2)


def test_a_hundred_sleepers_do_not_hide_the_one_who_is_awake(max_: Actor, vera: Actor) -> None:
    west = [someone(zone="America/Los_Angeles", state="CA", area="213", score=9_000) for _ in range(45)]
    east = someone(score=100)
    campaign_of(max_, *west, east)
    queue = do("getCallQueue", vera, at=WEEKDAY.replace(hour=14), limit=10)
    assert queue.items[0].contact == east.name
    assert (len(queue.items), queue.total) == (10, 46)


def test_who_said_no_is_shown_last_with_the_rule(max_: Actor, vera: Actor, rosa: Actor) -> None:
    silent, denied = someone(score=9_000, yes=False), someone(score=9_900)
    suppression.add(
        scope=Scope.ADDRESS, key=outreach.address_of(denied, "call"), channel=ConsentChannel.CALL,
        reason=SuppressionReason.DNC_REQUEST, source="phone call", at=WEEKDAY, by=SYSTEM,
    )  # fmt: skip
    willing = someone(score=100)
    campaign_of(max_, silent, denied, willing)
    queue = do("getCallQueue", vera)
    assert names(queue)[0] == willing.name
    assert all(not row.is_callable and row.next_allowed_at is None and row.why for row in queue.items[1:])
    target = CallTarget.objects.get(contact=silent)
    with pytest.raises(ComplianceRefused) as refused:
        do("takeCall", rosa, targetId=target.pk)
    assert refused.value.fields["rule"]


def test_a_sleeper_is_refused_with_the_rule_and_the_next_time(max_: Actor, rosa: Actor) -> None:
    campaign_of(max_, someone())
    with pytest.raises(ComplianceRefused) as refused:
        do("takeCall", rosa, at=NIGHT, targetId=CallTarget.objects.get().pk)
    assert refused.value.fields["nextAllowedAt"] > NIGHT.isoformat()
    assert refused.value.fields["sentence"] in refused.value.message
    with pytest.raises(NotFound, match="may be called now"):
        do("takeCall", rosa, at=NIGHT)


def test_a_target_is_one_reps_until_the_lease_is_over(max_: Actor, rosa: Actor, rick: Actor) -> None:
    campaign_of(max_, someone())
    card = do("takeCall", rosa)
    assert card.script == "Hello."
    assert card.target.taken_by_id == rosa.user_id
    with pytest.raises(Conflict, match="Somebody else"):
        do("takeCall", rick, targetId=card.target.target_id)
    with pytest.raises(NotFound, match="Nobody is left"):
        do("takeCall", rick)
    assert [row.contact for row in do("getCallQueue", rosa).mine] == [card.target.contact]
    assert do("takeCall", rick, at=WEEKDAY + timedelta(minutes=31)).target.taken_by_id == rick.user_id


def test_a_taken_target_is_given_back_or_left_out(max_: Actor, rosa: Actor, rick: Actor) -> None:
    campaign_of(max_, someone())
    taken = told("takeCall", rosa)
    target = taken.payload.target.target_id
    with pytest.raises(Conflict, match="Only they"):
        do("releaseCall", rick, targetId=target)
    undo(taken, rosa)
    assert CallTarget.objects.get().state == "queued"
    left_out = told("releaseCall", rosa, targetId=target, skip=True)
    assert do("getCallQueue", rosa).total == 0
    undo(left_out, rosa)
    assert do("getCallQueue", rosa).total == 1


def test_paused_campaigns_hand_out_nothing(max_: Actor, rosa: Actor) -> None:
    key = campaign_of(max_, someone())
    paused = told("setCallCampaignStatus", max_, callCampaignId=key, state="paused")
    assert do("getCallQueue", rosa).total == 0
    with pytest.raises(Conflict, match="Open it first"):
        do("takeCall", rosa, targetId=CallTarget.objects.get().pk)
    undo(paused, max_)
    assert do("getCallQueue", rosa).total == 1


def test_a_sequences_step_lands_in_its_own_queue_once(rosa: Actor) -> None:
    inside = outreach.sequence("Reefer fleets", campaign="Reefer")
    enrolled = outreach.enrolment(inside, someone())
    for _ in range(2):
        targets.queue_step(enrolment=enrolled, step_key="ring", say="Ask for lanes.", at=WEEKDAY)
    [row] = do("getCallQueue", rosa).items
    assert row.call_campaign == "Calls of Reefer fleets"
    card = do("takeCall", rosa)
    assert (card.script, card.script_version) == ("Ask for lanes.", None)
    targets.queue_step(enrolment=enrolled, step_key="again", say="Ask again.", at=WEEKDAY)
    assert dict(CallTarget.objects.values_list("step_key", "state")) == {"ring": "taken", "again": "queued"}
