"""Forecasts: what they add up, for whom, and as of when."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headhaul.actions import dispatch
from headhaul.kernel import Actor, Forbidden, InvalidData, NotFound, Role, StaleVersion
from headhaul.pipeline.models import ForecastSubmission, Opportunity, OpportunitySnapshot
from headhaul.pipeline.schemas.forecast import Figures
from headhaul.pipeline.services.forecast_calls import PeriodIsOver
from headhaul.pipeline.working_days import current, start_of
from headhaul.security.models import Team, User
from tests.factories.market import person
from tests.pipeline.histories import NOON, account, change, deal, random_history, remove
from tests.pipeline.replay import states

pytestmark = pytest.mark.django_db

Q4 = (date(2026, 10, 1), date(2027, 1, 1))


def do(name: str, actor: Actor, /, at: Any = NOON, **data: Any) -> Any:
    return dispatch(name, data, actor=actor, at=at, door="http").payload


def figures(row: Any) -> dict[str, int]:
    return {name: getattr(row, name) for name in Figures.model_fields}


@pytest.fixture
def deals(rosa: Actor) -> None:
    """Rosa's quarter: one deal of each category, one won, one lost, one of the next quarter, one overdue."""
    of, own = account(), rosa.user_id
    deal(of, in_stage="negotiation", amount=400_00, owner=own)
    deal(of, in_stage="proposal", amount=200_00, owner=own)
    deal(of, in_stage="prospecting", amount=100_00, owner=own)
    deal(of, in_stage="discovery", amount=50_00, owner=own, category="omitted")
    deal(of, in_stage="discovery", amount=None, owner=own)
    deal(of, in_stage="closed_won", amount=300_00, owner=own, close_on=date(2027, 5, 5))
    deal(of, in_stage="closed_lost", amount=900_00, owner=own)
    deal(of, in_stage="negotiation", amount=700_00, owner=own, close_on=date(2027, 1, 1))
    deal(of, in_stage="negotiation", amount=800_00, owner=own, close_on=date(2026, 9, 30))


def test_a_quarter_adds_up_by_category(deals: None, rosa: Actor, vera: Actor) -> None:
    found = do("getForecast", vera, period="quarter")
    assert found.period.label == "Q4 2026"
    assert figures(found.total) == {
        "closed_cents": 300_00,
        "commit_cents": 400_00,
        "best_case_cents": 200_00,
        "pipeline_cents": 100_00,
        "omitted_cents": 50_00,
        "open_cents": 700_00,
        "weighted_cents": 300_00 + 100_00 + 10_00,
        "expected_cents": 710_00,
        "commit_total_cents": 700_00,
        "best_case_total_cents": 900_00,
        "closed_deals": 1,
        "open_deals": 4,
        "deals_without_amount": 1,
        "deals_with_ai": 0,
    }
    assert found.overdue_deals == 1
    assert [(row.kind, row.name) for row in found.owners] == [("owner", "Rosa")]


def test_ai_weighs_what_it_has_spoken_of_and_the_stage_the_rest(deals: None, vera: Actor) -> None:
    Opportunity.objects.filter(amount_cents=400_00).update(ai_close_probability=40.5)
    Opportunity.objects.filter(amount_cents=200_00).update(ai_close_probability=55)
    found = do("getForecast", vera, period="quarter", probability="ai")
    assert (found.total.weighted_cents, found.total.deals_with_ai) == (162_00 + 110_00 + 10_00, 2)
    assert [(row.ai_probability, row.difference) for row in found.diverging] == [(40.5, -34.5)]
    assert do("getForecast", vera, period="quarter").total.weighted_cents == 410_00


def test_coverage_is_what_is_open_over_what_is_missing(deals: None, rosa: Actor, max_: Actor) -> None:
    quota = do("setQuota", max_, period="quarter", userId=rosa.user_id, amountCents=1000_00)
    row = do("getForecast", rosa, period="quarter", owner="me").total
    assert (quota.version, row.quota_cents, row.gap_cents, row.coverage) == (1, 1000_00, 700_00, 1.0)
    do("setQuota", max_, period="quarter", userId=rosa.user_id, amountCents=300_00)
    row = do("getForecast", rosa, period="quarter", owner="me").total
    assert (row.gap_cents, row.coverage) == (0, None)


def test_the_firms_quota_is_its_own_or_the_sum_of_those_below(max_: Actor, rosa: Actor) -> None:
    east = Team.objects.create(name="East", created_at=NOON)
    User.objects.filter(email=rosa.email).update(team=east)
    for whom, amount in (({"userId": rosa.user_id}, 100), ({"userId": max_.user_id}, 10), ({"teamId": east.pk}, 500)):
        do("setQuota", max_, period="month", amountCents=amount, **whom)
    total = do("getForecast", max_, period="month").total
    assert (total.quota_cents, total.quota_is_sum) == (510, True)
    do("setQuota", max_, period="month", amountCents=999)
    total = do("getForecast", max_, period="month").total
    assert (total.quota_cents, total.quota_is_sum) == (999, False)


def test_every_number_leads_to_its_rows(deals: None, vera: Actor) -> None:
    total = do("getForecast", vera, period="quarter").total
    for bucket, cents in (
        ("closed", total.closed_cents),
        ("open", total.open_cents),
        ("commit", total.commit_cents),
        ("bestCase", total.best_case_cents),
        ("pipeline", total.pipeline_cents),
        ("omitted", total.omitted_cents),
    ):
        link = total.links[bucket]
        assert sum(row.amount_cents or 0 for row in do(link.action, vera, **link.data).items) == cents
    link = total.links["noAmount"]
    assert len(do(link.action, vera, **link.data).items) == total.deals_without_amount


def test_the_rows_come_page_by_page(deals: None, vera: Actor) -> None:
    first = do("getForecastDeals", vera, period="quarter", limit=4)
    rest = do("getForecastDeals", vera, period="quarter", limit=4, cursor=first.next_cursor)
    assert (first.total, rest.next_cursor) == (6, None)
    assert [row.amount_cents for row in [*first.items, *rest.items]] == [400_00, 300_00, 200_00, 100_00, 50_00, None]


def test_reps_who_see_only_their_own_see_only_their_numbers(deals: None, max_: Actor, ada: Actor) -> None:
    rick = person("Rick", Role.REP)
    own = account("Hidden Valley", owner_id=rick.user_id)
    deal(own, amount=1_00, owner=rick.user_id)
    do("setQuota", max_, period="quarter", userId=rick.user_id, amountCents=5_00)
    do("setQuota", max_, period="quarter", amountCents=500_00)
    dispatch(
        "saveSettings",
        {"section": "visibility", "values": {"reps": "own"}, "expectedVersion": 0},
        actor=ada,
        at=NOON,
        door="http",
    )
    found = do("getForecast", rick, period="quarter", owner="all")
    assert (found.total.open_cents, found.total.quota_cents) == (1_00 + 700_00, 5_00)  # nobody's account is everybody's
    Opportunity.objects.exclude(account=own).update(account=account("Not his", owner_id=max_.user_id))
    assert do("getForecast", rick, period="quarter").total.open_cents == 1_00
    assert [row.name for row in do("getQuotas", rick, period="quarter").items] == ["Rick"]


def test_a_won_deal_belongs_to_the_day_it_was_in_the_firms_zone(vera: Actor) -> None:
    of = account()
    deal(of, in_stage="closed_won", amount=1, at=datetime(2026, 10, 1, 4, 59, tzinfo=UTC))
    deal(of, in_stage="closed_won", amount=10, at=datetime(2026, 10, 1, 5, 0, tzinfo=UTC))
    assert do("getForecast", vera, period="quarter").total.closed_cents == 10
    assert do("getForecast", vera, period="quarter", offset=-1).total.closed_cents == 1


def test_a_call_is_kept_with_what_the_pipeline_said(deals: None, rosa: Actor, max_: Actor) -> None:
    said = do("submitForecast", rosa, period="quarter", commitCents=650_00, bestCaseCents=900_00, note="One may slip")
    assert (said.kind, said.computed.commit_total_cents, said.period.label) == ("rep", 700_00, "Q4 2026")
    do("submitForecast", rosa, period="quarter", commitCents=660_00, bestCaseCents=900_00)
    do("submitForecast", max_, period="quarter", userId=rosa.user_id, commitCents=500_00, bestCaseCents=500_00)
    found = do("getForecast", max_, period="quarter")
    row, summed = found.owners[0], found.total.rep_calls
    assert (summed.commit_cents, summed.callers) == (660_00, 1)
    assert (row.rep_call.commit_cents, row.rep_call.submitted_by) == (660_00, "Rosa")
    assert (row.manager_call.commit_cents, row.manager_call.submitted_by) == (500_00, "Max")
    assert ForecastSubmission.objects.count() == 3


def test_a_call_is_refused_with_what_to_do(rosa: Actor, max_: Actor) -> None:
    with pytest.raises(InvalidData) as low:
        do("submitForecast", rosa, commitCents=2, bestCaseCents=1)
    assert "bestCaseCents" in low.value.fields
    with pytest.raises(Forbidden):
        do("submitForecast", rosa, commitCents=1, bestCaseCents=1, userId=max_.user_id)
    with pytest.raises(PeriodIsOver):
        do("submitForecast", rosa, commitCents=1, bestCaseCents=1, offset=-1)
    with pytest.raises(NotFound):
        do("submitForecast", max_, commitCents=1, bestCaseCents=1, userId=10**9)
    with pytest.raises(InvalidData):
        do("submitForecast", max_, commitCents=1, bestCaseCents=1, userId=1, teamId=1)


def test_a_quota_is_taken_back_unless_somebody_set_it_since(max_: Actor, rosa: Actor) -> None:
    first = dispatch("setQuota", {"userId": rosa.user_id, "amountCents": 5}, actor=max_, at=NOON, door="http")
    again = dispatch("setQuota", {"userId": rosa.user_id, "amountCents": 7}, actor=max_, at=NOON, door="http")
    with pytest.raises(Exception, match="cannot be taken back"):
        do("undoAction", max_, undoId=first.undo_id)
    do("undoAction", max_, undoId=again.undo_id)
    assert do("getForecast", rosa, owner="me").total.quota_cents == 5
    with pytest.raises(StaleVersion):
        do("setQuota", max_, userId=rosa.user_id, amountCents=1, version=2)
    do("setQuota", max_, userId=rosa.user_id, amountCents=None, version=3)
    assert do("getForecast", rosa, owner="me").total.quota_cents is None


def test_as_of_a_day_it_is_what_was_known_then(vera: Actor) -> None:
    of, start = account(), NOON - timedelta(days=30)
    each = deal(of, in_stage="proposal", amount=100_00, at=start)
    change(each, at=start + timedelta(days=5), told_at=start + timedelta(days=9), amount=250_00)
    change(each, at=start + timedelta(days=12), stage="negotiation")
    gone = deal(of, amount=7_00, at=start)
    remove(gone, at=start + timedelta(days=20))

    def known(days: int) -> Any:
        return do("getForecast", vera, period="quarter", asOf=(start + timedelta(days=days)).isoformat()).total

    assert known(-1).open_deals == 0
    assert (known(1).best_case_cents, known(1).pipeline_cents) == (100_00, 7_00)
    assert known(7).best_case_cents == 100_00, "the new amount was not told yet"
    assert known(10).best_case_cents == 250_00
    assert (known(13).commit_cents, known(13).best_case_cents) == (250_00, 0)
    assert known(21).pipeline_cents == 0
    with pytest.raises(InvalidData):
        do("getForecast", vera, asOf=(NOON + timedelta(hours=1)).isoformat())


def test_as_of_a_day_ai_is_that_nights(vera: Actor) -> None:
    each = deal(account(), in_stage="proposal", amount=100_00, at=NOON - timedelta(days=30))
    for days, percent in ((20, 30.0), (9, 80.0)):
        snapshot(each, NOON - timedelta(days=days), percent)
    asked = {"period": "quarter", "probability": "ai"}
    found = do("getForecast", vera, asOf=(NOON - timedelta(days=8)).isoformat(), **asked).total
    assert (found.weighted_cents, found.deals_with_ai) == (80_00, 1)
    found = do("getForecast", vera, asOf=(NOON - timedelta(days=12)).isoformat(), **asked).total
    assert (found.weighted_cents, found.deals_with_ai) == (50_00, 0), "a word of nine days ago is no word"


def snapshot(of: Opportunity, at: datetime, percent: float | None) -> None:
    OpportunitySnapshot.objects.create(
        day=at.date(), opportunity_id=of.pk, account_id=of.account_id, pipeline_id=of.pipeline_id,
        stage_id=of.stage_id, stage_key=of.stage.key, category=of.category, probability=of.stage.probability,
        amount_cents=of.amount_cents, close_on=of.close_on, ai_close_probability=percent, days_in_stage=1, days_open=1,
        touches_30=0, replies_30=0, contacts=0, has_decision_maker=False, has_next_step=False, pushes=0, taken_at=at,
    )  # fmt: skip


def replayed(moment: datetime) -> dict[str, int]:
    """The quarter's figures by plain Python."""
    lo, hi = (start_of(day, current().zone) for day in Q4)
    total = dict.fromkeys(["closed", "commit", "best_case", "pipeline", "omitted"], 0)
    weighted = Decimal(0)
    for each in states(moment).values():
        if each.removed:
            continue
        if each.kind == "won" and lo <= each.stage_since < hi:
            total["closed"] += each.amount or 0
        if each.kind == "open" and each.close_on and Q4[0] <= each.close_on < Q4[1]:
            bucket = each.category if each.category in ("commit", "best_case", "omitted") else "pipeline"
            total[bucket] += each.amount or 0
            weighted += Decimal((each.amount or 0) * each.probability) / 100 if bucket != "omitted" else 0
    return total | {"weighted": int(weighted.quantize(Decimal(1), ROUND_HALF_UP))}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), days=st.integers(0, 110))
def test_any_past_day_is_what_a_replay_of_the_history_says(vera: Actor, rosa: Actor, seed: int, days: int) -> None:
    with transaction.atomic():
        random_history(seed, owners=[rosa.user_id, None])
        moment = NOON - timedelta(days=days)
        total = do("getForecast", vera, period="quarter", startsOn="2026-11-01", asOf=moment.isoformat()).total
        assert {name: getattr(total, f"{name}_cents") for name in replayed(moment)} == replayed(moment)
        transaction.set_rollback(True)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_the_table_and_its_history_agree_once_everything_is_told(vera: Actor, rosa: Actor, seed: int) -> None:
    with transaction.atomic():
        random_history(seed, owners=[rosa.user_id, None])
        later = NOON + timedelta(days=14)
        now = do("getForecast", vera, at=later, period="quarter")
        then = do("getForecast", vera, at=later, period="quarter", asOf=later.isoformat())
        assert figures(now.total) == figures(then.total)
        assert [figures(row) for row in now.owners] == [figures(row) for row in then.owners]
        transaction.set_rollback(True)
