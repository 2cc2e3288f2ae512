"""The figures equal what plain Python counts, are as sure as they say, and open as many rows as they name."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headhaul.accounts.models import Account
from headhaul.accounts.preferences import Visibility
from headhaul.actions import dispatch
from headhaul.activities.models import Activity
from headhaul.analytics.metrics import catalogue
from headhaul.kernel import SYSTEM, Actor, InvalidData, Role
from headhaul.kernel.medians import ranks
from headhaul.kernel.shares import wilson
from headhaul.pipeline.models import Opportunity
from headhaul.preferences.services import values
from headhaul.security.models import Team, User
from tests.analytics.worlds import expected, make, snapshot
from tests.factories.market import person
from tests.pipeline.histories import NOON, account, change, deal

pytestmark = pytest.mark.django_db

OCTOBER = {"period": "custom", "from": "2026-10-01", "to": "2026-11-18"}
COUNTED = ("openPipeline", "newDeals", "dealsWon", "wonAmount", "touches", "calls", "emails", "texts", "meetings",
           "newAccounts")  # fmt: skip


def do(name: str, actor: Actor, /, at: datetime = NOON, **data: Any) -> Any:
    return dispatch(name, data, actor=actor, at=at, door="http").payload


def told(actor: Actor, at: datetime = NOON, **data: Any) -> dict[str, Any]:
    return {each.key: each for each in do("getAnalytics", actor, at=at, **data).figures}


def days_before(first: date, last: date) -> tuple[date, date]:
    """The days that these are compared with: the month, quarter or year before, or as many days as they are; no more
    of them than have passed of these."""
    today = NOON.date()
    after = last + timedelta(days=1)
    months = (after.year - first.year) * 12 + after.month - first.month
    if first.day == after.day == 1 and months in (1, 3, 12) and (first.month - 1) % months == 0:
        start = first
        for _ in range(months):
            start = (start - timedelta(days=1)).replace(day=1)
    else:
        start = first - (after - first)
    passed = (today - first).days if first <= today <= last else (after - first).days
    return start, min(start + timedelta(days=passed), first - timedelta(days=1))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 2**32),
    first=st.dates(date(2026, 8, 1), date(2026, 11, 18)),
    length=st.integers(0, 110),
    whose=st.booleans(),
    segment=st.sampled_from(["", "small_fleet", "unknown"]),
)
def test_figures_equal_plain_python(
    vera: Actor, rosa: Actor, seed: int, first: date, length: int, whose: bool, segment: str
) -> None:
    last = first + timedelta(days=length)
    filters = {"owner": rosa.user_id} if whose else {}
    filters |= {"segment": segment} if segment else {}
    with transaction.atomic():
        make(seed, owners=[rosa.user_id, None])
        narrowed = {"owner": rosa.user_id if whose else None, "segment": segment}
        right, before = expected(first, last, **narrowed), expected(*days_before(first, last), **narrowed)
        found = told(vera, period="custom", **{"from": first.isoformat(), "to": last.isoformat()}, **filters)
        for key in COUNTED:
            assert found[key].value == right[key], key
            if key not in ("openPipeline",):
                assert found[key].previous == before[key], key
        assert found["averageDeal"].value == (
            None if right["averageDeal"] is None else pytest.approx(right["averageDeal"], abs=0.01)
        )
        assert found["cycle"].value == (None if right["cycle"] is None else pytest.approx(right["cycle"], abs=0.01))
        assert (found["winRate"].part, found["winRate"].n) == (right["dealsWon"], right["dealsWon"] + right["lost"])
        assert found["velocity"].n == right["open_at_its_end"]
        places = ranks(len(right["days"]))
        if places:
            low, high = (right["days"][place - 1] for place in places)
            assert (found["cycle"].low, found["cycle"].high) == (
                pytest.approx(low, abs=0.01), pytest.approx(high, abs=0.01)
            )  # fmt: skip
        else:
            assert found["cycle"].low is None
        transaction.set_rollback(True)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), whose=st.booleans())
def test_every_number_opens_as_many_rows_as_it_says(vera: Actor, rosa: Actor, seed: int, whose: bool) -> None:
    with transaction.atomic():
        make(seed, owners=[rosa.user_id, None], deals=24)
        for each in Opportunity.objects.all():
            snapshot(date(2026, 8, 30), each, close_on=date(2026, 9, 20))
        filters = {"owner": rosa.user_id, "segment": "unknown,small_fleet"} if whose else {}
        answer = do("getAnalytics", vera, period="this_quarter", **filters)
        assert [each.key for each in answer.figures if each.n and each.link is None] == []
        links = [(each.key, each.n, each.link) for each in answer.figures]
        for rep in answer.reps:
            links += [(f"{rep.name} {kind.metric}", kind.count, kind.link) for kind in (rep.touches, *rep.kinds)]
        for stage in answer.stages:
            links += [(f"{stage.stage} {c.metric}", c.count, c.link) for c in (stage.entered, stage.moved_forward)]
        for name, n, link in links:
            assert (link is None) == (n == 0), name
            if link:
                assert dispatch(link.action, link.data, actor=vera, at=NOON, door="http").payload.total == n, name
        transaction.set_rollback(True)


def test_sums_of_people_and_of_the_trend_are_the_figures(vera: Actor, rosa: Actor) -> None:
    make(11, owners=[rosa.user_id, None])
    answer = do("getAnalytics", vera, period="this_quarter")
    found = {each.key: each for each in answer.figures}
    assert sum(rep.touches.count for rep in answer.reps) == found["touches"].value > 0
    for key, name in (
        ("newDeals", "new_deals"), ("dealsWon", "won"), ("wonAmount", "won_cents"), ("touches", "touches"),
        ("newAccounts", "new_accounts"),
    ):  # fmt: skip
        assert sum(getattr(point, name) for point in answer.trend) == found[key].value, key
    assert answer.bucket == "week"
    assert answer.trend[-1].starts_on == date(2026, 11, 16)


def test_a_rate_of_few_has_an_interval_and_no_percentage(vera: Actor) -> None:
    of = account()
    for number in range(29):
        deal(of, in_stage="closed_won" if number < 10 else "closed_lost", at=NOON - timedelta(days=2))
    few = told(vera)["winRate"]
    assert (few.value, few.part, few.n, few.is_enough) == (None, 10, 29, False)
    assert "Fewer than 30" in few.missing
    assert told(vera)["velocity"].value is None
    deal(of, in_stage="closed_won", at=NOON - timedelta(days=2))
    sure = told(vera)["winRate"]
    low, high = wilson(11 / 30, 30)
    assert (sure.value, sure.is_enough, sure.missing) == (36.67, True, "")
    assert (sure.low, sure.high) == (round(100 * low, 2), round(100 * high, 2))


def test_velocity_is_what_its_formula_says(vera: Actor) -> None:
    of, opened = account(), NOON - timedelta(days=30)
    for number in range(40):
        ended = deal(of, in_stage="discovery", at=opened, amount=(number + 1) * 100_00)
        won = number % 4 == 0
        change(ended, at=NOON - timedelta(days=10), stage="closed_won" if won else "closed_lost")
    for _ in range(7):
        deal(of, at=opened)
    found = told(vera)
    average = sum((number + 1) * 100_00 for number in range(0, 40, 4)) / 10
    assert found["cycle"].value == 20
    assert found["velocity"].value == round(7 * 10 / 40 * average / 20)
    assert found["velocity"].n == 7


def test_a_running_quarter_is_compared_with_as_many_days_of_the_one_before(vera: Actor) -> None:
    of = account()
    deal(of, at=datetime(2026, 8, 18, 12, tzinfo=UTC))
    deal(of, at=datetime(2026, 8, 19, 12, tzinfo=UTC))
    answer = do("getAnalytics", vera, period="this_quarter")
    assert (answer.compared_with.from_, answer.compared_with.to) == (date(2026, 7, 1), date(2026, 8, 18))
    found = {each.key: each for each in answer.figures}["newDeals"]
    assert (found.value, found.previous, found.direction, found.verdict) == (0, 1, "down", "worse")
    whole = do("getAnalytics", vera, period="last_quarter")
    assert (whole.compared_with.from_, whole.compared_with.to) == (date(2026, 4, 1), date(2026, 6, 30))


@pytest.mark.parametrize(
    ("first", "last", "compared"),
    [
        ("2026-10-01", "2026-10-31", ("2026-09-01", "2026-09-30")),
        ("2026-07-01", "2026-09-30", ("2026-04-01", "2026-06-30")),
        ("2025-01-01", "2025-12-31", ("2024-01-01", "2024-12-31")),
        ("2026-02-01", "2026-02-28", ("2026-01-01", "2026-01-31")),
        ("2026-10-02", "2026-11-01", ("2026-09-01", "2026-10-01")),
        ("2026-11-01", "2026-12-31", ("2026-09-01", "2026-09-18")),
    ],
)
def test_days_are_compared_with_days_that_can_be(vera: Actor, first: str, last: str, compared: tuple[str, str]) -> None:
    answer = do("getAnalytics", vera, period="custom", **{"from": first, "to": last})
    assert (str(answer.compared_with.from_), str(answer.compared_with.to)) == compared


def test_days_begin_where_the_firm_is(vera: Actor) -> None:
    of = account()
    deal(of, at=datetime(2026, 11, 1, 4, 59, tzinfo=UTC))
    deal(of, at=datetime(2026, 11, 1, 5, 0, tzinfo=UTC))
    assert told(vera, period="this_month")["newDeals"].value == 1
    assert told(vera, period="last_month")["newDeals"].value == 1


def test_coverage_is_of_what_is_missing_to_the_quota(vera: Actor, max_: Actor) -> None:
    of = account()
    deal(of, in_stage="closed_won", amount=300_00, at=NOON - timedelta(days=1))
    deal(of, in_stage="proposal", amount=1_400_00)
    assert told(vera)["coverage"].missing == "No quota is set for this period."
    do("setQuota", max_, period="quarter", amountCents=1_000_00)
    found = told(vera)["coverage"]
    assert (found.value, found.n, found.note) == (2.0, 1, "of $700 missing to the quota")
    assert "size of fleet" in told(vera, segment="unknown")["coverage"].missing
    assert told(vera, period="last_quarter")["coverage"].missing == "The period is over."
    do("setQuota", max_, period="quarter", amountCents=100_00, version=1)
    assert told(vera)["coverage"].missing == "The quota is reached."


def test_what_was_open_is_told_by_the_night_of_the_same_day(vera: Actor, max_: Actor) -> None:
    one = deal(account(), in_stage="proposal", amount=1_000_00, close_on=date(2026, 12, 1))
    snapshot(date(2026, 8, 15), one, amount_cents=600_00, close_on=date(2026, 9, 1))
    snapshot(date(2026, 8, 17), one, amount_cents=500_00, close_on=date(2026, 9, 1))
    snapshot(date(2026, 8, 19), one, amount_cents=400_00, close_on=date(2026, 9, 1))
    do("setQuota", max_, period="quarter", amountCents=2_000_00)
    do("setQuota", max_, period="quarter", startsOn="2026-07-01", amountCents=1_000_00)
    found = told(vera)
    assert (found["openPipeline"].value, found["openPipeline"].previous) == (1_000_00, 500_00)
    assert (found["coverage"].value, found["coverage"].previous) == (0.5, 0.5)


def test_forecasts_are_judged_by_the_snapshots_of_their_days(vera: Actor, rosa: Actor) -> None:
    of = account()
    early = deal(of, in_stage="discovery", amount=100_00, at=datetime(2026, 7, 2, tzinfo=UTC), owner=rosa.user_id)
    change(early, at=datetime(2026, 7, 20, tzinfo=UTC), stage="closed_won")
    late = deal(of, in_stage="proposal", amount=900_00, at=datetime(2026, 7, 2, tzinfo=UTC), owner=rosa.user_id)
    change(late, at=datetime(2026, 9, 20, tzinfo=UTC), stage="closed_won")
    lost = deal(of, in_stage="proposal", amount=700_00, at=datetime(2026, 7, 2, tzinfo=UTC))
    change(lost, at=datetime(2026, 9, 21, tzinfo=UTC), stage="closed_lost")
    day = date(2026, 8, 30)  # 32 days before October
    snapshot(day, late, amount_cents=800_00, probability=75, close_on=date(2026, 9, 30))
    snapshot(day, lost, amount_cents=700_00, probability=50, close_on=date(2026, 9, 1))
    snapshot(day, lost, opportunity_id=10**9, close_on=date(2026, 10, 1))  # of the next quarter
    snapshot(day, lost, opportunity_id=10**9 + 1, close_on=date(2026, 9, 1), category="omitted")
    found = told(vera)
    said = 100_00 + 800_00 * 75 // 100 + 700_00 * 50 // 100
    assert found["forecastAccuracy30"].value == round(100 - 100 * abs(said - 1_000_00) / 1_000_00, 1)
    assert (found["forecastAccuracy30"].n, found["forecastAccuracy30"].note) == (3, "of Q3 2026")
    assert found["forecastAccuracy60"].value is None
    assert found["forecastAccuracy60"].missing == (
        "No night wrote open deals down in the 7 days up to 2 Aug 2026, 60 days before Q3 2026 ended."
    )
    [judged] = do("getAnalytics", vera).forecasts
    lead = judged.leads[0]
    assert (lead.snapshot_on, lead.forecast_cents, lead.won_by_then_cents, lead.actual_cents) == (
        day, said, 100_00, 1_000_00
    )  # fmt: skip
    hers = told(vera, owner=rosa.user_id)["forecastAccuracy30"]
    assert (hers.value, hers.n) == (70.0, 2)
    rows = do("getAnalyticsDeals", vera, metric="forecastAccuracy30")
    assert {row.id for row in rows.items} == {early.pk, late.pk, lost.pk}
    assert (rows.cents, rows.weighted_cents) == (100_00 + 800_00 + 700_00, said)
    ended = {"period": "custom", "from": judged.period.from_.isoformat(), "to": judged.period.to.isoformat()}
    assert do("getAnalyticsDeals", vera, metric="forecastAccuracy30", **ended).weighted_cents == lead.forecast_cents
    assert do("getAnalyticsDeals", vera, metric="wonAmount", **ended).cents == lead.actual_cents


def test_a_night_without_a_deal_foretold_nothing(vera: Actor) -> None:
    of = account()
    late = deal(of, in_stage="proposal", amount=900_00, at=datetime(2026, 9, 10, tzinfo=UTC))
    change(late, at=datetime(2026, 9, 20, tzinfo=UTC), stage="closed_won")
    snapshot(date(2026, 8, 30), late, amount_cents=800_00, close_on=date(2026, 12, 1))  # of another quarter
    found = told(vera)["forecastAccuracy30"]
    assert (found.value, found.n) == (None, 0)
    assert found.missing.startswith("No deals yet")
    lead = do("getAnalytics", vera).forecasts[0].leads[0]
    assert (lead.deals, lead.accuracy, lead.bias, lead.actual_cents) == (0, None, None, 900_00)


def test_a_rep_sees_what_is_theirs_or_their_teams(rosa: Actor, max_: Actor) -> None:
    east, west = (Team.objects.create(name=name, created_at=NOON) for name in ("East", "West"))
    User.objects.filter(pk=rosa.user_id).update(team=east)
    rick = person("Rick", Role.REP, team=west)
    his = account("His", owner_id=rick.user_id, team=west)
    hers = account("Hers", owner_id=rosa.user_id, team=east)
    for of, owner in ((his, rick), (hers, rosa)):
        deal(of, in_stage="closed_won", owner=owner.user_id, at=NOON)
        Activity.objects.create(account=of, type="call", happened_at=NOON, created_at=NOON, owner_id=owner.user_id)
    values.save(section=Visibility, values={"reps": "team"}, expected_version=0, by=SYSTEM, at=NOON)
    rosa = person("Rosa", Role.REP)
    found = told(rosa)
    assert [found[key].value for key in ("dealsWon", "calls", "newAccounts")] == [1, 1, 1]
    answer = do("getAnalytics", rosa)
    assert [row.name for row in answer.reps] == ["Rosa"]
    for link in (found["dealsWon"].link, found["calls"].link, found["newAccounts"].link):
        assert do(link.action, rosa, **link.data).total == 1
    assert told(rosa, owner=rick.user_id)["dealsWon"].value == 0
    assert told(max_, teamId=west.pk)["dealsWon"].value == 1
    assert told(max_)["dealsWon"].value == 2


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"period": "custom"}, "from"),
        ({"period": "custom", "from": "2026-11-02", "to": "2026-11-01"}, "from"),
        ({"period": "custom", "from": "1990-01-01", "to": "2026-11-01"}, "from"),
        ({"from": "2026-11-01"}, "period"),
        ({"period": "next_quarter"}, "period"),
        ({"owner": "somebody"}, "owner"),
        ({"segment": "huge"}, "segment"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused_with_what_would(vera: Actor, data: Any, field: str) -> None:
    with pytest.raises(InvalidData) as refusal:
        do("getAnalytics", vera, **data)
    assert any(name.startswith(field) for name in refusal.value.fields)


def test_an_empty_firm_gets_every_figure_and_what_is_missing(vera: Actor) -> None:
    found = told(vera)
    keys = set(catalogue()) - {"stageEntered", "stageConversion"}
    assert {key for key in keys if catalogue()[key].action == "getAnalytics"} == set(found)
    assert all(each.missing for each in found.values() if each.value is None)


def test_rows_of_a_stage_need_the_stage(vera: Actor) -> None:
    with pytest.raises(InvalidData):
        do("getAnalyticsDeals", vera, metric="stageEntered")


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), whose=st.booleans())
def test_numbers_of_conversions_open_the_rows_that_make_them(vera: Actor, rosa: Actor, seed: int, whose: bool) -> None:
    with transaction.atomic():
        make(seed, owners=[rosa.user_id, None], deals=40)
        days = {"from": "2026-08-01", "to": "2026-11-18"} | ({"owner": rosa.user_id} if whose else {})
        found = do("getStageConversions", vera, **days)
        asked = days | {"period": "custom", "pipelineId": found.pipeline_id, "limit": 100}

        def rows(metric: str, **more: Any) -> Any:
            page = do("getAnalyticsDeals", vera, metric=metric, **asked, **more)
            assert page.total == len(page.items)
            assert page.cents == sum(row.amount_cents or 0 for row in page.items)
            return page

        for each in found.stages:
            won = round((each.win_rate.percent or 0) * each.entered / 100)
            for metric, number in {
                "stageEntered": each.entered, "stageSkipped": each.skipped, "stageConversion": each.moved_forward,
                "stageLost": each.lost, "stageOpen": each.still_open, "stageWon": won,
                "stageTime": each.time_in_stage.n,
            }.items():  # fmt: skip
                assert rows(metric, stage=each.stage).total == number, (metric, each.stage)
            listed = do("listOpportunities", vera, stage=[each.stage], pipelineId=found.pipeline_id,
                        owner=asked.get("owner"), limit=100)  # fmt: skip
            assert (listed.total, sum(row.amount_cents or 0 for row in listed.items)) == (
                each.open_now,
                each.open_cents,
            )
        assert rows("winRate").total == found.won + found.lost
        assert rows("winRateByValue").cents == found.won_cents + found.lost_cents
        assert (rows("cycle").total, rows("wonAmount").cents) == (found.cycle.n, found.won_cents)
        average = rows("averageDeal")
        assert found.average_won_cents == (round(average.cents / average.total) if average.total else None)
        transaction.set_rollback(True)


def test_rows_of_one_pipeline_leave_the_others_out(vera: Actor) -> None:
    deal(account(), amount=100_00, at=NOON)
    here = do("getStageConversions", vera).pipeline_id
    assert do("getAnalyticsDeals", vera, metric="newDeals", pipelineId=here).total == 1
    assert do("getAnalyticsDeals", vera, metric="newDeals", pipelineId=here + 1).total == 0
    with pytest.raises(InvalidData):
        do("getAnalyticsDeals", vera, metric="forecastAccuracy30", pipelineId=here)


def test_pages_of_rows_follow_on(vera: Actor) -> None:
    of = account()
    for number in range(7):
        deal(of, amount=number % 3 * 100 or None, at=NOON)
    seen: list[int] = []
    cursor = None
    while True:
        more = {"cursor": cursor} if cursor else {}
        found = do("getAnalyticsDeals", vera, metric="newDeals", limit=3, **more)
        seen += [row.id for row in found.items]
        cursor = found.next_cursor
        if cursor is None:
            break
    assert sorted(seen) == sorted(Opportunity.objects.values_list("pk", flat=True))
    assert Account.objects.count() == 1
