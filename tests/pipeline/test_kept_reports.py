"""What reports read is kept as the history is written: it must equal what a walk over everything finds, always."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.db.models import F
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headhaul.accounts.selectors.pages import Conditions, fetch
from headhaul.kernel import Actor, Role
from headhaul.pipeline.choices import Period
from headhaul.pipeline.models import Opportunity, Pipeline, Stage
from headhaul.pipeline.selectors import forecast_sums
from headhaul.pipeline.selectors.deals import closing_in
from headhaul.pipeline.selectors.periods import PeriodSpan, period_of
from headhaul.pipeline.selectors.scopes import owner_condition
from tests.factories import market
from tests.factories.market import person
from tests.pipeline.doing import do, told, undo
from tests.pipeline.histories import NOON, account, change, deal, random_history, remove, restore
from tests.pipeline.replay import states
from tests.pipeline.test_conversions import MONDAY, counts, funnel, replayed

pytestmark = pytest.mark.django_db

often = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
ZONES = ("America/Chicago", "UTC", "Asia/Kolkata")
_KNOWN = """
select opportunity_id, stage_at, amount_cents, close_on, owner_id, category, removed
from pipeline_known where known_from <= %s and known_until > %s
"""
_REBUILD = "select {}(array(select distinct opportunity_id from pipeline_opportunitychange))"


def spans(zone: str) -> list[PeriodSpan]:
    """Every month from July to February, the quarters and the year."""
    first = [date(2026, month, 1) for month in range(7, 13)] + [date(2027, 1, 1), date(2027, 2, 1)]
    made = [period_of(Period.MONTH, day, zone=ZoneInfo(zone), fiscal_start=1) for day in first]
    made += [period_of(Period.QUARTER, day, zone=ZoneInfo(zone), fiscal_start=2) for day in first[::3]]
    return [*made, period_of(Period.YEAR, date(2026, 5, 5), zone=ZoneInfo(zone), fiscal_start=1)]


def counted(span: PeriodSpan, owners: list[int | None] | None) -> list[dict[str, Any]]:
    narrowed = Conditions()
    clause, parameters = owner_condition(owners, "d.owner_id")
    narrowed.add(clause, *parameters)
    return in_order(forecast_sums.counted(closing_in(span), narrowed))


def in_order(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: row["owner_id"] or 0)


def with_ai_and_edges(seed: int, owners: list[int | None]) -> None:
    """Words of AI on some deals, and deals won within hours of a month's end."""
    dice = Random(seed)
    of = account("At the edge")
    for hours in range(-14, 14, 3):
        at = datetime(2026, dice.choice([9, 10, 11]), 1, tzinfo=UTC) + timedelta(hours=hours)
        deal(of, in_stage="closed_won", amount=dice.choice([None, 7, 11]), owner=dice.choice(owners), at=at)
    for each in Opportunity.objects.all():
        each.ai_close_probability = dice.choice([None, 12.5, 33.3333, 90.0])
        each.save()


@often
@given(seed=st.integers(0, 2**32), zone=st.sampled_from(ZONES), whose=st.sampled_from(["all", "hers", "some"]))
def test_sums_by_month_equal_a_count_of_the_deals(rosa: Actor, rick: Actor, seed: int, zone: str, whose: str) -> None:
    with transaction.atomic():
        everybody = [rosa.user_id, rick.user_id, None]
        random_history(seed, owners=everybody)
        with_ai_and_edges(seed, everybody)
        owners = {"all": None, "hers": [rosa.user_id], "some": [None, rick.user_id]}[whose]
        for span in spans(zone):
            assert in_order(forecast_sums.kept(span, owners=owners, pipeline_id=None)) == counted(span, owners)
            open_before = Opportunity.objects.filter(kind="open", close_on__lt=span.starts_on)
            if owners is not None:
                open_before = open_before.filter(pk__in=[o.pk for o in open_before if o.owner_id in owners])
            assert forecast_sums.kept_overdue(span, owners=owners, pipeline_id=None) == open_before.count()
        transaction.set_rollback(True)


def test_sums_follow_bulk_changes_and_removals(rosa: Actor, rick: Actor) -> None:
    random_history(3, owners=[rosa.user_id, rick.user_id, None], deals=20)
    Opportunity.objects.filter(kind="open").update(close_on=date(2026, 12, 24), amount_cents=5)
    Opportunity.objects.filter(owner_id=rick.user_id).delete()
    Opportunity.objects.filter(owner=None).update(owner_id=rosa.user_id, category="commit")
    for span in spans("America/Chicago"):
        assert in_order(forecast_sums.kept(span, owners=None, pipeline_id=None)) == counted(span, None)


@often
@given(seed=st.integers(0, 2**32), days=st.integers(0, 120))
def test_what_was_known_equals_a_replay_of_the_history(rosa: Actor, seed: int, days: int) -> None:
    with transaction.atomic():
        random_history(seed, owners=[rosa.user_id, None])
        moment = NOON + timedelta(days=14 - days)
        found = {
            row["opportunity_id"]: (
                row["stage_at"], row["amount_cents"], row["close_on"], row["owner_id"], row["category"], row["removed"]
            )
            for row in fetch(_KNOWN, [moment, moment])
        }  # fmt: skip
        assert found == {
            key: (each.stage_since, each.amount, each.close_on, each.owner, each.category, each.removed)
            for key, each in states(moment).items()
        }
        transaction.set_rollback(True)


@often
@given(seed=st.integers(0, 2**32))
def test_what_is_kept_line_by_line_equals_what_is_made_at_once(rosa: Actor, seed: int) -> None:
    with transaction.atomic():
        random_history(seed, owners=[rosa.user_id, None])
        for table, remake in (("pipeline_known", "pipeline_retell"), ("pipeline_entry", "pipeline_rewalk")):
            read = f"select kept::text as line from {table} kept order by 1"
            kept = fetch(read, [])
            assert kept
            fetch(_REBUILD.format(remake), [])
            assert fetch(read, []) == kept
        transaction.set_rollback(True)


def test_a_deal_that_goes_with_its_account_takes_its_past_along(vera: Actor) -> None:
    start = NOON - timedelta(days=10)
    stays, goes = account("Stays"), account("Goes")
    gone = remove(deal(stays, amount=1, at=start), at=NOON - timedelta(days=1))
    deal(goes, amount=10, at=start)
    back = remove(deal(stays, amount=100, at=start), at=NOON - timedelta(days=2))
    restore(back, at=NOON - timedelta(days=1))

    def then() -> int:
        asked = {"period": "quarter", "asOf": (start + timedelta(days=1)).isoformat()}
        return int(do("getForecast", vera, **asked).total.open_cents)

    assert then() == 111
    goes.delete()
    assert then() == 101
    assert not Opportunity.objects.filter(pk=gone.pk).exists()


def same_as_a_replay(vera: Actor) -> None:
    found = funnel(vera, **{"from": "2026-07-20", "to": "2026-11-18"})
    for key, each in replayed(date(2026, 7, 20), date(2026, 11, 18), None).items():
        rows = each["rows"]
        names = ("forward", "lost", "open", "back", "skipped")
        assert list(counts(found[key])) == [len(rows), *(sum(row[name] for row in rows) for name in names)]


def test_another_order_of_stages_is_another_funnel(vera: Actor, max_: Actor) -> None:
    random_history(11, owners=[None], deals=25)
    same_as_a_replay(vera)
    before = {key: counts(row) for key, row in funnel(vera).items()}
    proposal = Stage.objects.get(key="proposal", pipeline__is_default=True)
    Stage.objects.filter(pk=proposal.pk).update(position=-1)
    same_as_a_replay(vera)
    assert {key: counts(row) for key, row in funnel(vera).items()} != before


def test_a_stage_that_is_added_between_is_passed_by_jumps(vera: Actor) -> None:
    change(deal(account(), in_stage="discovery", at=MONDAY), at=MONDAY + timedelta(days=3), stage="negotiation")
    middle = Stage.objects.get(key="proposal", pipeline__is_default=True)
    Stage.objects.create(
        pipeline=middle.pipeline, key="trial", label="Trial", position=middle.position, probability=60, kind="open"
    )
    assert counts(funnel(vera)["trial"]) == (1, 1, 0, 0, 0, 1)


@contextmanager
def rebuilds(expected: int) -> Iterator[None]:
    """How often the ways of deals are made anew, counted by PostgreSQL."""

    def calls() -> int:
        name = "pipeline_rewalk(bigint[])"
        return fetch("select coalesce(pg_stat_get_xact_function_calls(%s::regprocedure), 0) as n", [name])[0]["n"]

    fetch("select set_config('track_functions', 'all', true)", [])
    before = calls()
    yield
    assert calls() - before == expected


def as_made_at_once() -> None:
    read = "select kept::text as line from pipeline_entry kept order by 1"
    kept = fetch(read, [])
    fetch(_REBUILD.format("pipeline_rewalk"), [])
    assert fetch(read, []) == kept


def test_ways_are_made_anew_once_for_a_new_order_and_not_for_what_does_not_change_it(vera: Actor, max_: Actor) -> None:
    random_history(11, owners=[None], deals=25)
    discovery = Stage.objects.get(key="discovery", pipeline__is_default=True)
    with rebuilds(1):
        do("saveStage", max_, stageId=discovery.pk, position=3, label="Looking")
    same_as_a_replay(vera)
    with rebuilds(1):
        reply = told("saveStage", max_, label="Trial", position=1)
    same_as_a_replay(vera)
    with rebuilds(0):
        do("saveStage", max_, stageId=reply.payload.id, probability=35, slaDays=4)
    with rebuilds(1):
        do("saveStage", max_, stageId=discovery.pk, position=0)
    with rebuilds(0):
        Stage.objects.filter(kind="open").update(position=F("position") * 10)
    same_as_a_replay(vera)
    as_made_at_once()
    with rebuilds(1):
        Stage.objects.filter(pk=discovery.pk).update(kind="lost")
    as_made_at_once()
    with rebuilds(1):
        Stage.objects.filter(pk=reply.payload.id).delete()
    as_made_at_once()


def test_a_further_pipeline_leaves_the_ways_through_others_alone(ada: Actor) -> None:
    random_history(12, owners=[None], deals=15)
    read = "select ctid::text as at from pipeline_entry order by 1"
    before = fetch(read, [])
    with rebuilds(1):
        do("savePipeline", ada, name="Renewals")
    assert fetch(read, []) == before != []


@often
@given(seed=st.integers(0, 2**32))
def test_ways_equal_what_is_made_at_once_after_any_change_of_stages(ada: Actor, seed: int) -> None:
    with transaction.atomic():
        random_history(seed, owners=[None])
        do("savePipeline", ada, name="Renewals")
        dice, other = Random(seed), Pipeline.objects.get(name="Renewals")
        ours = Stage.objects.filter(pipeline__is_default=True)
        for _ in range(6):
            one = dice.choice(list(ours.filter(kind="open")) or list(ours))
            match dice.randrange(5):
                case 0:
                    ours.filter(pk=one.pk).update(position=dice.randrange(-1, 7))
                case 1:
                    ours.filter(pk=one.pk).update(is_active=not one.is_active, label="Other")
                case 2:
                    ours.filter(pk=one.pk).update(kind=dice.choice(["open", "won", "lost"]))
                case 3:
                    ours.filter(pk=one.pk).update(pipeline_id=other.pk, key=f"from_{one.pk}")
                case 4:
                    ours.update(position=dice.randrange(-3, 3) * F("position"))
            as_made_at_once()
        transaction.set_rollback(True)


def test_a_move_that_is_taken_back_is_in_no_funnel_and_no_forecast(opened: Any, rosa: Actor, vera: Actor) -> None:
    def now() -> tuple[Any, ...]:
        found = funnel(vera, at=market.NOON)
        return do("getForecast", vera, period="quarter").total, {key: counts(row) for key, row in found.items()}

    made = opened(amountCents=500, closeOn="2026-12-01")
    before = now()
    moved = told("moveStage", rosa, opportunityId=made.id, version=made.version, toStage="discovery")
    assert now()[1]["discovery"][0] == 1
    undo(moved, rosa)
    assert now() == before


def test_readers_of_their_own_get_the_sums_of_what_they_see(ada: Actor, rosa: Actor, rick: Actor) -> None:
    for number, (owner, held) in enumerate(((rosa, rosa), (rosa, rick), (rick, rosa), (rick, rick))):
        deal(account(f"Of {number}", owner_id=held.user_id), amount=10**number, owner=owner.user_id)
    everything = do("getForecast", ada, period="quarter").total.open_cents
    do("saveSettings", ada, section="visibility", values={"reps": "own"}, expectedVersion=0)
    assert everything == 1111
    assert do("getForecast", rosa, period="quarter").total.open_cents == 111
    assert do("getForecast", rosa, period="quarter", owner="me").total.open_cents == 11
    assert do("getForecast", rosa, period="quarter", owner=rick.user_id).total.open_cents == 100
    assert do("getForecast", person("Nora", Role.REP), period="quarter").total.open_cents == 0
