"""The funnel: cohorts by entry, against a replay by hand."""

from __future__ import annotations

import statistics
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headhaul.kernel import Actor, InvalidData, NotFound
from headhaul.kernel.shares import wilson
from headhaul.pipeline.models import Opportunity, OpportunityChange, Stage
from headhaul.pipeline.selectors.rates import share, share_by_value
from headhaul.pipeline.working_days import current
from tests.pipeline.histories import NOON, account, change, deal, random_history, remove, stage
from tests.pipeline.test_forecast import do

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 10, 5, 15, tzinfo=UTC)


def funnel(actor: Actor, **asked: Any) -> dict[str, Any]:
    return {row.stage: row for row in do("getStageConversions", actor, **asked).stages}


def counts(row: Any) -> tuple[int, ...]:
    return (row.entered, row.moved_forward, row.lost, row.still_open, row.moved_back, row.skipped)


def test_a_jump_passes_the_stages_between(vera: Actor) -> None:
    each = deal(account(), in_stage="prospecting", at=MONDAY)
    change(each, at=MONDAY + timedelta(days=7), stage="negotiation")
    found = funnel(vera)
    assert counts(found["prospecting"]) == (1, 1, 0, 0, 0, 0)
    assert counts(found["discovery"]) == counts(found["proposal"]) == (1, 1, 0, 0, 0, 1)
    assert counts(found["negotiation"]) == (1, 0, 0, 1, 0, 0)
    assert (found["prospecting"].time_in_stage.n, found["proposal"].time_in_stage.n) == (1, 0)
    assert found["prospecting"].time_in_stage.median_days == 7
    assert found["prospecting"].time_in_stage.median_working_days == 4, "Columbus Day is off"


def test_a_deal_opened_late_never_was_in_the_earlier_stages(vera: Actor) -> None:
    deal(account(), in_stage="proposal", at=MONDAY)
    assert [counts(row)[0] for row in funnel(vera).values()] == [0, 0, 1, 0]


def test_a_deal_that_comes_back_counts_once_and_with_all_its_stays(vera: Actor) -> None:
    each = deal(account(), in_stage="discovery", at=MONDAY)
    change(each, at=MONDAY + timedelta(days=2), stage="proposal")
    change(each, at=MONDAY + timedelta(days=3), stage="discovery")
    change(each, at=MONDAY + timedelta(days=8), stage="prospecting")
    found = funnel(vera)
    assert counts(found["discovery"]) == (1, 1, 0, 0, 0, 0)
    assert found["discovery"].time_in_stage.median_days == 7
    assert counts(found["proposal"]) == (1, 0, 0, 1, 1, 0)
    assert counts(found["prospecting"]) == (1, 0, 0, 1, 0, 0)


def test_lost_and_removed_deals(vera: Actor) -> None:
    of = account()
    change(deal(of, in_stage="discovery", at=MONDAY), at=MONDAY + timedelta(days=1), stage="closed_lost")
    remove(deal(of, in_stage="discovery", at=MONDAY), at=MONDAY + timedelta(days=1))
    assert counts(funnel(vera)["discovery"]) == (1, 0, 1, 0, 0, 0)


def test_a_cohort_is_of_the_days_in_which_it_entered(vera: Actor) -> None:
    of = account()
    for at in (datetime(2026, 10, 5, 4, 59, tzinfo=UTC), datetime(2026, 10, 5, 5, 0, tzinfo=UTC)):
        change(deal(of, in_stage="discovery", at=at), at=NOON, stage="proposal")
    assert funnel(vera, **{"from": "2026-10-05", "to": "2026-10-05"})["discovery"].entered == 1
    assert funnel(vera, **{"from": "2026-10-04", "to": "2026-10-05"})["discovery"].entered == 2


def test_win_rate_cycle_and_velocity(vera: Actor) -> None:
    of = account()
    for days, amount, key in ((10, 300_00, "closed_won"), (20, 100_00, "closed_won"), (5, 600_00, "closed_lost")):
        change(deal(of, amount=amount, at=MONDAY), at=MONDAY + timedelta(days=days), stage=key)
    for _ in range(3):
        deal(of, in_stage="proposal", amount=50_00)
    found = do("getStageConversions", vera)
    assert (found.won, found.lost, found.won_cents, found.lost_cents) == (2, 1, 400_00, 600_00)
    assert (found.win_rate.percent, found.win_rate.n) == (66.67, 3)
    assert found.win_rate_by_value.percent == 40
    assert (found.cycle.n, found.cycle.median_days, found.cycle.mean_days) == (2, 15, 15)
    assert found.average_won_cents == 200_00
    assert found.velocity_cents_a_day == round(3 * (2 / 3) * 200_00 / 15)
    assert (found.stages[2].open_now, found.stages[2].open_cents) == (3, 150_00)


def test_nothing_closed_is_no_rate(vera: Actor) -> None:
    found = do("getStageConversions", vera)
    assert found.win_rate.percent is None
    assert found.velocity_cents_a_day is None
    assert found.stages[0].conversion.n == 0


def test_what_is_not_there_or_runs_backwards_is_refused(vera: Actor) -> None:
    with pytest.raises(NotFound):
        do("getStageConversions", vera, pipelineId=10**9)
    with pytest.raises(InvalidData):
        do("getStageConversions", vera, **{"from": "2026-10-02", "to": "2026-10-01"})


def replayed(since: date, until: date, owner: int | None) -> dict[str, dict[str, Any]]:
    """Each stage's cohort, deal by deal."""
    calendar = current()
    open_stages = list(Stage.objects.filter(pipeline__is_default=True, kind="open").order_by("position"))
    place = {each.pk: number for number, each in enumerate(open_stages)} | {stage("closed_won").pk: 99}
    rows: dict[str, list[dict[str, Any]]] = {each.key: [] for each in open_stages}
    for one in Opportunity.objects.all():
        if owner is not None and one.owner_id != owner:
            continue
        told = list(OpportunityChange.objects.filter(opportunity_id=one.pk, field="stage").order_by("version"))
        way = [t for n, t in enumerate(told) if all(later.valid_from > t.valid_from for later in told[n + 1 :])]
        for number, each in enumerate(open_stages):
            entry = None
            for n, turn in enumerate(way):
                to = place.get(turn.new)
                before = place.get(way[n - 1].new) if n else None
                jumped = to is not None and before is not None and before != 99 and before < number < to
                if to == number or jumped:
                    entry = n
                    break
            if entry is None or not since <= calendar.today(way[entry].valid_from) <= until:
                continue
            forward = any(place.get(turn.new, -1) > number for turn in way[entry:])
            stays = [
                (turn.valid_from, way[n + 1].valid_from if n + 1 < len(way) else None)
                for n, turn in enumerate(way)
                if turn.new == each.pk
            ]
            done = bool(stays) and all(end for _, end in stays)
            rows[each.key].append(
                {
                    "forward": forward,
                    "lost": not forward and one.kind != "open",
                    "open": not forward and one.kind == "open",
                    "back": not forward and one.kind == "open" and place[one.stage_id] < number,
                    "skipped": not stays,
                    "days": sum((end - start).total_seconds() for start, end in stays if end) / 86400 if done else None,
                    "working": sum(calendar.days_between(start, end) for start, end in stays if end) if done else None,
                }
            )
    return {key: {"rows": found} for key, found in rows.items()}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 2**32),
    first=st.dates(date(2026, 7, 20), date(2026, 11, 18)),
    length=st.integers(0, 120),
    whose=st.booleans(),
)
def test_cohorts_equal_a_replay(vera: Actor, rosa: Actor, seed: int, first: date, length: int, whose: bool) -> None:
    with transaction.atomic():
        random_history(seed, owners=[rosa.user_id, None])
        last = first + timedelta(days=length)
        found = funnel(
            vera, **{"from": first.isoformat(), "to": last.isoformat()}, **({"owner": rosa.user_id} if whose else {})
        )
        for key, each in replayed(first, last, rosa.user_id if whose else None).items():
            rows = each["rows"]
            expected = [len(rows)] + [
                sum(row[name] for row in rows) for name in ("forward", "lost", "open", "back", "skipped")
            ]
            assert list(counts(found[key])) == expected
            days = [row["days"] for row in rows if row["days"] is not None]
            working = [row["working"] for row in rows if row["working"] is not None]
            lengths = found[key].time_in_stage
            assert lengths.n == len(days)
            if days:
                assert lengths.median_days == pytest.approx(statistics.median(days), abs=0.01)
                assert lengths.mean_days == pytest.approx(statistics.mean(days), abs=0.01)
                assert lengths.median_working_days == pytest.approx(statistics.median(working), abs=0.01)
                assert lengths.mean_working_days == pytest.approx(statistics.mean(working), abs=0.01)
        transaction.set_rollback(True)


@given(st.integers(1, 10**6), st.data())
def test_an_interval_holds_its_share(n: int, data: st.DataObject) -> None:
    part = data.draw(st.integers(0, n))
    low, high = wilson(part / n, n)
    assert 0 <= low <= part / n <= high <= 1
    wider = wilson(part / n, n / 2)
    assert wider[0] <= low
    assert high <= wider[1]


def test_intervals_are_those_of_the_book() -> None:
    found = share(7, 10, n=10)
    assert (found.percent, found.low, found.high) == (70.0, 39.68, 89.22)
    assert share_by_value(700, 300, 10 * 100**2, n=10).low == found.low
