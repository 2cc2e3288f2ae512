"""What can be done with runs."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from procrastinate.exceptions import AlreadyEnqueued

from headhaul.kernel import Call, InvalidData, Role, action
from headhaul.nightly import selectors
from headhaul.nightly.choices import RunKind, Trigger
from headhaul.nightly.schedule import SCHEDULES, named, rows
from headhaul.nightly.schemas import GetJobRuns, GetProspectingRuns, JobQueued, JobRuns, RunJob, RunProspecting
from headhaul.nightly.services import runs

STARTED = "A run that has been started does its work; what it opens can be taken back by itself."


@action("getJobRuns", reply="jobRunsLoaded", role=Role.ADMIN)
def get_job_runs(call: Call, data: GetJobRuns) -> JobRuns:
    """Every run with its steps, counts and what was left out; and what the clock starts when."""
    return selectors.page(asked=data, schedules=rows(call.at))


@action("getProspectingRuns", reply="prospectingRunsLoaded", role=Role.MANAGER)
def get_prospecting_runs(call: Call, data: GetProspectingRuns) -> JobRuns:
    """The prospecting runs with their steps, counts and what was left out, for those who may start one."""
    asked = GetJobRuns(limit=data.limit, cursor=data.cursor, kind=RunKind.PROSPECTING)
    nightly = [each for each in rows(call.at) if each.name == "run_prospecting"]
    return selectors.page(asked=asked, schedules=nightly)


@action(
    "runProspecting",
    reply="prospectingQueued",
    role=Role.MANAGER,
    writes=True,
    target=lambda given, answer: ("run", str(answer.run_id) if answer else ""),
    final=STARTED,
)
def run_prospecting(call: Call, data: RunProspecting) -> JobQueued:
    """Start the night's run now. It is safe to repeat: it opens no more accounts for the day than the limit."""
    return _queue("run_prospecting", call)


@action(
    "runJob",
    reply="jobQueued",
    role=Role.ADMIN,
    writes=True,
    target=lambda given, answer: ("job", given.name),
    final=STARTED,
)
def run_job(call: Call, data: RunJob) -> JobQueued:
    """Start a scheduled job now."""
    schedule = named(data.name)
    if schedule is None or not schedule.by_hand:
        known = ", ".join(each.name for each in SCHEDULES if each.by_hand)
        raise InvalidData("No job of this name can be started by hand.", fields={"name": f"one of: {known}"})
    return _queue(data.name, call)


def _queue(name: str, call: Call) -> JobQueued:
    task: Any = next(each.task for each in SCHEDULES if each.name == name)
    run = None
    given: dict[str, Any] = {}
    if name == "run_prospecting":
        day = call.at.date()
        run = runs.queue(
            kind=RunKind.PROSPECTING, day=day, trigger=Trigger.PERSON, at=call.at, user_id=call.actor.user_id
        )
        given = {"trigger": Trigger.PERSON, "day": day.isoformat(), "user_id": call.actor.user_id}
    try:
        with transaction.atomic():
            task.defer(**given)
    except AlreadyEnqueued:
        return JobQueued(name=name, run_id=run.pk if run else None, already_queued=True)
    return JobQueued(name=name, run_id=run.pk if run else None, already_queued=False)
