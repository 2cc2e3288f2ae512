"""Pipelines and their stages, as data."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from headhaul.kernel import Payload, Result
from headhaul.pipeline.choices import ForecastCategory, StageKind
from headhaul.pipeline.schemas.words import Id, StageKey, Text, Version

Label = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60, pattern=r"^[^\x00-\x1f]*$")
]
Percent = Annotated[int, Field(ge=0, le=100)]
Days = Annotated[int, Field(ge=1, le=365)]
Place = Annotated[int, Field(ge=0, le=99)]
Needed = Annotated[
    list[Annotated[str, StringConstraints(max_length=80, pattern=r"^[a-zA-Z][a-zA-Z0-9_.]*$")]],
    Field(max_length=30, description="Wire names of opportunity fields, `custom.<key>` for the firm's own"),
]


class StageRow(Result):
    """A stage. `opportunities` is how many are in it, for those who see all of them."""

    id: int
    pipeline_id: int
    key: str
    label: str
    position: int
    kind: StageKind
    probability: int
    sla_days: int | None
    category: ForecastCategory
    required: list[str]
    exit_criteria: str
    is_active: bool
    version: int
    opportunities: int | None = None


class PipelineRow(Result):
    """A pipeline with its stages in order."""

    id: int
    name: str
    position: int
    is_default: bool
    is_active: bool
    version: int
    stages: list[StageRow]


class Stages(Result):
    """Pipelines in order."""

    pipelines: list[PipelineRow]


class GetStages(Payload):
    """The pipelines in use; `includeInactive` adds those that are out of use."""

    include_inactive: bool = False


class SaveStage(Payload):
    """A stage to add (no `stageId`; `pipelineId` names the pipeline, the default one otherwise) or to change.

    A field that is left out stays. `position` is where it stands among the stages of its pipeline, from 0.
    """

    stage_id: Id | None = None
    version: Version | None = None
    pipeline_id: Id | None = None
    key: StageKey | None = Field(default=None, description="As in the API; made from the label when left out")
    label: Label | None = None
    position: Place | None = None
    kind: StageKind | None = None
    probability: Percent | None = None
    sla_days: Days | None = Field(default=None, description="Working days one may stay; null: no limit")
    category: ForecastCategory | None = None
    required: Needed | None = None
    exit_criteria: Text | None = None


class RemoveStage(Payload):
    """A stage to take out of use, and where the opportunities that are in it go."""

    stage_id: Id
    version: Version
    move_to: StageKey | None = Field(default=None, description="Key of a stage of the same pipeline")


class StageRemoved(Result):
    """The stage that is gone and how many opportunities moved."""

    stage: StageRow
    moved: int


class RestoreStage(Payload):
    """A stage that was taken out of use; `batchId` brings back what had moved out of it."""

    stage_id: Id
    batch_id: Annotated[str, StringConstraints(max_length=64, pattern=r"^[a-z0-9]*$")] = ""


class StageRestored(Result):
    """The stage, and how many opportunities went back to it; `kept` were changed meanwhile and stay where they are."""

    stage: StageRow
    returned: int
    kept: int


class SavePipeline(Payload):
    """A pipeline to add, with stages copied from another one, or to change."""

    pipeline_id: Id | None = None
    version: Version | None = None
    name: Label | None = None
    position: Place | None = None
    is_default: bool | None = None
    is_active: bool | None = Field(default=None, description="False takes an empty one out of use")
    copy_from: Id | None = Field(default=None, description="Pipeline whose stages a new one starts with")
