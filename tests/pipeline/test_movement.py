"""The pipeline's movement: start plus every step is the end, and each deal is in the step where people look for it."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headhaul.accounts.models import Account
from headhaul.kernel import Actor, InvalidData, Role
from headhaul.pipeline.working_days import current, start_of
from tests.factories.market import person
from tests.pipeline.histories import NOON, account, change, deal, random_history, remove, restore
from tests.pipeline.replay import State, states
from tests.pipeline.test_forecast import Q4, do

pytestmark = pytest.mark.django_db

BEFORE, START, BETWEEN = (datetime(2026, month, day, 18, tzinfo=UTC) for month, day in ((9, 20), (10, 10), (10, 20)))
ASKED = {"period": "quarter", "from": "2026-10-11"}
TICK = timedelta(microseconds=1)
NEXT, LAST = date(2027, 1, 15), date(2026, 9, 15)


def steps(found: Any) -> dict[str, tuple[int, int]]:
    return {step.bucket.value: (step.amount_cents, step.deals) for step in found.steps if step.touched}


@pytest.fixture
def of(db: None) -> Account:
    return account()


@pytest.mark.parametrize(
    ("before", "turn", "expected"),
    [
        (None, None, {"new": (100, 1)}),
        ({}, {"amount": 150}, {"increased": (50, 0)}),
        ({}, {"amount": None}, {"decreased": (-100, 0)}),
        ({}, {"stage": "closed_won"}, {"won": (-100, -1)}),
        ({}, {"stage": "closed_won", "amount": 120}, {"increased": (20, 0), "won": (-120, -1)}),
        ({}, {"stage": "closed_lost", "amount": 120}, {"lost": (-100, -1)}),
        ({}, {"close_on": NEXT, "amount": 120}, {"slipped": (-100, -1)}),
        ({}, {"close_on": None}, {"slipped": (-100, -1)}),
        ({}, {"close_on": LAST}, {"moved_earlier": (-100, -1)}),
        ({"close_on": NEXT}, {"close_on": date(2026, 12, 31)}, {"pulled_in": (100, 1)}),
        ({"close_on": None}, {"close_on": date(2026, 12, 31)}, {"pulled_in": (100, 1)}),
        ({"close_on": LAST}, {"close_on": date(2026, 10, 1)}, {"pushed_in": (100, 1)}),
        ({"in_stage": "closed_lost"}, {"stage": "proposal"}, {"reopened": (100, 1)}),
        ({"close_on": NEXT}, {"stage": "closed_won"}, {"pulled_in": (100, 1), "won": (-100, -1)}),
        ({}, {"stage": "proposal"}, {}),
        ({"close_on": NEXT}, {"amount": 900}, {}),
    ],
)
def test_a_change_is_the_step_people_call_it(
    of: Account, vera: Actor, before: dict[str, Any] | None, turn: dict[str, Any] | None, expected: dict[str, Any]
) -> None:
    if before is None or turn is None:
        deal(of, amount=100, at=BETWEEN)
    else:
        facts: dict[str, Any] = {"amount": 100, "at": BEFORE} | before
        change(deal(of, **facts), at=BETWEEN, **turn)
    assert steps(do("getPipelineMovement", vera, **ASKED)) == expected


def test_removed_and_restored_deals_are_steps_of_their_own(of: Account, vera: Actor) -> None:
    each = remove(deal(of, amount=100, at=BEFORE), at=BETWEEN)
    assert steps(do("getPipelineMovement", vera, **ASKED)) == {"removed": (-100, -1)}
    [row] = do("getMovementDeals", vera, bucket="removed", **ASKED).items
    assert (row.name, row.is_there, row.amount_before_cents) == ("Twelve reefer seats", False, 100)
    restore(each, at=BETWEEN + timedelta(days=2))
    assert steps(do("getPipelineMovement", vera, **(ASKED | {"from": "2026-10-21"}))) == {"restored": (100, 1)}
    assert steps(do("getPipelineMovement", vera, **ASKED)) == {}


def test_a_deal_handed_over_leaves_one_and_comes_to_the_other(of: Account, rosa: Actor, vera: Actor) -> None:
    rick = person("Rick", Role.REP)
    change(deal(of, amount=100, owner=rosa.user_id, at=BEFORE), at=BETWEEN, owner=rick.user_id)
    assert steps(do("getPipelineMovement", vera, owner=rosa.user_id, **ASKED)) == {"owner_out": (-100, -1)}
    assert steps(do("getPipelineMovement", vera, owner=rick.user_id, **ASKED)) == {"owner_in": (100, 1)}
    assert steps(do("getPipelineMovement", vera, **ASKED)) == {}


def test_the_end_is_what_the_forecast_says_is_open(of: Account, vera: Actor) -> None:
    random_history(7, owners=[None])
    later = NOON + timedelta(days=14)  # when all is told
    found = do("getPipelineMovement", vera, at=later, **ASKED)
    forecast = do("getForecast", vera, at=later, period="quarter").total
    assert found.end_cents == forecast.open_cents + forecast.omitted_cents


def test_whoever_sees_only_their_own_sees_only_their_movement(of: Account, ada: Actor) -> None:
    rick = person("Rick", Role.REP)
    deal(account("His", owner_id=rick.user_id), amount=1, at=BETWEEN)
    deal(account("Hers", owner_id=ada.user_id), amount=10, at=BETWEEN)
    remove(deal(of, amount=100, owner=rick.user_id, at=BEFORE), at=BETWEEN)
    remove(deal(of, amount=1000, owner=ada.user_id, at=BEFORE), at=BETWEEN)
    do("saveSettings", ada, section="visibility", values={"reps": "own"}, expectedVersion=0)
    assert steps(do("getPipelineMovement", rick, **ASKED)) == {"new": (1, 1), "removed": (-100, -1)}


@pytest.mark.parametrize(
    "asked",
    [
        {"from": "2026-11-01", "to": "2026-10-01"},
        {"from": "2027-01-01"},
        {"closingFrom": "2026-10-01"},
        {"closingFrom": "2026-10-02", "closingTo": "2026-10-01"},
        {"offset": 1, "startsOn": "2026-10-01"},
    ],
)
def test_what_runs_backwards_is_refused(vera: Actor, asked: dict[str, Any]) -> None:
    with pytest.raises(InvalidData):
        do("getPipelineMovement", vera, **asked)


def test_a_window_to_come_begins_with_the_current_period(of: Account, vera: Actor) -> None:
    deal(of, amount=100, close_on=NEXT, at=BETWEEN)
    found = do("getPipelineMovement", vera, period="quarter", offset=1)
    assert found.from_ == datetime(2026, 10, 1, 5, tzinfo=UTC)
    assert steps(found) == {"new": (100, 1)}


def test_a_days_movement_ends_with_the_day(of: Account, vera: Actor) -> None:
    deal(of, amount=1, at=datetime(2026, 10, 12, 4, 59, tzinfo=UTC))
    deal(of, amount=10, at=datetime(2026, 10, 12, 5, 0, tzinfo=UTC))
    found = do("getPipelineMovement", vera, period="quarter", **{"from": "2026-10-11", "to": "2026-10-11"})
    assert steps(found) == {"new": (1, 1)}


def in_window(each: State | None, owner: int | None) -> bool:
    return bool(
        each and not each.removed and each.kind == "open" and each.close_on and Q4[0] <= each.close_on < Q4[1]
    ) and (owner is None or (each is not None and each.owner == owner))


def replayed(since: datetime, until: datetime, owner: int | None) -> tuple[int, int, Counter[str], Counter[str]]:
    """Start, end, and the amounts and counts of each step, deal by deal."""
    before, after = states(since), states(until)
    lo, hi = (start_of(day, current().zone) for day in Q4)
    start = end = 0
    amounts: Counter[str] = Counter()
    counts: Counter[str] = Counter()

    def step(bucket: str, amount: int, count: int) -> None:
        amounts[bucket] += amount
        counts[bucket] += count

    for key, now in after.items():
        was = before.get(key)
        mine_was = was is not None and (owner is None or was.owner == owner)
        mine_now = owner is None or now.owner == owner
        is_in, was_in = in_window(now, owner), in_window(was, owner)
        old, new = (was.amount or 0) if was else 0, now.amount or 0
        start += old if was_in else 0
        end += new if is_in else 0
        closed_here = (
            not now.removed
            and mine_now
            and now.kind != "open"
            and lo <= now.stage_since < hi
            and (was is None or was.removed or was.kind != now.kind)
        )
        if not (was_in or is_in or closed_here):
            continue
        if not was_in:
            step(arrival(was, mine_was), new, 1)
        leaving = None if is_in else departure(now, mine_now)
        if was_in and leaving in (None, "won") and new != old:
            step("increased" if new > old else "decreased", new - old, 0)
        if leaving:
            step(leaving, -new if leaving == "won" or not was_in else -old, -1)
    return start, end, amounts, counts


def arrival(was: State | None, mine: bool) -> str:
    if was is None:
        return "new"
    if was.removed:
        return "restored"
    if was.kind != "open":
        return "reopened"
    if not mine:
        return "owner_in"
    return "pushed_in" if was.close_on and was.close_on < Q4[0] else "pulled_in"


def departure(now: State, mine: bool) -> str:
    if now.removed:
        return "removed"
    if not mine:
        return "owner_out"
    if now.kind != "open":
        return now.kind
    return "moved_earlier" if now.close_on and now.close_on < Q4[0] else "slipped"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 2**32),
    first=st.dates(date(2026, 8, 1), date(2026, 11, 17)),
    length=st.integers(0, 90),
    whose=st.booleans(),
)
def test_start_and_steps_make_the_end_and_equal_a_replay(
    vera: Actor, rosa: Actor, seed: int, first: date, length: int, whose: bool
) -> None:
    with transaction.atomic():
        random_history(seed, owners=[rosa.user_id, None])
        last = min(first + timedelta(days=length), date(2026, 11, 18))
        owner = {"owner": rosa.user_id} if whose else {}
        asked = {"period": "quarter", "from": first.isoformat(), "to": last.isoformat(), **owner}
        found = do("getPipelineMovement", vera, **asked)
        assert found.start_cents + sum(step.amount_cents for step in found.steps) == found.end_cents
        assert found.start_deals + sum(step.deals for step in found.steps) == found.end_deals
        start, end, amounts, counts = replayed(
            found.from_ - TICK, found.to - (TICK if found.to < NOON else TICK * 0), rosa.user_id if whose else None
        )
        assert (found.start_cents, found.end_cents) == (start, end)
        assert {step.bucket.value: step.amount_cents for step in found.steps if step.touched} == dict(amounts)
        assert {step.bucket.value: step.deals for step in found.steps if step.touched} == dict(counts)
        for step in found.steps:
            rows = do(step.link.action, vera, **step.link.data).items
            assert (sum(row.amount_cents for row in rows), len(rows)) == (step.amount_cents, step.touched)
        transaction.set_rollback(True)


def test_the_deals_behind_a_step_come_page_by_page(of: Account, vera: Actor) -> None:
    for amount in (5, 3, 9, 1, 7):
        deal(of, amount=amount, at=BETWEEN)
    first = do("getMovementDeals", vera, bucket="new", limit=3, **ASKED)
    rest = do("getMovementDeals", vera, bucket="new", limit=3, cursor=first.next_cursor, **ASKED)
    assert [row.amount_cents for row in [*first.items, *rest.items]] == [9, 7, 5, 3, 1]
    assert (first.total, first.total_is_exact, rest.total, rest.next_cursor) == (5, True, None, None)


def test_the_clock_in_the_middle_of_today_is_the_end(vera: Actor) -> None:
    found = do("getPipelineMovement", vera, period="quarter", to="2026-11-30")
    assert found.to == NOON
