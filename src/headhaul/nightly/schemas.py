"""What the runs' actions take and give."""

from __future__ import annotations

from datetime import date, datetime

from headhaul.kernel import Empty, Page, Paged, Payload, Result
from headhaul.nightly.choices import RunKind, RunState, StepState, Trigger


class StepRow(Result):
    """A step of a run. `leftOut` counts what was not taken, by reason."""

    name: str
    title: str
    state: StepState
    attempts: int
    started_at: datetime | None
    finished_at: datetime | None
    milliseconds: int | None
    counts: dict[str, int]
    left_out: dict[str, int]
    notes: list[str]
    error: str


class RunRow(Result):
    """A run with its steps. `attempts` above 1: it was killed or failed, and was taken up again."""

    id: int
    kind: RunKind
    day: date
    trigger: Trigger
    requested_by: str
    state: RunState
    attempts: int
    error: str
    created_at: datetime
    started_at: datetime | None
    heartbeat_at: datetime | None
    finished_at: datetime | None
    steps: list[StepRow]


class ScheduleRow(Result):
    """What the clock starts."""

    name: str
    title: str
    cron: str
    next_at: datetime
    by_hand: bool


class GetJobRuns(Page):
    """A page of runs, newest first."""

    kind: RunKind | None = None


class GetProspectingRuns(Page):
    """A page of prospecting runs, newest first."""


class JobRuns(Paged[RunRow]):
    """Runs and, on the first page, the schedules."""

    schedules: list[ScheduleRow]


class RunProspecting(Empty):
    """Nothing to say: it runs for today."""


class RunJob(Payload):
    """The name of a schedule that may be started by hand."""

    name: str


class JobQueued(Result):
    """What was put into the queue; `alreadyQueued` when it waits there already."""

    name: str
    run_id: int | None
    already_queued: bool
