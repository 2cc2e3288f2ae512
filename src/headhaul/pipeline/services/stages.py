"""Stages as data: added, changed and taken out of use, so that no opportunity is ever left without one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from headhaul.accounts.choices import CustomEntity
from headhaul.accounts.models import CustomField
from headhaul.kernel import Actor, Conflict, InvalidData, NotFound
from headhaul.pipeline.choices import ForecastCategory, StageKind
from headhaul.pipeline.errors import StageInUse, StaleStage
from headhaul.pipeline.models import Opportunity, Pipeline, Stage
from headhaul.pipeline.required import CUSTOM, REQUIRABLE
from headhaul.pipeline.selectors.stages import book, forget
from headhaul.pipeline.services import reverting
from headhaul.pipeline.services.bulk_moving import move_all

MOST = 30  # stages in a pipeline: a board of more cannot be read
_DEFAULTS = {
    StageKind.OPEN: {"probability": 25, "category": ForecastCategory.PIPELINE},
    StageKind.WON: {"probability": 100, "category": ForecastCategory.CLOSED},
    StageKind.LOST: {"probability": 0, "category": ForecastCategory.OMITTED},
}


@dataclass(frozen=True, slots=True)
class Restored:
    """A stage that is back, and what came back with it."""

    stage: Stage
    returned: int
    kept: int


def add(*, pipeline_id: int, values: Mapping[str, Any]) -> Stage:
    """A further stage of a pipeline. Where it is not said to stand it comes last of the open ones."""
    label = values.get("label")
    if not label:
        raise InvalidData("A stage needs a label.", fields={"label": "missing"})
    there = _locked(pipeline_id)
    kind = StageKind(values.get("kind") or StageKind.OPEN)
    if kind != StageKind.OPEN:
        raise InvalidData(
            f"Every pipeline has exactly one stage for what is {kind}. Change that one.", fields={"kind": "open"}
        )
    if len(there) >= MOST:
        raise InvalidData(f"A pipeline has at most {MOST} stages.", fields={"pipelineId": "has enough"})
    key = values.get("key") or _key_from(label)
    if Stage.objects.filter(pipeline_id=pipeline_id, key=key).exists():
        raise InvalidData(
            f"There is, or was, a stage {key} in this pipeline; a key is never used twice.",
            fields={"key": "another one"},
        )
    fields = {**_DEFAULTS[kind], **{n: v for n, v in values.items() if v is not None}, "key": key, "kind": kind}
    position = fields.pop("position", sum(stage.kind == StageKind.OPEN for stage in there))
    stage = Stage(pipeline_id=pipeline_id, position=0, **fields)
    _check(stage)
    _order(there, stage, position)
    stage.save()
    return stage


def update(*, stage_id: int, version: int | None, values: Mapping[str, Any]) -> dict[str, Any]:
    """Change a stage; returns what the fields that changed held before."""
    stage = lock(stage_id, version=version)
    before = {name: getattr(stage, name) for name, value in values.items() if getattr(stage, name) != value}
    if "key" in before:
        raise InvalidData("The key of a stage never changes; change its label.", fields={"key": stage.key})
    if "kind" in before:
        raise InvalidData(
            "What a stage means never changes: history counts on it. Add another stage.", fields={"kind": stage.kind}
        )
    for name in before:
        if name != "position":
            setattr(stage, name, values[name])
    _check(stage)
    if before:
        stage.version += 1
        stage.save()
    if "position" in before:
        _order([each for each in _locked(stage.pipeline_id) if each.pk != stage.pk], stage, values["position"])
    return before


def remove(*, stage_id: int, version: int, move_to: str | None, at: datetime, by: Actor, batch_id: str) -> int:
    """Take a stage out of use, after what is in it went to `move_to`. Returns how many moved.

    StageInUse when something is in it and it is not said where that goes.
    """
    stage = lock(stage_id, version=version)
    rest = [each for each in _locked(stage.pipeline_id) if each.pk != stage.pk]
    if stage.kind != StageKind.OPEN or not any(each.kind == StageKind.OPEN for each in rest):
        raise Conflict(
            "A pipeline keeps at least one open stage, the one for what is won and the one for what is lost."
        )
    target = None if move_to is None else book(fresh=True).find(stage.pipeline_id, move_to)
    held = Opportunity.objects.filter(stage_id=stage.pk).count()
    if held and (target is None or target.pk == stage.pk):
        there = ", ".join(each.key for each in rest if each.kind == StageKind.OPEN)
        raise StageInUse(
            f"{held:,} opportunities are in {stage.label}. Say where they go.", fields={"moveTo": f"one of {there}"}
        )
    if target is not None and target.kind != StageKind.OPEN:
        raise InvalidData("What is open goes to an open stage.", fields={"moveTo": "an open stage"})
    moved = move_all(come_from=stage, go_to=target, at=at, by=by, batch_id=batch_id) if held and target else 0
    stage.is_active, stage.version = False, stage.version + 1
    stage.save()
    return moved


def restore(*, stage_id: int, batch_id: str, at: datetime, by: Actor) -> Restored:
    """Take a stage into use again, with the opportunities of the batch that had moved out of it."""
    stage = Stage.objects.select_for_update().filter(pk=stage_id, is_active=False).first()
    if stage is None:
        raise NotFound(f"There is no removed stage {stage_id}.")
    if len(_locked(stage.pipeline_id)) >= MOST:
        raise InvalidData(f"A pipeline has at most {MOST} stages.", fields={"stageId": "no room"})
    stage.is_active, stage.version = True, stage.version + 1
    stage.save()
    back = reverting.revert_batch(batch_id=batch_id, at=at, by=by) if batch_id else reverting.Returned(0, [])
    return Restored(stage, back.returned, len(back.kept))


def lock(stage_id: int, *, version: int | None) -> Stage:
    """The stage, held until the transaction ends."""
    transaction.on_commit(forget)
    stage = Stage.objects.select_for_update().filter(pk=stage_id).first()
    if stage is None or not stage.is_active:
        raise NotFound(f"There is no stage {stage_id}, or no longer.", fields={"stageId": "one of getStages"})
    if version is not None and stage.version != version:
        raise StaleStage(f"{stage.label} was changed meanwhile. Look at it again.", current=stage.version)
    return stage


def _locked(pipeline_id: int) -> list[Stage]:
    """The stages in use, in order; who changes them comes one after another."""
    transaction.on_commit(forget)
    pipeline = Pipeline.objects.select_for_update().filter(pk=pipeline_id).first()
    if pipeline is None:
        raise NotFound(f"There is no pipeline {pipeline_id}.", fields={"pipelineId": "one of getStages"})
    return list(Stage.objects.filter(pipeline_id=pipeline_id, is_active=True).order_by("position", "pk"))


def _order(others: list[Stage], stage: Stage, position: int) -> None:
    """Open stages first, then won and lost; `stage` at its place among them, to be saved by the caller if it is new.

    One statement for all: with each new order the database makes the ways of all deals through the pipeline anew.
    """
    wanted = [*others[:position], stage, *others[position:]]
    wanted.sort(key=lambda each: {StageKind.OPEN: 0, StageKind.WON: 1, StageKind.LOST: 2}[StageKind(each.kind)])
    moved = []
    for place, each in enumerate(wanted):
        if each.position != place:
            each.position = place
            if each.pk is not None:
                moved.append(each)
    Stage.objects.bulk_update(moved, ["position"])


def _check(stage: Stage) -> None:
    if stage.kind == StageKind.OPEN and stage.category in (ForecastCategory.CLOSED,):
        raise InvalidData("An open stage cannot count as closed.", fields={"category": "an open one"})
    if stage.kind != StageKind.OPEN and stage.sla_days is not None:
        raise InvalidData("What has ended has no clock.", fields={"slaDays": "leave it out"})
    fixed = {StageKind.WON: 100, StageKind.LOST: 0}.get(StageKind(stage.kind))
    if fixed is not None and stage.probability != fixed:
        raise InvalidData(f"What is {stage.kind} has {fixed} percent.", fields={"probability": str(fixed)})
    _check_required(stage)


def _check_required(stage: Stage) -> None:
    custom = {name.removeprefix(CUSTOM) for name in stage.required if name.startswith(CUSTOM)}
    known = set(
        CustomField.objects.filter(entity=CustomEntity.OPPORTUNITY, is_active=True, key__in=custom).values_list(
            "key", flat=True
        )
    )
    unknown = [name for name in stage.required if name not in REQUIRABLE and name.removeprefix(CUSTOM) not in known]
    if unknown:
        raise InvalidData(
            f"A stage cannot ask for {', '.join(unknown)}.",
            fields={"required": f"some of {', '.join(REQUIRABLE)}, or custom.<key> of an opportunity's field"},
        )
    if "lostReason" in stage.required and stage.kind != StageKind.LOST:
        raise InvalidData("Only what is lost has a reason for it.", fields={"required": "without lostReason"})


def _key_from(label: str) -> str:
    words = re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_")
    return (words if words[:1].isalpha() else f"stage_{words}".rstrip("_"))[:40]
