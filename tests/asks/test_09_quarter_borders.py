"""Dates are never off by a day, and a quarter has the same borders in every report, whoever reads it from where."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from headhaul.kernel import Actor
from headhaul.security.models import User
from tests.pipeline.histories import account, deal
from tests.pipeline.test_forecast import do

pytestmark = pytest.mark.django_db

LAST_MINUTE = datetime(2027, 1, 1, 5, 59, tzinfo=UTC)  # New Year's Eve 2026 in Chicago, New Year in London
MIDNIGHT = datetime(2027, 1, 1, 6, 0, tzinfo=UTC)


@pytest.fixture
def deals(rosa: Actor) -> None:
    """Won on both sides of midnight, and open ones to close on the last and the first day."""
    of = account()
    deal(of, in_stage="closed_won", amount=1, at=LAST_MINUTE)
    deal(of, in_stage="closed_won", amount=10, at=MIDNIGHT)
    deal(of, amount=100, close_on=date(2026, 12, 31), at=LAST_MINUTE)
    deal(of, amount=1000, close_on=date(2027, 1, 1), at=LAST_MINUTE)


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Asia/Kolkata", "Pacific/Kiritimati"])
@pytest.mark.parametrize("as_of", [None, "2027-02-01T00:00:00Z"])
def test_a_quarter_has_the_firms_borders_for_every_reader(
    deals: None, rosa: Actor, zone: str, as_of: str | None
) -> None:
    User.objects.filter(email=rosa.email).update(timezone=zone)
    asked: dict[str, Any] = {"period": "quarter", "at": datetime(2027, 2, 1, tzinfo=UTC)}
    asked |= {"asOf": as_of} if as_of else {}
    old = do("getForecast", rosa, startsOn="2026-12-31", **asked).total
    new = do("getForecast", rosa, startsOn="2027-01-01", **asked).total
    assert (old.closed_cents, old.pipeline_cents) == (1, 100)
    assert (new.closed_cents, new.pipeline_cents) == (10, 1000)


def test_the_current_quarter_turns_at_midnight_of_the_firm(rosa: Actor) -> None:
    labels = [do("getForecast", rosa, at=at, period="quarter").period.label for at in (LAST_MINUTE, MIDNIGHT)]
    assert labels == ["Q4 2026", "Q1 2027"]


def test_a_close_date_comes_back_as_it_was_given(deals: None, rosa: Actor) -> None:
    rows = do("getForecastDeals", rosa, at=MIDNIGHT, period="quarter", startsOn="2026-10-01", bucket="open").items
    assert [row.close_on for row in rows] == ["2026-12-31"]
