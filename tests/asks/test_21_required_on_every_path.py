"""What a stage asks for, and why something was lost, is asked on every path that changes a stage."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from headhaul.accounts.models import Account
from headhaul.kernel import Actor
from headhaul.pipeline.choices import StageKind
from headhaul.pipeline.errors import FieldsRequired
from headhaul.pipeline.models import Opportunity, Stage
from headhaul.pipeline.services import moving
from headhaul.pipeline.services.changing import change
from tests.factories.market import NOON
from tests.pipeline.conftest import account, rosa
from tests.pipeline.doing import do

__all__ = ["account", "rosa"]
pytestmark = pytest.mark.django_db
LOST = "closed_lost"


def by_change(row: Opportunity, rosa: Actor, key: str) -> Any:
    return change(opportunity=row, values={"stage_id": Stage.objects.get(key=key).pk}, at=NOON, by=rosa, batch_id="b")


PATHS: dict[str, Callable[[Opportunity, Actor, str], Any]] = {
    "a drag": lambda row, rosa, key: do("moveStage", rosa, opportunityId=row.pk, version=1, toStage=key),
    "a close": lambda row, rosa, key: do(
        "closeOpportunity", rosa, opportunityId=row.pk, version=1, outcome="lost" if key == LOST else "won"
    ),
    "a new one": lambda row, rosa, key: do("createOpportunity", rosa, accountId=row.account_id, stage=key),
    "a rule": lambda row, rosa, key: moving.move(opportunity=row, to=key, at=NOON, by=rosa),
    "a rule that closes": lambda row, rosa, key: moving.close(
        opportunity=row, outcome=StageKind.LOST if key == LOST else StageKind.WON, at=NOON, by=rosa
    ),
    "a bulk change or an import": by_change,
}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(("key", "field"), [(LOST, "lostReason"), ("closed_won", "amountCents")])
def test_no_path_gets_around_what_a_stage_asks_for(
    account: Account, rosa: Actor, path: str, key: str, field: str
) -> None:
    made = do("createOpportunity", rosa, accountId=account.pk)
    with pytest.raises(FieldsRequired) as refusal:
        PATHS[path](Opportunity.objects.get(pk=made.id), rosa, key)
    assert list(refusal.value.fields) == [field]
    assert (Opportunity.objects.get().version, Opportunity.objects.get().kind) == (1, "open")
