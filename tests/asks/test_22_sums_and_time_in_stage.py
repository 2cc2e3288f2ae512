"""Sums per stage and the time spent in each are answers of the product, not of a spreadsheet."""

from __future__ import annotations

from datetime import timedelta

import pytest

from headhaul.accounts.models import Account
from headhaul.kernel import Actor
from tests.factories.market import NOON
from tests.pipeline.conftest import account, rosa
from tests.pipeline.doing import do

__all__ = ["account", "rosa"]
pytestmark = pytest.mark.django_db


def test_the_board_sums_and_the_opportunity_tells_its_time_in_each_stage(account: Account, rosa: Actor) -> None:
    made = do("createOpportunity", rosa, accountId=account.pk, amountCents=400_00)
    do("createOpportunity", rosa, accountId=account.pk, amountCents=100_00)
    for version, (days, key) in enumerate(((7, "discovery"), (21, "prospecting"), (28, "discovery")), start=1):
        at = NOON + timedelta(days=days)
        do("moveStage", rosa, at=at, opportunityId=made.id, version=version, toStage=key)
    sums = {column.stage: (column.count, column.amount_cents) for column in do("getPipeline", rosa).columns}
    assert (sums["prospecting"], sums["discovery"]) == ((1, 100_00), (1, 400_00))
    path = do("getOpportunity", rosa, at=NOON + timedelta(days=31), opportunityId=made.id).path
    stays = [(stay.stage, stay.days) for stay in path]
    assert stays == [("prospecting", 4), ("discovery", 10), ("prospecting", 5), ("discovery", 1)]
