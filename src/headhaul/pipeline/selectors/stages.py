"""The stages as they are now, all pipelines in one query: there are few, and nearly everything needs them."""

from __future__ import annotations

import time

from django.db import connection

from headhaul.accounts.selectors.pages import fetch
from headhaul.accounts.visibility import scope_of
from headhaul.carriers.selectors.written import read
from headhaul.kernel import Actor, NotFound
from headhaul.pipeline.choices import StageKind
from headhaul.pipeline.errors import NoSuchStage
from headhaul.pipeline.models import Pipeline, Stage
from headhaul.pipeline.schemas.stages import PipelineRow, StageRow, Stages

_TALLY = "select stage_id, sum(n) as n, sum(amount_cents) as cents from pipeline_tally group by stage_id"

FRESH_FOR = 1.0  # seconds a process trusts what it has read; that a stage is still in use is asked at every move


class Book:
    """Every stage by id, and the active ones of each pipeline in order."""

    def __init__(self, stages: list[Stage]) -> None:
        self.by_id = {stage.pk: stage for stage in stages}

    def stage(self, stage_id: int) -> Stage:
        """The stage of this id; one that was added a moment ago is looked up."""
        if stage_id not in self.by_id:
            self.by_id |= book(fresh=True).by_id
        return self.by_id[stage_id]

    def of(self, pipeline_id: int) -> list[Stage]:
        """The stages of a pipeline that are in use, in order."""
        return [each for each in self.by_id.values() if each.pipeline_id == pipeline_id and each.is_active]

    def find(self, pipeline_id: int, key: str) -> Stage:
        """The stage under this key. NoSuchStage says which there are, for a page that was opened before a change."""
        there = self.of(pipeline_id)
        for stage in there:
            if stage.key == key:
                return stage
        removed = next(
            (each for each in self.by_id.values() if (each.pipeline_id, each.key) == (pipeline_id, key)), None
        )
        if removed is not None:
            raise self.gone(removed)
        raise self._none_such(f"This pipeline has no stage {key!r}.", pipeline_id)

    def gone(self, stage: Stage) -> NoSuchStage:
        """The refusal for a stage that was taken out of use."""
        return self._none_such(f"The stage {stage.label} was removed from this pipeline.", stage.pipeline_id)

    def _none_such(self, said: str, pipeline_id: int) -> NoSuchStage:
        there = [stage.key for stage in self.of(pipeline_id)]
        return NoSuchStage(f"{said} It has {', '.join(there)}.", fields={"toStage": " or ".join(there)})

    def ending(self, pipeline_id: int, kind: StageKind) -> Stage:
        """The stage in which what is won, or lost, ends."""
        return next(stage for stage in self.of(pipeline_id) if stage.kind == kind)

    def first_open(self, pipeline_id: int) -> Stage:
        """Where opportunities begin."""
        return self.ending(pipeline_id, StageKind.OPEN)

    def open_ids(self) -> list[int]:
        """All stages in which opportunities are open."""
        return [each.pk for each in self.by_id.values() if each.kind == StageKind.OPEN]


_kept: tuple[float, Book] | None = None


def book(*, fresh: bool = False) -> Book:
    """All stages, those that were removed too; `fresh` asks the database for certain."""
    global _kept
    known = _kept
    if known is not None and not fresh and time.monotonic() - known[0] < FRESH_FOR:
        return known[1]
    found = Book(read(Stage, "true order by pipeline_id, position, id", []))
    if not connection.in_atomic_block:  # what a transaction sees may never come true
        _kept = (time.monotonic(), found)
    return found


def forget() -> None:
    """Read anew next time (after a change here, or between tests)."""
    global _kept
    _kept = None


def pipeline_of(pipeline_id: int | None) -> Pipeline:
    """The pipeline of this id, or the default one."""
    tail, parameters = ("id = %s", [pipeline_id]) if pipeline_id is not None else ("is_default", [])
    found = read(Pipeline, tail, parameters)
    if not found or not found[0].is_active:
        raise NotFound("There is no such pipeline.", fields={"pipelineId": "one of getStages"})
    return found[0]


def listing(*, by: Actor, include_inactive: bool = False) -> Stages:
    """All pipelines in use, or those out of use too, with their stages; what each holds is for those who see all."""
    held: dict[int, int] = {}
    if scope_of(by).is_all:
        held = {row["stage_id"]: int(row["n"]) for row in fetch(_TALLY, [])}
    counted = scope_of(by).is_all
    stages = book(fresh=True)
    pipelines = read(Pipeline, "(is_active or %s) order by position, id", [include_inactive])
    return Stages(
        pipelines=[
            PipelineRow(
                id=each.pk,
                name=each.name,
                position=each.position,
                is_default=each.is_default,
                is_active=each.is_active,
                version=each.version,
                stages=[row(stage, held.get(stage.pk, 0) if counted else None) for stage in stages.of(each.pk)],
            )
            for each in pipelines
        ]
    )


def row(stage: Stage, count: int | None = None) -> StageRow:
    """A stage as actions show it."""
    return StageRow(
        id=stage.pk,
        pipeline_id=stage.pipeline_id,
        key=stage.key,
        label=stage.label,
        position=stage.position,
        kind=stage.kind,
        probability=stage.probability,
        sla_days=stage.sla_days,
        category=stage.category,
        required=stage.required,
        exit_criteria=stage.exit_criteria,
        is_active=stage.is_active,
        version=stage.version,
        opportunities=count,
    )
