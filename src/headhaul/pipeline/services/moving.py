"""Moving an opportunity: to a stage, to its end, and back to work."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from headhaul.kernel import Actor, InvalidData
from headhaul.pipeline.choices import ForecastCategory, StageKind, Tracked
from headhaul.pipeline.errors import NotClosed, NotOpen
from headhaul.pipeline.models import Opportunity, OpportunityChange, Stage
from headhaul.pipeline.selectors.stages import Book, book
from headhaul.pipeline.services.changing import change

Values = Mapping[str, Any]


def move(
    *,
    opportunity: Opportunity,
    to: str | Stage,
    at: datetime,
    by: Actor,
    values: Values | None = None,
    pipeline_id: int | None = None,
    batch_id: str = "",
    valid_from: datetime | None = None,
    stages: Book | None = None,
) -> Opportunity:
    """Put it into a stage, named by its key, with the facts that the stage may ask for.

    NoSuchStage when the pipeline has none of that key, FieldsRequired when facts are missing.
    """
    stages = stages or book()
    stage = to if isinstance(to, Stage) else stages.find(pipeline_id or opportunity.pipeline_id, to)
    if stage.kind != StageKind.LOST and (values or {}).get("lost_reason"):
        raise InvalidData("A reason for losing belongs to what is lost.", fields={"lostReason": "leave it out"})
    return change(
        opportunity=opportunity,
        values={**(values or {}), "stage_id": stage.pk},
        at=at,
        by=by,
        batch_id=batch_id,
        valid_from=valid_from,
        stages=stages,
    )


def close(
    *,
    opportunity: Opportunity,
    outcome: StageKind,
    at: datetime,
    by: Actor,
    values: Values | None = None,
    batch_id: str = "",
    valid_from: datetime | None = None,
) -> Opportunity:
    """End it as won or lost. NotOpen when it has ended before."""
    stages = book()
    if opportunity.kind != StageKind.OPEN:
        ended = stages.stage(opportunity.stage_id).label
        raise NotOpen(f"{opportunity.name} has ended already, in {ended}. Reopen it first.")
    stage = stages.ending(opportunity.pipeline_id, outcome)
    return move(
        opportunity=opportunity, to=stage, values=values, at=at, by=by, batch_id=batch_id, valid_from=valid_from,
        stages=stages,
    )  # fmt: skip


def reopen(*, opportunity: Opportunity, to: str | None, at: datetime, by: Actor, batch_id: str = "") -> Opportunity:
    """Go on with what had ended. NotClosed when it has not."""
    stages = book()
    if opportunity.kind == StageKind.OPEN:
        raise NotClosed(f"{opportunity.name} is open, in {stages.stage(opportunity.stage_id).label}.")
    stage = stages.find(opportunity.pipeline_id, to) if to else _last_open(opportunity, stages)
    if stage.kind != StageKind.OPEN:
        raise InvalidData(f"{stage.label} is where opportunities end.", fields={"toStage": "an open stage"})
    return move(opportunity=opportunity, to=stage, at=at, by=by, batch_id=batch_id, stages=stages)


def set_category(
    *, opportunity: Opportunity, category: ForecastCategory | None, at: datetime, by: Actor
) -> Opportunity:
    """Say how sure it is; None lets the stage say it again. NotOpen for what has ended."""
    if opportunity.kind != StageKind.OPEN:
        raise NotOpen(f"{opportunity.name} has ended: its category is its outcome.")
    if category is ForecastCategory.CLOSED:
        raise InvalidData("Closed is for what was won. Close the opportunity.", fields={"category": "an open one"})
    stage = book().stage(opportunity.stage_id)
    values = {"category": str(category or stage.category), "category_is_set": category is not None}
    return change(opportunity=opportunity, values=values, at=at, by=by)


def _last_open(opportunity: Opportunity, stages: Book) -> Stage:
    """The open stage it was in last, if that one is still in use; otherwise the first."""
    there = {stage.pk: stage for stage in stages.of(opportunity.pipeline_id) if stage.kind == StageKind.OPEN}
    past = OpportunityChange.objects.filter(opportunity_id=opportunity.pk, field=Tracked.STAGE).order_by("-version")
    for number in past.values_list("new", flat=True):
        if number in there:
            return there[number]
    return stages.first_open(opportunity.pipeline_id)
