"""The life of an import: queued, at work, ended; seen to be alive, and taken up again when its process was killed.

Who works on a run holds PostgreSQL's advisory lock on its number. The lock goes with the connection, so a run that says
it is running while nobody holds its lock is known to be lost.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import structlog
from django.conf import settings
from django.db import connection, transaction

from headhaul.accounts.choices import ImportState
from headhaul.accounts.errors import ImportIsOpen, NothingThere
from headhaul.accounts.models import ImportRun
from headhaul.accounts.ports import imports as ports
from headhaul.accounts.ports.imports import RecordImporter
from headhaul.accounts.services.importing import reading
from headhaul.accounts.services.importing.engine import Stopped, do_rows, work_of
from headhaul.accounts.visibility import scope_of
from headhaul.kernel import SYSTEM, Actor, AppError, NotFound
from headhaul.security.actors import actor_of
from headhaul.security.models import User

log = structlog.get_logger(__name__)

LOCK = 0x494D_5052  # with the run's number: one worker for a run
SILENT_FOR = timedelta(seconds=45)
MOST_ATTEMPTS = 20
_COUNTS = ("read", "created", "updated", "unchanged", "skipped", "failed")


def importer_of(entity: str) -> RecordImporter:
    """The importer of that key. NotFound names those there are."""
    found = ports.importers().get(entity)
    if found is None:
        known = ", ".join(ports.importers())
        raise NotFound(f"{entity} cannot be imported. There are: {known}.", fields={"entity": known})
    return found


def create(*, entity: str, file_name: str, path: str, by: Actor, at: datetime, **facts: Any) -> ImportRun:
    """A run that waits to be done."""
    run = ImportRun.objects.create(
        entity=entity, title=importer_of(entity).label, file_name=file_name, path=path, by_id=by.user_id,
        by_name=by.label, created_at=at, heartbeat_at=at, **facts,
    )  # fmt: skip
    run.batch_id = f"import-{run.pk}"
    run.save(update_fields=["batch_id"])
    return run


def do_at_once(*, run: ImportRun, table: reading.Table, by: Actor, at: datetime) -> ImportRun:
    """Do a run inside the caller's transaction: rows that came with the call."""
    ImportRun.objects.filter(pk=run.pk).update(state=ImportState.RUNNING, started_at=at)
    run.state, run.started_at, run.attempts = ImportState.RUNNING, at, 1
    work = work_of(run, importer=importer_of(run.entity), by=by)
    for _ in do_rows(run=run, table=table, work=work, at=at):
        pass
    return _end(run, ImportState.DONE, at=at)


class Preparer(Protocol):
    """Brings rows that lie elsewhere to the disk, and says on the run how they are read."""

    def __call__(self, run: ImportRun, *, importer: RecordImporter, folder: Path, at: datetime) -> ImportRun:
        """The run, with a path. NothingThere when there is nothing to bring."""


def do(*, run_id: int, at: datetime, prepare: Preparer | None = None) -> ImportRun:
    """Do a queued run, or the rest of one whose process was killed. Somebody else's run is left to them.

    `prepare` is asked, outside of transactions, when the run's rows are still to be fetched.
    """
    with alone(run_id) as is_mine:
        run = ImportRun.objects.get(pk=run_id)
        if not is_mine or run.state not in (ImportState.QUEUED, ImportState.RUNNING):
            return run
        try:
            return _do(run, at=at, prepare=prepare)
        except Stopped:
            return ImportRun.objects.get(pk=run_id)
        except AppError as refusal:
            return _end(run, ImportState.FAILED, at=datetime.now(UTC), error=refusal.message)
        except Exception as fault:
            log.exception("import failed", run=run_id)
            error = f"It stopped after {run.read:,} rows ({type(fault).__name__}). What came in so far can be undone."
            _end(run, ImportState.FAILED, at=datetime.now(UTC), error=error)
            raise


def stop(*, run_id: int, at: datetime, by: Actor) -> ImportRun:
    """Have a run end after the batch it is at. What came in stays, and can be undone."""
    run = held(run_id, by=by)
    if run.state not in (ImportState.QUEUED, ImportState.RUNNING):
        raise ImportIsOpen("The import has ended already.")
    return _end(run, ImportState.STOPPED, at=at)


def held(run_id: int, *, by: Actor = SYSTEM) -> ImportRun:
    """The run, its row held until the transaction ends; NotFound for whoever does not see the work of whose it is."""
    run = ImportRun.objects.select_for_update(of=("self",)).filter(pk=run_id).first()
    if run is None or not scope_of(by).sees_work_of(run.by_id):
        raise NotFound(f"There is no import {run_id}.")
    return run


def lost(*, at: datetime) -> list[ImportRun]:
    """Runs that should be at work and that nobody works on."""
    open_states = [state.value for state in ImportState if state.is_open]
    silent = ImportRun.objects.filter(state__in=open_states, heartbeat_at__lt=at - SILENT_FOR)
    waits = set(ImportRun.objects.filter(state__in=open_states).values_list("pk", flat=True))
    first = [run for run in silent if run.options.get("after") not in waits]
    return [run for run in first if not somebody_works_on(run.pk)]


def next_of(run_id: int) -> ImportRun | None:
    """The import that waits for the end of this one."""
    return ImportRun.objects.filter(state=ImportState.QUEUED, options__after=run_id).first()


@contextmanager
def alone(run_id: int) -> Iterator[bool]:
    """Hold the run's lock; False when somebody else does."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(%s::int, %s::int)", [LOCK, run_id % 2**31])
        is_mine = bool(cursor.fetchone()[0])
    try:
        yield is_mine
    finally:
        if is_mine and connection.connection is not None and connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("select pg_advisory_unlock(%s::int, %s::int)", [LOCK, run_id % 2**31])


def somebody_works_on(run_id: int) -> bool:
    """Whether a process holds the run's lock now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select exists (select from pg_locks where locktype = 'advisory' and granted"
            " and classid::bigint = %s::bigint and objid::bigint = %s::bigint"
            " and database = (select oid from pg_database where datname = current_database()))",
            [LOCK, run_id % 2**31],
        )
        return bool(cursor.fetchone()[0])


def beat(run: ImportRun) -> None:
    """Say that the run is alive."""
    ImportRun.objects.filter(pk=run.pk).update(heartbeat_at=datetime.now(UTC))


def owner_of(run: ImportRun) -> Actor:
    """On whose behalf a run works; whoever asked for it must still be allowed to."""
    if run.options.get("by_system"):
        return SYSTEM
    user = User.objects.filter(pk=run.by_id or 0, is_active=True).first()
    if user is None:
        raise NotFound("Whoever started this import is no longer a user here. Start it again.")
    return actor_of(user)


def folder() -> Path:
    """Where rows lie that we wrote ourselves."""
    return Path(settings.HEADHAUL_HOME) / "imports"


def _do(run: ImportRun, *, at: datetime, prepare: Preparer | None) -> ImportRun:
    by = owner_of(run)
    if run.attempts >= MOST_ATTEMPTS:
        told = f"It was begun {run.attempts} times and never ended. What came in so far can be undone."
        return _end(run, ImportState.FAILED, at=at, error=told)
    _begin(run, at=at)
    if prepare is not None and "fetch" in run.options and not run.path:
        _wait_for(run.options.get("after"))
        try:
            prepare(run, importer=importer_of(run.entity), folder=folder(), at=at)
        except NothingThere as absent:
            run.notes = [absent.message]
            run.save(update_fields=["notes"])
            return _end(run, ImportState.DONE, at=datetime.now(UTC))
    if not Path(run.path).is_file():
        raise NotFound("The file is no longer there. Upload it again and start anew.")
    sheet = run.options.get("sheet", "")
    with reading.opened(Path(run.path), name=_reader_name(run), sheet=sheet) as table:
        if table.columns != run.headers:
            raise NotFound("The file changed since the import was started. Start it again.")
        work = work_of(run, importer=importer_of(run.entity), by=by)
        for moment in do_rows(run=run, table=table, work=work, at=at):
            beat(moment)
    return _end(run, ImportState.DONE, at=datetime.now(UTC))


def _wait_for(before: int | None) -> None:
    """What hangs on the records of another import does not begin without it."""
    if before is None:
        return
    earlier = ImportRun.objects.get(pk=before)
    if earlier.state != ImportState.DONE:
        raise ImportIsOpen(f"{earlier.file_name} did not come in, and this hangs on it. Start anew when it is mended.")


def _begin(run: ImportRun, *, at: datetime) -> None:
    """Mark it as begun. A dry run holds what it said in memory, so one that was killed says it all again."""
    if run.is_dry_run:
        run.row_errors.all().delete()
        for name in _COUNTS:
            setattr(run, name, 0)
        run.done_percent = 0
    run.state, run.attempts, run.heartbeat_at = ImportState.RUNNING, run.attempts + 1, datetime.now(UTC)
    run.started_at = run.started_at or at
    run.save()


def _end(run: ImportRun, state: ImportState, *, at: datetime, error: str = "") -> ImportRun:
    """Write how it ended, and tell whoever listens."""
    values: Mapping[str, Any] = {"state": state, "error": error, "finished_at": at, "heartbeat_at": at}
    if state is ImportState.DONE:
        values = {**values, "done_percent": 100}
    with transaction.atomic():
        ImportRun.objects.filter(pk=run.pk).update(**values)
        for name, value in values.items():
            setattr(run, name, value)
        if run.path:
            ports.done(run)
    return run


def _reader_name(run: ImportRun) -> str:
    return run.path if run.path.endswith(reading.RECORDS) else run.file_name


def run_of(run_id: int) -> ImportRun:
    """The run."""
    return ImportRun.objects.get(pk=run_id)


def undoer_of(run: ImportRun) -> Actor:
    """On whose behalf a run is taken back."""
    user = User.objects.filter(pk=run.undone_by_id or 0).first()
    return actor_of(user) if user is not None else SYSTEM
