"""The closed lists of this room. The words are stored: never change one, only add."""

from __future__ import annotations

from enum import StrEnum


class RunKind(StrEnum):
    """What a run does."""

    PROSPECTING = "prospecting"
    REBUILD = "rebuild"
    UPKEEP = "upkeep"
    PIPELINE = "pipeline"
    FIRST_START = "first_start"
    EXAMPLE_SALES = "example_sales"

    @property
    def label(self) -> str:
        """How a page says it."""
        return _KIND_LABELS[self]


_KIND_LABELS = {
    RunKind.PROSPECTING: "Prospecting",
    RunKind.REBUILD: "Rebuild of a past day",
    RunKind.UPKEEP: "Upkeep",
    RunKind.PIPELINE: "Pipeline",
    RunKind.FIRST_START: "First start",
    RunKind.EXAMPLE_SALES: "The example's sales",
}


class Trigger(StrEnum):
    """What set a run off."""

    SCHEDULE = "schedule"
    PERSON = "person"
    COMMAND = "command"
    FIRST_START = "first_start"


class RunState(StrEnum):
    """Where a run stands. `lost`: whoever ran it was killed; the next start takes it up where it stopped."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    LOST = "lost"


class StepState(StrEnum):
    """Where a step of a run stands."""

    PENDING = "pending"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
