"""What can be done with opportunities."""

from __future__ import annotations

from typing import Any

from headhaul.kernel import Call, InvalidData, Role, action
from headhaul.pipeline.choices import StageKind
from headhaul.pipeline.models import Opportunity
from headhaul.pipeline.schemas.opportunities import (
    CloseOpportunity,
    CreateOpportunity,
    MoveStage,
    OpportunityRemoved,
    OpportunityReverted,
    OpportunityRow,
    RemoveOpportunity,
    ReopenOpportunity,
    RestoreOpportunity,
    RevertOpportunity,
    SetForecastCategory,
    UpdateOpportunity,
)
from headhaul.pipeline.selectors import rows
from headhaul.pipeline.services import creating, moving, removing, reverting
from headhaul.pipeline.services.changing import change, lock

_NOT_FACTS = {"opportunity_id", "version", "effective_at", "to_stage", "pipeline_id", "note"}


def _of_opportunity(given: Any, answer: Any) -> tuple[str, str]:
    """The opportunity an action was about, for the audit."""
    key = getattr(answer, "id", None) or getattr(given, "opportunity_id", "")
    return "opportunity", str(key)


def _facts(data: Any, *, without: set[str] = _NOT_FACTS) -> dict[str, Any]:
    """What was given, by column: what was left out is not there, what was cleared is None."""
    given: dict[str, Any] = data.model_dump(exclude_unset=True, exclude=without)
    return given


def _answer(call: Call, opportunity: Opportunity, *, read: int) -> OpportunityRow:
    """The row as it is now, with the way back noted if something changed since the version that was read."""
    if opportunity.version != read:
        call.undo_with(*reverting.inverse(opportunity, made=read + 1))
    return rows.one(opportunity_id=opportunity.pk, at=call.at)


@action(
    "createOpportunity",
    reply="opportunityCreated",
    role=Role.REP,
    writes=True,
    target=_of_opportunity,
    undo="removeOpportunity",
)
def create_opportunity(call: Call, data: CreateOpportunity) -> OpportunityRow:
    """Open an opportunity with an account, on what the signals say now; by USDOT number the account is opened too."""
    if (data.account_id is None) == (data.dot_number is None):
        raise InvalidData("Name the account by accountId or by dotNumber.", fields={"accountId": "one of the two"})
    account_id = data.account_id or creating.account_of(dot_number=data.dot_number or 0, at=call.at, by=call.actor)
    values = _facts(data, without={"account_id", "dot_number", "pipeline_id", "stage", "effective_at"})
    values = {name: value for name, value in values.items() if value is not None or name == "owner_id"}
    if data.category:
        values |= {"category": str(data.category), "category_is_set": True}
    opportunity = creating.create(
        account_id=account_id,
        values=values,
        stage=data.stage,
        pipeline_id=data.pipeline_id,
        valid_from=data.effective_at,
        at=call.at,
        by=call.actor,
        batch_id=call.batch_id or "",
    )
    call.undo_with("removeOpportunity", {"opportunityId": opportunity.pk, "version": opportunity.version})
    return rows.one(opportunity_id=opportunity.pk, at=call.at)


@action(
    "updateOpportunity",
    reply="opportunityUpdated",
    role=Role.REP,
    writes=True,
    target=_of_opportunity,
    undo="revertOpportunity",
)
def update_opportunity(call: Call, data: UpdateOpportunity) -> OpportunityRow:
    """Change facts of an opportunity, its owner and its buying committee, unless somebody was faster."""
    opportunity = lock(data.opportunity_id, by=call.actor, version=data.version)
    changed = change(
        opportunity=opportunity,
        values=_facts(data),
        valid_from=data.effective_at,
        at=call.at,
        by=call.actor,
        batch_id=call.batch_id or "",
    )
    return _answer(call, changed, read=data.version)


@action("moveStage", reply="stageMoved", role=Role.REP, writes=True, target=_of_opportunity, undo="revertOpportunity")
def move_stage(call: Call, data: MoveStage) -> OpportunityRow:
    """Move an opportunity to another stage, with the facts that the stage asks for; the second of two hears why not."""
    opportunity = lock(data.opportunity_id, by=call.actor, version=data.version)
    values = _facts(data) | ({"close_note": data.note} if data.note else {})
    moved = moving.move(
        opportunity=opportunity,
        to=data.to_stage,
        pipeline_id=data.pipeline_id,
        values=values,
        valid_from=data.effective_at,
        at=call.at,
        by=call.actor,
        batch_id=call.batch_id or "",
    )
    return _answer(call, moved, read=data.version)


@action(
    "closeOpportunity",
    reply="opportunityClosed",
    role=Role.REP,
    writes=True,
    target=_of_opportunity,
    undo="revertOpportunity",
)
def close_opportunity(call: Call, data: CloseOpportunity) -> OpportunityRow:
    """End an opportunity as won, or as lost with the reason. What was won makes its account a client."""
    opportunity = lock(data.opportunity_id, by=call.actor, version=data.version)
    given = {"amount_cents": data.amount_cents, "lost_reason": data.reason, "close_note": data.note}
    closed = moving.close(
        opportunity=opportunity,
        outcome=StageKind(data.outcome),
        values={name: value for name, value in given.items() if value is not None},
        valid_from=data.effective_at,
        at=call.at,
        by=call.actor,
        batch_id=call.batch_id or "",
    )
    return _answer(call, closed, read=data.version)


@action(
    "reopenOpportunity",
    reply="opportunityReopened",
    role=Role.REP,
    writes=True,
    target=_of_opportunity,
    undo="revertOpportunity",
)
def reopen_opportunity(call: Call, data: ReopenOpportunity) -> OpportunityRow:
    """Go on with an opportunity that had ended."""
    opportunity = lock(data.opportunity_id, by=call.actor, version=data.version)
    reopened = moving.reopen(opportunity=opportunity, to=data.to_stage, at=call.at, by=call.actor)
    return _answer(call, reopened, read=data.version)


@action(
    "setForecastCategory",
    reply="forecastCategorySet",
    role=Role.REP,
    writes=True,
    target=_of_opportunity,
    undo="revertOpportunity",
)
def set_forecast_category(call: Call, data: SetForecastCategory) -> OpportunityRow:
    """Say how sure an opportunity is, whatever its stage; null lets the stage decide again."""
    opportunity = lock(data.opportunity_id, by=call.actor, version=data.version)
    changed = moving.set_category(opportunity=opportunity, category=data.category, at=call.at, by=call.actor)
    return _answer(call, changed, read=data.version)


@action(
    "revertOpportunity",
    reply="opportunityReverted",
    role=Role.REP,
    writes=True,
    target=_of_opportunity,
    undo="revertOpportunity",
)
def revert_opportunity(call: Call, data: RevertOpportunity) -> OpportunityReverted:
    """Take back the latest change of an opportunity: it is again as it was before.

    Sequences that its move had ended go on where they stood, unless something else has ended them since.
    """
    reverted = reverting.revert(
        opportunity_id=data.opportunity_id, version=data.version, made=data.change, at=call.at, by=call.actor
    )
    row = _answer(call, reverted.opportunity, read=data.version)
    return OpportunityReverted(**dict(row), undo_note=reverted.back.note)


@action(
    "removeOpportunity",
    reply="opportunityRemoved",
    role=Role.MANAGER,
    writes=True,
    target=_of_opportunity,
    undo="restoreOpportunity",
)
def remove_opportunity(call: Call, data: RemoveOpportunity) -> OpportunityRemoved:
    """Take away an opportunity that should not have been entered; what was lost is closed instead."""
    opportunity = lock(data.opportunity_id, by=call.actor, version=data.version)
    removing.remove(opportunity=opportunity, at=call.at, by=call.actor)
    call.undo_with("restoreOpportunity", {"opportunityId": opportunity.pk})
    return OpportunityRemoved(id=opportunity.pk, name=opportunity.name, account_id=opportunity.account_id)


@action(
    "restoreOpportunity",
    reply="opportunityRestored",
    role=Role.MANAGER,
    writes=True,
    target=_of_opportunity,
    undo="removeOpportunity",
)
def restore_opportunity(call: Call, data: RestoreOpportunity) -> OpportunityRow:
    """Put back an opportunity that was removed, as it was."""
    restored = removing.restore(opportunity_id=data.opportunity_id, at=call.at, by=call.actor)
    call.undo_with("removeOpportunity", {"opportunityId": restored.pk, "version": restored.version})
    return rows.one(opportunity_id=restored.pk, at=call.at)
