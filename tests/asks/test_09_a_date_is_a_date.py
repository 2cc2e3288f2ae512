"""A date is a date: it neither shifts with a zone nor falls into another quarter at its border."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from headhaul.accounts.models import Account
from headhaul.kernel import Actor
from headhaul.pipeline.choices import Risk
from tests.pipeline.conftest import account, rosa
from tests.pipeline.doing import do

__all__ = ["account", "rosa"]
pytestmark = pytest.mark.django_db


def test_the_last_day_of_a_quarter_stays_in_it(account: Account, rosa: Actor) -> None:
    made = do("createOpportunity", rosa, accountId=account.pk, closeOn="2026-12-31")
    assert made.close_on.isoformat() == "2026-12-31"
    fourth = do("listOpportunities", rosa, closingFrom="2026-10-01", closingTo="2026-12-31")
    first = do("listOpportunities", rosa, closingFrom="2027-01-01", closingTo="2027-03-31")
    assert (len(fourth.items), len(first.items)) == (1, 0)


@pytest.mark.parametrize(
    ("at", "is_overdue"),
    [
        (datetime(2027, 1, 1, 5, 59, tzinfo=UTC), False),  # 23:59 on the 31st in Chicago
        (datetime(2027, 1, 1, 6, 0, tzinfo=UTC), True),
    ],
)
def test_what_closes_today_is_overdue_when_the_firms_day_is_over(
    account: Account, rosa: Actor, at: datetime, is_overdue: bool
) -> None:
    made = do("createOpportunity", rosa, accountId=account.pk, closeOn="2026-12-31")
    risks = do("getOpportunity", rosa, at=at, opportunityId=made.id).risks
    assert (Risk.OVERDUE_CLOSE in risks) == is_overdue


def test_what_was_won_late_in_the_evening_closed_on_that_day(account: Account, rosa: Actor) -> None:
    made = do("createOpportunity", rosa, accountId=account.pk)
    late = datetime(2027, 1, 1, 5, 30, tzinfo=UTC)  # still the old year in Chicago
    won = do("closeOpportunity", rosa, at=late, opportunityId=made.id, version=1, outcome="won", amountCents=1)
    assert won.close_on.isoformat() == "2026-12-31"
    assert len(do("listOpportunities", rosa, kind=["won"], closedFrom="2026-12-31", closedTo="2026-12-31").items) == 1
