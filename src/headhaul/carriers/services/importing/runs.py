"""The life of an import run: one at a time, its record written whatever happens."""

from __future__ import annotations

import errno
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg.errors
import pyarrow as pa
from django.db import DatabaseError, connection

from headhaul.carriers.choices import ImportState
from headhaul.carriers.errors import ImportBusy, ImportRefused
from headhaul.carriers.models import ImportRun
from headhaul.carriers.services.importing.progress import Progress
from headhaul.carriers.services.importing.staging import Counts
from headhaul.kernel import Actor, AppError

LOCK = 0x48_41_55_4C  # one import at a time in a database
PROGRESS_EVERY = 1.0


@contextmanager
def import_lock() -> Iterator[None]:
    """Hold the only place there is; ImportBusy when somebody else does. The database frees it if we die."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            raise ImportBusy("Another import is under way. Try again when it has ended; see the list of imports.")
    try:
        yield
    finally:
        if connection.connection is not None and not connection.needs_rollback and connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("select pg_advisory_unlock(%s)", [LOCK])
        elif connection.connection is not None:
            connection.close()


def queue(*, kind: str, file_name: str, options: dict[str, Any], by: Actor, at: datetime) -> ImportRun:
    """A run that a job will do."""
    return ImportRun.objects.create(
        kind=kind, file_name=file_name, options=options, state=ImportState.QUEUED, started_by=by.label, started_at=at
    )


def begin(
    *, run_id: int | None, kind: str, file_name: str, options: dict[str, Any], by: Actor, at: datetime
) -> ImportRun:
    """The record of a run that starts now: the queued one, or a new one."""
    values = {"file_name": file_name, "options": options, "state": ImportState.RUNNING, "started_at": at}
    if run_id is None:
        return ImportRun.objects.create(kind=kind, started_by=by.label, **values)
    run = ImportRun.objects.get(pk=run_id, kind=kind)
    for name, value in values.items():
        setattr(run, name, value)
    run.save()
    return run


def close_interrupted(*, at: datetime) -> None:
    """Runs that still say they are running while nobody holds the lock were killed."""
    ImportRun.objects.filter(state=ImportState.RUNNING).update(
        state=ImportState.FAILED, error="It was interrupted. Nothing was imported; start it again.", finished_at=at
    )


@contextmanager
def recorded(run: ImportRun) -> Iterator[None]:
    """Write on the run how it ended; errors of the file, the disk and the database become sentences."""
    started = time.monotonic()
    try:
        yield
    except BaseException as error:
        refused = _as_refusal(error, run.file_name)
        run.state, run.error = ImportState.FAILED, refused.message if refused else type(error).__name__
        if connection.connection is not None and not connection.needs_rollback:
            _finish(run, seconds=time.monotonic() - started)
        if refused is not None and refused is not error:
            raise refused from error
        raise
    run.state, run.progress = ImportState.SUCCEEDED, 100
    _finish(run, seconds=time.monotonic() - started)


def take_counts(run: ImportRun, counts: Counts) -> None:
    """The counts of what was applied, on the run."""
    run.inserted, run.updated, run.unchanged = counts.inserted, counts.updated, counts.unchanged
    run.older, run.duplicates = counts.older, counts.duplicates
    run.notes = [*run.notes, *counts.notes]


class RunProgress:
    """Passes progress on to whoever watches and, once a second, to the run's row."""

    def __init__(self, run: ImportRun, watcher: Progress) -> None:
        self._run, self._watcher, self._last = run, watcher, 0.0

    def __call__(self, *, done: int, total: int, rows: int, stage: str) -> None:
        """Progress of the run."""
        self._watcher(done=done, total=total, rows=rows, stage=stage)
        now = time.monotonic()
        if now - self._last >= PROGRESS_EVERY or stage != "reading":
            self._last = now
            percent = min(99, 90 * done // max(total, 1)) if stage == "reading" else 95
            ImportRun.objects.filter(pk=self._run.pk).update(progress=percent, rows_read=rows)


def rejects_file(folder: Path | None, run: ImportRun) -> Path | None:
    """Where the report of a run goes."""
    return folder / f"import-{run.pk}-rejected.csv" if folder else None


def _finish(run: ImportRun, *, seconds: float) -> None:
    run.finished_at = run.started_at + timedelta(seconds=round(seconds, 3))
    run.save()


def _as_refusal(error: BaseException, name: str) -> AppError | None:
    if isinstance(error, AppError):
        return error
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return ImportRefused(f"The disk is full. Nothing of {name} was imported; make room and try again.")
    cause = error.__cause__ if isinstance(error, DatabaseError) else None
    if isinstance(cause, psycopg.errors.DiskFull):
        return ImportRefused(f"The database's disk is full. Nothing of {name} was imported; make room and try again.")
    if isinstance(error, pa.ArrowInvalid):
        return ImportRefused(f"{name} cannot be read as a table: {str(error).splitlines()[0][:200]}")
    return None
