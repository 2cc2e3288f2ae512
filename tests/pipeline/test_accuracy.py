"""How good forecasts were, and what the model says beside the stage."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from headhaul.kernel import Actor
from headhaul.pipeline.models import Opportunity
from tests.pipeline.histories import NOON, account, change, deal
from tests.pipeline.test_forecast import do, snapshot

pytestmark = pytest.mark.django_db

JUNE = datetime(2026, 6, 1, 15, tzinfo=UTC)
INSIDE = date(2026, 9, 1)


def said(found: Any, lead: str) -> dict[str, tuple[int, float | None, float | None, int]]:
    return {
        row.method: (row.forecast_cents, row.accuracy, row.bias, row.n)
        for row in found.periods[0].said
        if row.lead == lead
    }


@pytest.fixture
def quarter(rosa: Actor) -> None:
    """The third quarter: a deal committed at 400 and won at 500 in September, one at 25 % that was lost."""
    of = account()
    good = deal(of, in_stage="negotiation", amount=400_00, close_on=INSIDE, owner=rosa.user_id, at=JUNE)
    bad = deal(of, in_stage="discovery", amount=200_00, close_on=INSIDE, owner=rosa.user_id, at=JUNE)
    snapshot(good, datetime(2026, 6, 30, 12, tzinfo=UTC), 90.0)
    at = datetime(2026, 7, 2, 15, tzinfo=UTC)
    do("submitForecast", rosa, at=at, period="quarter", commitCents=600_00, bestCaseCents=600_00)
    change(good, at=datetime(2026, 9, 10, 15, tzinfo=UTC), stage="closed_won", amount=500_00)
    change(bad, at=datetime(2026, 9, 20, 15, tzinfo=UTC), stage="closed_lost")


def test_each_method_is_held_against_what_was_won(quarter: None, vera: Actor) -> None:
    found = do("getForecastAccuracy", vera, period="quarter")
    assert found.state == "ready"
    assert [(one.period.label, one.actual_cents, one.actual_deals) for one in found.periods] == [
        ("Q3 2026", 500_00, 1),
        ("Q2 2026", 0, 0),
    ]
    assert said(found, "start") == {
        "stage": (350_00, 70.0, -30.0, 2),
        "ai": (410_00, 82.0, -18.0, 1),
        "commit": (400_00, 80.0, -20.0, 2),
        "best_case": (400_00, 80.0, -20.0, 2),
    }
    assert said(found, "days_30") == {
        "stage": (350_00, 70.0, -30.0, 2),
        "commit": (400_00, 80.0, -20.0, 2),
        "best_case": (400_00, 80.0, -20.0, 2),
        "rep_calls": (600_00, 80.0, 20.0, 1),
    }
    assert said(found, "days_7")["stage"] == (500_00, 100.0, 0.0, 1)
    assert {(row.method, row.lead): row.periods for row in found.summary}[("ai", "start")] == 1
    assert found.missing == ["Managers had made no call by these moments."]


def test_before_a_period_has_ended_it_says_what_is_missing(vera: Actor) -> None:
    assert do("getForecastAccuracy", vera).missing == ["No deal has been recorded yet."]
    deal(account(), at=NOON - timedelta(days=3))
    found = do("getForecastAccuracy", vera, period="quarter")
    assert (found.state, found.periods, found.summary) == ("not_enough", [], [])
    assert "Q1 2027 can be judged when it is over" in found.missing[0]


def test_where_there_was_no_deal_yet_nothing_was_wrong(rosa: Actor, vera: Actor) -> None:
    of = account()
    deal(of, at=JUNE, close_on=date(2027, 3, 1), owner=rosa.user_id)  # of another period
    late = deal(of, in_stage="negotiation", amount=400_00, close_on=INSIDE, at=datetime(2026, 9, 20, 15, tzinfo=UTC))
    change(late, at=datetime(2026, 9, 25, 15, tzinfo=UTC), stage="closed_won")
    found = do("getForecastAccuracy", vera, period="quarter", periods=1)
    assert found.periods[0].actual_cents == 400_00
    assert said(found, "start")["stage"] == (0, None, None, 0)
    assert said(found, "days_7")["stage"][3] == 1
    assert ("stage", "start") not in {(row.method, row.lead) for row in found.summary}


def test_a_period_in_which_nothing_was_won_has_no_accuracy(vera: Actor) -> None:
    deal(account(), at=JUNE, close_on=INSIDE)
    found = do("getForecastAccuracy", vera, period="quarter", periods=1)
    assert found.state == "not_enough"
    assert {row.accuracy for row in found.periods[0].said} == {None}


def test_predictions_say_when_no_model_has_spoken(vera: Actor) -> None:
    assert do("getPredictions", vera).needed == "There are no open deals to speak of."
    deal(account(), in_stage="closed_won")
    deal(account(), in_stage="proposal")
    found = do("getPredictions", vera)
    assert (found.state, found.won_deals, found.predicted_deals) == ("none", 1, 0)
    assert "so far 1 were won and 0 lost" in found.needed


def test_predictions_that_differ_most_come_first_page_by_page(vera: Actor) -> None:
    of = account()
    for number, percent in enumerate((55.0, 10.5, None, 71.0)):
        each = deal(of, in_stage="proposal", name=f"Deal {number}")
        Opportunity.objects.filter(pk=each.pk).update(ai_close_probability=percent, ai_predicted_at=NOON)
    first = do("getPredictions", vera, limit=2)
    rest = do("getPredictions", vera, limit=2, cursor=first.next_cursor)
    assert [(row.name, row.difference) for row in [*first.items, *rest.items]] == [
        ("Deal 1", -39.5),
        ("Deal 3", 21.0),
        ("Deal 0", 5.0),
        ("Deal 2", None),
    ]
    assert first.state == "some"
    assert len(do("getPredictions", vera, onlyDiverging=True).items) == 2
