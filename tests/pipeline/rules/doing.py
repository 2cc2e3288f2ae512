"""Short words for what these tests do all the time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from headhaul.accounts.models import Account
from headhaul.accounts.services import editing
from headhaul.actions import dispatch
from headhaul.kernel import Actor
from headhaul.pipeline.models import Opportunity, Pipeline, RuleFiring
from tests.cast import NOON

TELL = {"kind": "notify", "to": "owner", "text": "Look at {account.name|this one}."}


def do(name: str, actor: Actor, /, at: datetime = NOON, **data: Any) -> Any:
    return dispatch(name, data, actor=actor, at=at, door="http").payload


def undo_id(name: str, actor: Actor, /, at: datetime = NOON, **data: Any) -> int:
    found = dispatch(name, data, actor=actor, at=at, door="http").undo_id
    assert found is not None
    return found


def account(name: str, owner: Actor, **values: Any) -> Account:
    return editing.create(values={"name": name, **values}, owner_id=owner.user_id, at=NOON, by=owner)


def opportunity(account: Account, owner: Actor, **values: Any) -> Opportunity:
    pipeline = Pipeline.objects.get(is_default=True)
    stage = pipeline.stages.get(key=values.pop("stage", "prospecting"))
    return Opportunity.objects.create(
        **{
            "account": account,
            "pipeline": pipeline,
            "stage": stage,
            "kind": stage.kind,
            "name": "24 reefer drivers",
            "owner_id": owner.user_id,
            "stage_entered_at": NOON,
            "opened_at": NOON,
            "created_at": NOON,
            "updated_at": NOON,
        }
        | values
    )


def rule(max_: Actor, name: str = "The rule", *, actions: list[dict[str, Any]] | None = None, **said: Any) -> Any:
    """A rule that is switched on; on every change of stage it tells the owner, unless said otherwise."""
    given = {
        "trigger": "stage_changed",
        "isActive": True,
        "name": name,
        "actions": [TELL] if actions is None else actions,
    }
    return do("saveAutomationRule", max_, **(given | said)).rule


def move(deal: Opportunity, to: str, by: Actor, at: datetime = NOON) -> None:
    """Move it on; the instance then is as the database has it."""
    deal.refresh_from_db()
    do("moveStage", by, at=at, opportunityId=deal.pk, version=deal.version, toStage=to)
    deal.refresh_from_db()


def outcomes() -> list[tuple[str, str]]:
    return list(RuleFiring.objects.order_by("pk").values_list("rule__name", "outcome"))
