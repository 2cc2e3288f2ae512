"""What happens with opportunities, told to the rules in the transaction in which it happens."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from headhaul.kernel import Actor
from headhaul.pipeline.choices import RuleTrigger, StageKind
from headhaul.pipeline.models import Opportunity, Stage
from headhaul.pipeline.services import rules
from headhaul.pipeline.services.happening import Changes, Event
from headhaul.pipeline.services.rules.interest import is_wanted

if TYPE_CHECKING:
    from headhaul.pipeline.services.changing import Made

__all__ = ["Event", "changed", "emit"]

_OF_COLUMN = {
    "stage_id": ("stage", RuleTrigger.STAGE_CHANGED),
    "amount_cents": ("amount", RuleTrigger.AMOUNT_CHANGED),
    "close_on": ("close_on", RuleTrigger.CLOSE_DATE_CHANGED),
    "owner_id": ("owner", RuleTrigger.OWNER_CHANGED),
}


def changed(made: Made, *, at: datetime, by: Actor) -> None:
    """Tell the rules what a change was: a move, another amount, close date or owner."""
    told = {_OF_COLUMN[name][0]: pair for name, pair in made.changes.items() if name in _OF_COLUMN}
    for name, (_, trigger) in _OF_COLUMN.items():
        if name in made.changes:
            emit(trigger, opportunity=made.opportunity, changes=told, at=at, by=by)


def emit(
    trigger: RuleTrigger | str,
    *,
    at: datetime,
    by: Actor,
    opportunity: Opportunity | None = None,
    account_id: int | None = None,
    activity_id: int | None = None,
    record_id: int | None = None,
    changes: Changes | None = None,
    key: str = "",
) -> None:
    """Tell the rules, after the change is written. Costs nothing while no active rule waits for it.

    A change of the stage to one that is won or lost is told as that too. When rules changed the opportunity in turn,
    the instance that was passed is read anew, so that whoever goes on with it goes on with what is so.
    """
    wanted = [each for each in _triggers(RuleTrigger(trigger), opportunity) if is_wanted(each)]
    if not wanted:
        return
    told = _with_keys(changes or {})
    events = [
        Event(
            trigger=each,
            at=at,
            key=key or _key(each, opportunity, account_id, activity_id, at),
            account_id=opportunity.account_id if opportunity else account_id,
            opportunity_id=opportunity.pk if opportunity else None,
            activity_id=activity_id,
            record_id=record_id,
            actor=by.label,
            changes=told,
        )
        for each in wanted
    ]
    if rules.fire_many(events) and opportunity is not None:
        opportunity.refresh_from_db()


def _triggers(trigger: RuleTrigger, opportunity: Opportunity | None) -> list[RuleTrigger]:
    if trigger is not RuleTrigger.STAGE_CHANGED or opportunity is None:
        return [trigger]
    closed = {StageKind.WON: RuleTrigger.OPPORTUNITY_WON, StageKind.LOST: RuleTrigger.OPPORTUNITY_LOST}
    also = closed.get(StageKind(opportunity.kind))
    return [trigger] if also is None else [trigger, also]


def _key(
    trigger: RuleTrigger, opportunity: Opportunity | None, account_id: int | None, activity_id: int | None, at: datetime
) -> str:
    if opportunity is not None:
        return f"opportunity:{opportunity.pk}:v{opportunity.version}:{trigger}"
    what = f"activity:{activity_id}" if activity_id is not None else f"account:{account_id}"
    return f"{what}:{at.isoformat()}:{trigger}"


def _with_keys(changes: Changes) -> dict[str, tuple[Any, Any]]:
    """The changes with stages by key, however they were given."""
    return {name: (_stage(old), _stage(new)) if name == "stage" else (old, new) for name, (old, new) in changes.items()}


def _stage(value: Any) -> Any:
    if isinstance(value, Stage):
        return value.key
    if isinstance(value, int):
        return Stage.objects.filter(pk=value).values_list("key", flat=True).first()
    return value
