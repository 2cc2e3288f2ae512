"""What can be done with pipelines and stages."""

from __future__ import annotations

import uuid
from typing import Any

from headhaul.kernel import Call, Role, action
from headhaul.pipeline.schemas.stages import (
    RemoveStage,
    RestoreStage,
    SavePipeline,
    SaveStage,
    StageRemoved,
    StageRestored,
    StageRow,
    Stages,
)
from headhaul.pipeline.selectors import stages as reading
from headhaul.pipeline.services import pipelines, stages

_WIRE = {"sla_days": "slaDays", "exit_criteria": "exitCriteria", "is_default": "isDefault", "is_active": "isActive"}


def _of_stage(given: Any, answer: Any) -> tuple[str, str]:
    key = getattr(answer, "id", None) or getattr(given, "stage_id", None) or ""
    return "stage", str(key)


def _wire(before: dict[str, Any]) -> dict[str, Any]:
    return {_WIRE.get(name, name): value for name, value in before.items()}


@action(
    "saveStage",
    reply="stageSaved",
    role=Role.MANAGER,
    writes=True,
    target=_of_stage,
    undo=("saveStage", "removeStage"),
)
def save_stage(call: Call, data: SaveStage) -> StageRow:
    """Add a stage to a pipeline, or change one: label, place, probability, clock, what it asks for."""
    values = data.model_dump(exclude_unset=True, exclude={"stage_id", "version", "pipeline_id"})
    if data.stage_id is None:
        stage = stages.add(pipeline_id=reading.pipeline_of(data.pipeline_id).pk, values=values)
        call.undo_with("removeStage", {"stageId": stage.pk, "version": stage.version})
        return reading.row(stage)
    for name in ("key", "kind", "label", "position", "probability", "category", "required", "exit_criteria"):
        if name in values and values[name] is None:
            del values[name]
    before = stages.update(stage_id=data.stage_id, version=data.version, values=values)
    stage = stages.lock(data.stage_id, version=None)
    if before:
        call.undo_with("saveStage", {"stageId": stage.pk, "version": stage.version, **_wire(before)})
    return reading.row(stage)


@action("removeStage", reply="stageRemoved", role=Role.MANAGER, writes=True, target=_of_stage, undo="restoreStage")
def remove_stage(call: Call, data: RemoveStage) -> StageRemoved:
    """Take a stage out of use; the opportunities that are in it go to `moveTo`."""
    batch_id = uuid.uuid4().hex
    moved = stages.remove(
        stage_id=data.stage_id,
        version=data.version,
        move_to=data.move_to,
        at=call.at,
        by=call.actor,
        batch_id=batch_id,
    )
    call.undo_with("restoreStage", {"stageId": data.stage_id, "batchId": batch_id if moved else ""})
    return StageRemoved(stage=reading.row(reading.book(fresh=True).stage(data.stage_id)), moved=moved)


@action("restoreStage", reply="stageRestored", role=Role.MANAGER, writes=True, target=_of_stage, undo="removeStage")
def restore_stage(call: Call, data: RestoreStage) -> StageRestored:
    """Take a removed stage into use again, with what had moved out of it and was not changed since."""
    back = stages.restore(stage_id=data.stage_id, batch_id=data.batch_id, at=call.at, by=call.actor)
    call.undo_with("removeStage", {"stageId": back.stage.pk, "version": back.stage.version})
    return StageRestored(stage=reading.row(back.stage), returned=back.returned, kept=back.kept)


@action(
    "savePipeline",
    reply="pipelineSaved",
    role=Role.MANAGER,
    writes=True,
    target=lambda given, answer: ("pipeline", str(given.pipeline_id or "")),
    undo="savePipeline",
)
def save_pipeline(call: Call, data: SavePipeline) -> Stages:
    """Add a pipeline with the stages of another one, rename one, make it the default, or take one out of use."""
    values = data.model_dump(exclude_none=True, exclude={"pipeline_id", "version", "copy_from"})
    if data.pipeline_id is None:
        name = pipelines.needed_name(data.name)
        made = pipelines.add(name=name, copy_from=data.copy_from, position=data.position)
        call.undo_with("savePipeline", {"pipelineId": made.pk, "isActive": False})
        return reading.listing(by=call.actor)
    replaced = reading.pipeline_of(None)
    before = pipelines.update(pipeline_id=data.pipeline_id, version=data.version, values=values)
    if before.pop("is_default", None) is False:  # there is always one: it goes back by saying so for the former one
        call.undo_with("savePipeline", {"pipelineId": replaced.pk, "isDefault": True})
    if before:
        call.undo_with("savePipeline", {"pipelineId": data.pipeline_id, **_wire(before)})
    return reading.listing(by=call.actor)
