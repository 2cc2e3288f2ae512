"""The top opportunities: exact, though only the largest are looked at."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from headhaul.accounts.models import Account
from headhaul.kernel import Actor
from headhaul.pipeline.models import Opportunity, Stage
from headhaul.pipeline.selectors import top
from tests.factories.market import NOON, TODAY
from tests.pipeline.doing import do


def press(deal: Opportunity) -> Decimal:
    """Money times likelihood, lifted by what is due, by Python instead of SQL."""
    lift = Decimal(1)
    if deal.close_on is not None and deal.close_on <= TODAY + timedelta(days=14):
        lift += Decimal("0.5")
    if deal.next_step_on is not None and deal.next_step_on <= TODAY:
        lift += Decimal("0.25")
    return (deal.amount_cents or 0) * deal.stage.probability * lift


def deals(account: Account, by: Actor, dice: random.Random, *, many: int, amounts: list[int | None]) -> None:
    """Open opportunities with amounts, dates and stages at random."""
    stages = list(Stage.objects.filter(kind="open"))
    for number in range(many):
        do("createOpportunity", by, accountId=account.pk, name=f"Deal {number}")
    rows = list(Opportunity.objects.all())
    for row in rows:
        row.amount_cents = dice.choice(amounts)
        row.stage = dice.choice(stages)
        row.close_on = dice.choice([None, TODAY + timedelta(days=dice.randint(-20, 200))])
        row.next_step_on = dice.choice([None, TODAY + timedelta(days=dice.randint(-5, 30))])
    Opportunity.objects.bulk_update(rows, ["amount_cents", "stage", "close_on", "next_step_on"])


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("amounts", [[None, 0, 100], [5_000_00], list(range(1_000_00, 90_000_00, 7_777)), [0]])
def test_the_top_is_that_of_all_open_opportunities(
    account: Account, rosa: Actor, seed: int, amounts: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(top, "FIRST_LOOK", 4)  # so that a few are many
    deals(account, rosa, random.Random(seed), many=24, amounts=amounts)
    best = sorted(Opportunity.objects.select_related("stage"), key=lambda deal: (-press(deal), deal.pk))
    for limit in (1, 5, 30, 50):
        found = do("getTopOpportunities", rosa, limit=limit, at=NOON).items
        assert [item.opportunity.id for item in found] == [deal.pk for deal in best[:limit]]
