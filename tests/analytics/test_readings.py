"""Figures that are read together say what each says alone, by the rows behind it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headhaul.accounts.preferences import Visibility
from headhaul.accounts.selectors.pages import fetch
from headhaul.analytics.schemas.figures import AnalyticsScope
from headhaul.analytics.selectors import deals, forecasting, trend, turns
from headhaul.analytics.selectors.scope import Question, ended, question
from headhaul.kernel import SYSTEM, Actor, Role
from headhaul.pipeline.models import Opportunity, OpportunitySnapshot
from headhaul.pipeline.selectors.conversions import conversions, funnel
from headhaul.preferences.services import values
from tests.analytics.worlds import make, snapshot
from tests.factories.market import person
from tests.pipeline.histories import NOON

pytestmark = pytest.mark.django_db
WORLDS = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
READERS = st.sampled_from(["all", "one person's", "a size of fleet", "a rep of a part"])


@pytest.fixture
def rosa_sees_her_own(rosa: Actor) -> Actor:
    values.save(section=Visibility, values={"reps": "own"}, expected_version=0, by=SYSTEM, at=NOON)
    return rosa


def asked(reader: str, vera: Actor, rosa: Actor, **given: Any) -> Question:
    """A question of each kind of reader."""
    narrowed: dict[str, Any] = {
        "one person's": {"owner": rosa.user_id},
        "a size of fleet": {"segment": ["unknown", "enterprise"]},
    }.get(reader, {})
    by = rosa if reader == "a rep of a part" else vera
    return question(AnalyticsScope(**given, **narrowed), by=by, at=NOON)


def alone(key: str, of: Question, **more: Any) -> list[dict[str, Any]]:
    """The deals that a metric counts, by the condition of the rows behind it."""
    found = deals.counted(key, of, **more)
    return fetch(f"select d.* from pipeline_opportunity d where {found.where}", found.parameters)


@WORLDS
@given(
    seed=st.integers(0, 2**32),
    reader=READERS,
    first=st.dates(date(2026, 7, 1), date(2026, 11, 18)),
    length=st.integers(0, 200),
)
def test_sums_of_a_period_are_those_of_the_deals_behind_them(
    vera: Actor, rosa_sees_her_own: Actor, seed: int, reader: str, first: date, length: int
) -> None:
    rosa, last = rosa_sees_her_own, first + timedelta(days=length)
    with transaction.atomic():
        make(seed, owners=[rosa.user_id, None, person("Rick", Role.REP).user_id], deals=24)
        of = asked(reader, vera, rosa, period="custom", from_=first.isoformat(), to=last.isoformat())
        found = turns.turned(of, starts=trend.starts_of(of.span))
        assert deals.open_at_the_ends(of) == tuple(len(alone("velocity", of, span=s)) for s in (of.span, of.before))
        closing = alone("openPipeline", of)
        assert deals.closing(of) == (len(closing), sum(row["amount_cents"] or 0 for row in closing))
        for sums, span in ((found.decided, of.span), (found.decided_before, of.before)):
            rows = alone("winRate", of, span=span)
            for kind in ("won", "lost"):
                of_kind = [row["amount_cents"] for row in rows if row["kind"] == kind]
                assert getattr(sums, kind) == len(of_kind)
                assert getattr(sums, f"{kind}_cents") == sum(cents or 0 for cents in of_kind)
            assert sums.squares == sum((row["amount_cents"] or 0) ** 2 for row in rows)
            assert sums.with_amount == sum(row["amount_cents"] is not None for row in rows)
        opened = (found.opened.total, found.opened.before)
        assert opened == tuple(len(alone("newDeals", of, span=span)) for span in (of.span, of.before))
        transaction.set_rollback(True)


@WORLDS
@given(seed=st.integers(0, 2**32), reader=READERS, first=st.dates(date(2026, 6, 1), date(2026, 12, 18)))
def test_the_funnel_of_the_figures_is_that_of_the_report(
    vera: Actor, rosa_sees_her_own: Actor, seed: int, reader: str, first: date
) -> None:
    rosa = rosa_sees_her_own
    with transaction.atomic():
        make(seed, owners=[rosa.user_id, None], deals=24)
        last = first + timedelta(days=seed % 120)
        of = asked(reader, vera, rosa, period="custom", from_=first.isoformat(), to=last.isoformat())
        cohort = deals.cohort_of(of)
        report = conversions(asked=cohort, by=of.by, at=NOON)
        name, passed = funnel(asked=cohort, by=of.by, at=NOON)
        assert name == report.pipeline
        assert [(each.stage, each.label, each.entered, each.moved_forward, each.time_in_stage) for each in passed] == [
            (each.stage, each.label, each.entered, each.moved_forward, each.time_in_stage) for each in report.stages
        ]
        transaction.set_rollback(True)


@WORLDS
@given(seed=st.integers(0, 2**32), reader=READERS, period=st.sampled_from(["this_quarter", "this_month", "last_month"]))
def test_forecasts_are_judged_by_the_deals_behind_them(
    vera: Actor, rosa_sees_her_own: Actor, seed: int, reader: str, period: str
) -> None:
    rosa = rosa_sees_her_own
    with transaction.atomic():
        make(seed, owners=[rosa.user_id, None], deals=24)
        for number, each in enumerate(Opportunity.objects.order_by("pk")):
            for day in (date(2026, 7, 1), date(2026, 7, 31), date(2026, 8, 28), date(2026, 10, 1)):
                if (number + seed + day.day) % 3:
                    close_on = day + timedelta(days=(seed + 17 * number) % 90)
                    category = "omitted" if number % 7 == 0 else "pipeline"
                    snapshot(day, each, close_on=close_on, probability=10 * (number % 10), category=category)
        of = asked(reader, vera, rosa, period=period)
        judged = forecasting.judged(of)
        assert OpportunitySnapshot.objects.exists()
        expected = []
        for span in ended(of, count=forecasting.JUDGED):
            told = [forecasting.said(of, span, days) for days in forecasting.LEADS]
            if any(told):
                expected.append([_added_up(each) if each else (None, None, None, 0) for each in told])
        assert [
            [(lead.snapshot_on, lead.forecast_cents, lead.won_by_then_cents, lead.deals) for lead in each.leads]
            for each in judged
        ] == expected
        transaction.set_rollback(True)


def _added_up(said: forecasting.Said) -> tuple[date, int, int, int]:
    rows = fetch(said.sql, said.parameters)
    cents = sum((row["amount_cents"] or 0) * row["probability"] for row in rows)
    won = sum(row["amount_cents"] or 0 for row in rows if row["kind"] == "won")
    whole, rest = divmod(cents, 100)
    rounded = whole + (rest > 50 or (rest == 50 and whole % 2 == 1))  # half to even, as round() does
    return said.taken_on, rounded, won, len(rows)
