"""Reading runs."""

from __future__ import annotations

from headhaul.kernel.keyset import COUNT_LIMIT, decode_cursor, encode_cursor
from headhaul.nightly.choices import RunState
from headhaul.nightly.models import JobRun, JobStep
from headhaul.nightly.schemas import GetJobRuns, JobRuns, RunRow, ScheduleRow, StepRow
from headhaul.nightly.services.runs import somebody_runs


def page(*, asked: GetJobRuns, schedules: list[ScheduleRow]) -> JobRuns:
    """A page of runs with their steps, newest first. A run whose process was killed shows as lost."""
    runs = JobRun.objects.select_related("requested_by").prefetch_related("steps").order_by("-pk")
    if asked.kind:
        runs = runs.filter(kind=asked.kind)
    total = None if asked.cursor else runs.order_by().values("pk")[: COUNT_LIMIT + 1].count()
    if asked.cursor:
        (key,) = decode_cursor(asked.cursor, sort="newest", types=(int,))
        runs = runs.filter(pk__lt=key)
    found = list(runs[: asked.limit + 1])
    shown = found[: asked.limit]
    if any(run.state == RunState.RUNNING for run in shown) and not somebody_runs():
        for run in shown:
            run.state = RunState.LOST if run.state == RunState.RUNNING else run.state
    return JobRuns(
        items=[row(run) for run in shown],
        next_cursor=encode_cursor("newest", [shown[-1].pk]) if len(found) > len(shown) else None,
        total=None if total is None else min(total, COUNT_LIMIT),
        total_is_exact=total is not None and total <= COUNT_LIMIT,
        schedules=schedules,
    )


def row(run: JobRun) -> RunRow:
    """A run as the list shows it."""
    by = run.requested_by
    return RunRow.model_validate(
        {name: getattr(run, name) for name in RunRow.model_fields if name not in ("steps", "requested_by")}
        | {"requested_by": by.get_full_name() if by else "", "steps": [_step(step) for step in run.steps.all()]}
    )


def _step(step: JobStep) -> StepRow:
    return StepRow.model_validate({name: getattr(step, name) for name in StepRow.model_fields})
