"""Every column of the board pages by itself, and its sums are of all it holds."""

from __future__ import annotations

import pytest

from headhaul.accounts.models import Account
from headhaul.kernel import Actor
from headhaul.pipeline.models import Opportunity, Stage
from tests.factories.market import NOON
from tests.pipeline.conftest import account, rosa
from tests.pipeline.doing import do

__all__ = ["account", "rosa"]
pytestmark = pytest.mark.django_db


def test_a_column_of_three_hundred_shows_its_first_cards_and_the_sum_of_all(account: Account, rosa: Actor) -> None:
    stages = {stage.key: stage for stage in Stage.objects.all()}
    Opportunity.objects.bulk_create(
        Opportunity(
            account=account, name=f"Deal {number}", stage=stages[key], pipeline_id=stages[key].pipeline_id,
            amount_cents=100, owner_id=rosa.user_id, stage_entered_at=NOON, opened_at=NOON, created_at=NOON,
            updated_at=NOON,
        )
        for key, count in (("prospecting", 300), ("discovery", 7))
        for number in range(count)
    )  # fmt: skip
    first, second, *_ = do("getPipeline", rosa, perColumn=50).columns
    assert (first.count, first.amount_cents, first.weighted_cents) == (300, 30_000, 3_000)
    assert (len(first.cards), len(second.cards), second.next_cursor) == (50, 7, None)
    seen = {card.id for card in first.cards}
    while first.next_cursor:
        (first,) = do("getPipeline", rosa, perColumn=50, stage="prospecting", cursor=first.next_cursor).columns
        assert not seen & {card.id for card in first.cards}
        seen |= {card.id for card in first.cards}
    assert len(seen) == 300
