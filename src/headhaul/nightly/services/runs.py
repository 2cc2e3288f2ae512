"""Running a job: one at a time, step by step, each step recorded; a run that was killed goes on where it stopped.

Who holds PostgreSQL's advisory lock is running. The lock goes with the connection, so a killed process gives it up at
once, and a run that is marked as running while nobody holds the lock is known to be lost.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import structlog
from django.db import connection, transaction

from headhaul.kernel import Conflict
from headhaul.nightly.choices import RunKind, RunState, StepState, Trigger
from headhaul.nightly.models import JobRun, JobStep

log = structlog.get_logger(__name__)

LOCK = 0x4EAD_4A01  # any number nobody else uses
RESUMES_WITHIN = timedelta(hours=6)  # older remains are left as they are: the world has moved on
GOES_ON = (RunState.QUEUED, RunState.LOST, RunState.FAILED)


class AlreadyRunning(Conflict):
    """Another run is at it."""

    code = "already_running"


@dataclass(slots=True)
class Outcome:
    """What a step did: counts, what it left out by reason, and remarks for people."""

    counts: dict[str, int] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Night:
    """What a step knows: the day the run speaks for, its now, and a way to say that it is alive and how far it is."""

    run_id: int
    day: date
    at: datetime
    beat: Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Step:
    """A part of a run. Doing it twice ends like doing it once.

    With `in_one_go` its work and its record commit together; without, it commits on its way (network, partitions).
    """

    name: str
    title: str
    do: Callable[[Night], Outcome]
    in_one_go: bool = True


Tell = Callable[[str], None]


def silent(_: str) -> None:
    """Nobody is watching."""


@contextmanager
def alone(*, patience: float = 0) -> Iterator[None]:
    """Hold the lock of the one running process, or raise AlreadyRunning after `patience` seconds."""
    end = time.monotonic() + patience
    while not _try_lock():
        if time.monotonic() >= end:
            raise AlreadyRunning("A run is at work already. Its progress is on the Jobs page.")
        time.sleep(0.2)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_unlock(%s)", [LOCK])


def _try_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


def somebody_runs() -> bool:
    """Whether a process holds the lock now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select exists (select 1 from pg_locks where locktype = 'advisory' and granted"
            " and database = (select oid from pg_database where datname = current_database())"
            " and classid = 0 and objid = %s)",
            [LOCK],
        )
        return bool(cursor.fetchone()[0])


def mark_lost() -> int:
    """Runs that say they are running while nobody is: they were killed. Returns how many there were."""
    if somebody_runs():
        return 0
    lost = JobRun.objects.filter(state=RunState.RUNNING).update(state=RunState.LOST)
    if lost:
        log.warning("runs were lost", count=lost)
    return lost


def queue(*, kind: RunKind, day: date, trigger: Trigger, at: datetime, user_id: int | None = None) -> JobRun:
    """A run that waits to be done; one that waits for the same day already is the answer."""
    waiting = JobRun.objects.filter(kind=kind, day=day, state=RunState.QUEUED).first()
    return waiting or JobRun.objects.create(
        kind=kind, day=day, trigger=trigger, requested_by_id=user_id, created_at=at, state=RunState.QUEUED
    )


def run(
    *,
    kind: RunKind,
    day: date,
    steps: Sequence[Step],
    trigger: Trigger,
    at: datetime,
    user_id: int | None = None,
    patience: float = 0,
    resumes_within: timedelta = RESUMES_WITHIN,
    tell: Tell = silent,
) -> JobRun:
    """Do all steps that are not done yet, each recorded. Takes up what a killed or failed run of the day left."""
    with alone(patience=patience):
        mark_lost_here()
        current = _taken_up(kind=kind, day=day, within=resumes_within) or queue(
            kind=kind, day=day, trigger=trigger, at=at, user_id=user_id
        )
        _begin(current, steps, at=at)
        try:
            for step, record in zip(steps, current.steps.order_by("position"), strict=True):
                if record.state != StepState.DONE:
                    _do(current, step, record, tell=tell)
        except Exception as fault:
            _end(current, RunState.FAILED, error=f"{type(fault).__name__}: {fault}")
            raise
        _end(current, RunState.DONE)
        return current


def mark_lost_here() -> None:
    """The same as `mark_lost`, for the one who holds the lock."""
    JobRun.objects.filter(state=RunState.RUNNING).update(state=RunState.LOST)


def _taken_up(*, kind: RunKind, day: date, within: timedelta) -> JobRun | None:
    latest = JobRun.objects.filter(kind=kind, day=day).order_by("-pk").first()
    if latest is None or latest.state not in GOES_ON:
        return None
    recent = latest.heartbeat_at is None or datetime.now(UTC) - latest.heartbeat_at < within
    return latest if recent else None


def _begin(current: JobRun, steps: Sequence[Step], *, at: datetime) -> None:
    with transaction.atomic():
        names = [step.name for step in steps]
        if list(current.steps.order_by("position").values_list("name", flat=True)) != names:
            current.steps.all().delete()
            JobStep.objects.bulk_create(
                JobStep(run=current, name=step.name, title=step.title, position=position)
                for position, step in enumerate(steps)
            )
        current.state, current.error = RunState.RUNNING, ""
        current.finished_at = None
        current.started_at = current.started_at or at
        current.heartbeat_at = datetime.now(UTC)
        current.attempts += 1
        current.save()


def _do(current: JobRun, step: Step, record: JobStep, *, tell: Tell) -> None:
    record.state, record.attempts, record.error = StepState.RUNNING, record.attempts + 1, ""
    record.started_at = datetime.now(UTC)
    record.save()
    _beat(current)
    tell(step.title)

    def beat(said: str) -> None:
        _beat(current)
        tell(f"{step.title}: {said}")

    night = Night(run_id=current.pk, day=current.day, at=current.started_at or current.created_at, beat=beat)
    began = time.monotonic()
    try:
        with transaction.atomic() if step.in_one_go else nullcontext():
            outcome = step.do(night)
            _done(record, outcome, milliseconds=round((time.monotonic() - began) * 1000))
    except Exception as fault:
        JobStep.objects.filter(pk=record.pk).update(state=StepState.FAILED, error=f"{type(fault).__name__}: {fault}")
        log.exception("step failed", step=step.name, run=current.pk)
        raise
    say = log.info if tell is silent else log.debug  # whoever is told needs no log beside it
    say("step done", step=step.name, run=current.pk, **outcome.counts)


def _done(record: JobStep, outcome: Outcome, *, milliseconds: int) -> None:
    record.state, record.finished_at = StepState.DONE, datetime.now(UTC)
    record.milliseconds = milliseconds
    record.counts, record.left_out, record.notes = outcome.counts, outcome.left_out, outcome.notes
    record.save()


def _beat(current: JobRun) -> None:
    JobRun.objects.filter(pk=current.pk).update(heartbeat_at=datetime.now(UTC))


def _end(current: JobRun, state: RunState, *, error: str = "") -> None:
    current.state, current.error, current.finished_at = state, error[:2_000], datetime.now(UTC)
    current.save(update_fields=["state", "error", "finished_at"])
