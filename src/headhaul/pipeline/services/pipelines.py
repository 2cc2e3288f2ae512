"""Pipelines as data: one is always the default, and none goes out of use while something is open in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, transaction

from headhaul.kernel import InvalidData, NotFound
from headhaul.pipeline.choices import StageKind
from headhaul.pipeline.errors import StageInUse, StaleStage
from headhaul.pipeline.models import Opportunity, Pipeline, Stage
from headhaul.pipeline.selectors.stages import forget


def needed_name(name: str | None) -> str:
    """The name, or a refusal."""
    if not name:
        raise InvalidData("A pipeline needs a name.", fields={"name": "missing"})
    return name


def add(*, name: str, copy_from: int | None, position: int | None) -> Pipeline:
    """A further pipeline, with the stages of another one (the default one if none is named)."""
    source = Pipeline.objects.filter(pk=copy_from) if copy_from else Pipeline.objects.filter(is_default=True)
    copied = source.first()
    if copied is None:
        raise NotFound("There is no pipeline to copy from.", fields={"copyFrom": "one of getStages"})
    transaction.on_commit(forget)
    place = Pipeline.objects.count() if position is None else position
    with _names_are_unique():
        pipeline = Pipeline.objects.create(name=name, position=place)
    stages = list(Stage.objects.filter(pipeline=copied, is_active=True).order_by("position"))
    for stage in stages:
        stage.pk, stage.pipeline, stage.version = None, pipeline, 1
        stage._state.adding = True
    Stage.objects.bulk_create(stages)  # at once: whatever stages are added, the database looks for ways through them
    return pipeline


def update(*, pipeline_id: int, version: int | None, values: Mapping[str, Any]) -> dict[str, Any]:
    """Change a pipeline; returns what the fields that changed held before. There is always one default, in use."""
    pipeline = Pipeline.objects.select_for_update().filter(pk=pipeline_id).first()
    if pipeline is None:
        raise NotFound(f"There is no pipeline {pipeline_id}.", fields={"pipelineId": "one of getStages"})
    if version is not None and pipeline.version != version:
        raise StaleStage(f"{pipeline.name} was changed meanwhile. Look at it again.", current=pipeline.version)
    before = {name: getattr(pipeline, name) for name, value in values.items() if getattr(pipeline, name) != value}
    _check(pipeline, {name: values[name] for name in before})
    if before.get("is_default") is False:
        Pipeline.objects.filter(is_default=True).update(is_default=False)
    for name in before:
        setattr(pipeline, name, values[name])
    if before:
        pipeline.version += 1
        with _names_are_unique():
            pipeline.save()
    return before


def _check(pipeline: Pipeline, changes: Mapping[str, Any]) -> None:
    if changes.get("is_default") is False:
        raise InvalidData("Make another pipeline the default one instead.", fields={"isDefault": "true for another"})
    if changes.get("is_default") and not changes.get("is_active", pipeline.is_active):
        raise InvalidData("The default pipeline has to be in use.", fields={"isDefault": "not for one out of use"})
    if changes.get("is_active") is not False:
        return
    if pipeline.is_default:
        raise InvalidData("The default pipeline stays in use.", fields={"isActive": "true for the default one"})
    if Opportunity.objects.filter(pipeline=pipeline, kind=StageKind.OPEN).exists():
        raise StageInUse(f"Opportunities are open in {pipeline.name}. Close them or move them to another one first.")


@contextmanager
def _names_are_unique() -> Iterator[None]:
    """A name that is taken becomes a refusal instead of a broken transaction."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as fault:
        said = "There is a pipeline of this name, perhaps out of use."
        raise InvalidData(said, fields={"name": "another one"}) from fault
