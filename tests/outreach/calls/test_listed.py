"""Everybody of a campaign, and everybody of the queue, page by page."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest

from headhaul.compliance.choices import ConsentChannel, Scope, SuppressionReason
from headhaul.compliance.services import suppression
from headhaul.kernel import SYSTEM, Actor, InvalidData, NotFound
from headhaul.kernel.keyset import encode_cursor
from headhaul.outreach.choices import TargetState
from headhaul.outreach.models import CallTarget
from headhaul.outreach.selectors.calls import queue as queueing
from tests.factories import outreach
from tests.outreach.calls.doing import WEEKDAY, campaign_of, do, someone, told, undo

pytestmark = pytest.mark.django_db
ZONES = [("America/New_York", "NY", "212"), ("America/Los_Angeles", "CA", "213"), ("America/Chicago", "OH", "614")]


def pages_of(name: str, actor: Actor, *, at: Any = WEEKDAY, **asked: Any) -> list[list[Any]]:
    found, cursor = [], None
    while True:
        page = do(name, actor, at=at, **asked, **({"cursor": cursor} if cursor else {}))
        found.append(page.items)
        cursor = page.next_cursor
        if cursor is None:
            return found


def a_queue_by_chance(seed: int, max_: Actor) -> int:
    """People of three zones: some due later, some with a call-back, some who said no, some whom nobody may call."""
    dice = random.Random(seed)
    people = []
    for _ in range(22):
        zone, state, area = dice.choice(ZONES)
        people.append(someone(zone=zone, state=state, area=area, score=dice.randrange(1, 9) * 1_000,
                              yes=dice.random() < 0.8))  # fmt: skip
    key = campaign_of(max_, *people)
    for target in CallTarget.objects.order_by("pk"):
        if dice.random() < 0.3:
            target.due_at = WEEKDAY + timedelta(minutes=dice.randrange(-300, 3_000))
            target.last_disposition = dice.choice(["callback", "no_answer"])
            target.state = "callback" if target.last_disposition == "callback" else "queued"
            target.save()
        elif dice.random() < 0.15:
            suppression.add(
                scope=Scope.ADDRESS, key=outreach.address_of(target.contact, "call"), channel=ConsentChannel.CALL,
                reason=SuppressionReason.DNC_REQUEST, source="phone call", at=WEEKDAY, by=SYSTEM,
            )  # fmt: skip
    return key


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("hour", [14, 18, 12])  # in UTC: the east alone, everybody, nobody
def test_the_pages_of_the_queue_are_the_queue(seed: int, hour: int, max_: Actor, vera: Actor) -> None:
    a_queue_by_chance(seed, max_)
    at = WEEKDAY.replace(hour=hour, minute=30)
    whole = do("getCallQueue", vera, at=at, limit=50)
    pages = pages_of("getCallQueue", vera, at=at, limit=4)
    assert [len(page) for page in pages[:-1]] == [4] * (len(pages) - 1)
    rows = [row.target_id for page in pages for row in page]
    assert rows == [row.target_id for row in whole.items]
    assert set(rows) == set(CallTarget.objects.values_list("pk", flat=True))
    assert len(rows) == whole.total
    callable_now = [row.is_callable for page in pages for row in page]
    assert callable_now == sorted(callable_now, reverse=True)
    assert sum(callable_now) == whole.callable_now


def test_those_whom_nobody_looked_at_are_on_the_last_pages(
    max_: Actor, vera: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_queue_by_chance(1, max_)
    monkeypatch.setattr(queueing, "LOOKED_AT", 3)
    monkeypatch.setattr(queueing, "COUNTED", 2)
    rows = [row.target_id for page in pages_of("getCallQueue", vera, limit=4) for row in page]
    assert sorted(rows) == sorted(CallTarget.objects.values_list("pk", flat=True))


def test_nobody_is_passed_over_when_others_are_taken_meanwhile(max_: Actor, vera: Actor, rosa: Actor) -> None:
    campaign_of(max_, *[someone(score=9_000 - number) for number in range(12)])
    first = do("getCallQueue", vera, limit=4)
    for row in first.items[:3]:
        do("takeCall", rosa, targetId=row.target_id)
    rest = [row.target_id for row in first.items]
    cursor = first.next_cursor
    while cursor:
        page = do("getCallQueue", vera, limit=4, cursor=cursor)
        rest += [row.target_id for row in page.items]
        cursor = page.next_cursor
    assert len(rest) == len(set(rest)) == 12


@pytest.mark.parametrize("values", [[-1, "1"], [10**9, "1"], [0, "x"], [0, ""], ["1", "1"], [0, "1,2,,3"]])
def test_a_forged_cursor_is_refused(values: list[Any], vera: Actor) -> None:
    with pytest.raises(InvalidData, match="cursor"):
        do("getCallQueue", vera, cursor=encode_cursor("queue of calls", values))


def test_everybody_of_a_campaign_stands_in_its_list_with_where_they_stand(max_: Actor, vera: Actor) -> None:
    key = a_queue_by_chance(2, max_)
    other = campaign_of(max_, someone(), name="Others")
    rows = [row for page in pages_of("getCallTargets", vera, callCampaignId=key, limit=5) for row in page]
    kept = list(CallTarget.objects.filter(campaign_id=key).order_by("-pk"))
    assert [row.target_id for row in rows] == [target.pk for target in kept]
    assert [(row.state, row.tries, row.last_disposition, row.due_at) for row in rows] == [
        (target.state, target.tries, target.last_disposition or None, target.due_at) for target in kept
    ]
    campaign = next(each for each in do("getCallCampaigns", vera).items if each.id == key)
    counts = {"queued": campaign.queued, "callback": campaign.callbacks}
    for state, count in counts.items():
        of_state = do("getCallTargets", vera, callCampaignId=key, states=[state], limit=100)
        assert len(of_state.items) == of_state.total == count
        assert {row.state for row in of_state.items} <= {TargetState(state)}
    assert do("getCallTargets", vera, callCampaignId=other).total == 1
    with pytest.raises(NotFound):
        do("getCallTargets", vera, callCampaignId=10**9)


def test_the_list_says_who_can_be_removed_and_they_alone_are(max_: Actor, rosa: Actor) -> None:
    fresh, taken, tried, asked = someone(), someone(), someone(), someone()
    key = campaign_of(max_, fresh, taken, tried)
    do("takeCall", rosa, targetId=CallTarget.objects.get(contact=taken).pk)
    CallTarget.objects.filter(contact=tried).update(tries=1, last_disposition="no_answer")
    enrolled = outreach.enrolment(outreach.sequence("First touch"), asked)
    CallTarget.objects.create(
        campaign_id=key, contact=asked, account_id=asked.account_id, enrolment_id=enrolled.pk, step_key="ring",
        due_at=WEEKDAY, added_at=WEEKDAY, updated_at=WEEKDAY,
    )  # fmt: skip
    rows = {row.contact_id: row for row in do("getCallTargets", max_, callCampaignId=key).items}
    assert {contact for contact, row in rows.items() if row.may_be_removed} == {fresh.pk}
    assert rows[taken.pk].taken_by == "Rosa"
    assert (rows[asked.pk].sequence, rows[asked.pk].step_key) == ("First touch", "ring")
    later = WEEKDAY + timedelta(hours=2)  # the lease is over
    assert do("getCallTargets", max_, at=later, callCampaignId=key, contactId=taken.pk).items[0].taken_by == ""
    done = told("removeCallTargets", max_, callCampaignId=key, contactIds=list(rows))
    assert done.payload.removed == 1
    assert fresh.pk not in {row.contact_id for row in do("getCallTargets", max_, callCampaignId=key).items}
    undo(done, max_)
    assert do("getCallTargets", max_, callCampaignId=key).total == 4


def test_a_rep_sees_the_people_of_accounts_they_see(max_: Actor, vera: Actor, rosa: Actor, rick: Actor) -> None:
    theirs, nobodys = someone(owner=rick), someone(owner=rosa)
    key = campaign_of(max_, theirs, nobodys)
    seen = {row.contact_id for row in do("getCallTargets", rosa, callCampaignId=key).items}
    in_queue = {row.contact_id for row in do("getCallQueue", rosa, callCampaignId=key).items}
    assert seen == in_queue
    assert nobodys.pk in seen
