"""Background work of this room."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

from procrastinate.contrib.django import app

from headhaul.accounts.choices import ImportState, MergeEntity
from headhaul.accounts.services import export_files, scanning
from headhaul.accounts.services.airtable import exporting, fetching
from headhaul.accounts.services.importing import runs, undoing
from headhaul.kernel.actions import find


@app.task(queue="bulk", name="scan_duplicates", pass_context=False)
def scan_duplicates(*, entity: str, everything: bool = False, **_: object) -> int:
    """Bring the queue of duplicates up to date. Doing it twice ends like doing it once."""
    done = scanning.scan(entity=MergeEntity(entity), everything=everything, at=datetime.now(UTC))
    return done.found


@app.task(queue="bulk", name="write_export", pass_context=False)
def write_export(*, export_id: str, **_: object) -> str:
    """Write a queued export to its file."""
    return export_files.write(export_id=uuid.UUID(export_id), action=find("exportRecords"), at=datetime.now(UTC))


@app.task(queue="clock", name="prune_exports", pass_context=False)
def prune_exports(**_: object) -> int:
    """Remove exports that nobody will fetch any more."""
    return export_files.prune(at=datetime.now(UTC))


@app.task(queue="bulk", name="import_records", pass_context=False)
def import_records(*, run_id: int, **_: object) -> str:
    """Do a queued import, or go on with one that was killed. What is wrong with the file stands on the run."""
    state = runs.do(run_id=run_id, at=datetime.now(UTC), prepare=fetching.prepare).state
    following = runs.next_of(run_id)
    if following is not None and not ImportState(state).is_open:
        import_records.defer(run_id=following.pk)
    return state


@app.task(queue="bulk", name="undo_import", pass_context=False)
def undo_import(*, run_id: int, **_: object) -> str:
    """Take an import back, or go on with it."""
    run = runs.run_of(run_id)
    by = runs.undoer_of(run)
    return undoing.do(run_id=run_id, by=by, at=datetime.now(UTC)).state


@app.task(queue="bulk", name="export_airtable", pass_context=False)
def export_airtable(*, export_id: int, **_: object) -> str:
    """Write our records to Airtable, or into a folder of CSV files, or go on with it."""
    return exporting.do(export_id=export_id, at=datetime.now(UTC)).state


@app.task(queue="clock", name="find_lost_imports", queueing_lock="find_lost_imports", pass_context=False)
def find_lost_imports(**_: object) -> int:
    """Imports that nobody works on though somebody should are given to a worker; how many."""
    lost = runs.lost(at=datetime.now(UTC))
    for run in lost:
        task = undo_import if run.state == ImportState.UNDOING else import_records
        task.defer(run_id=run.pk)
        runs.beat(run)
    return len(lost)
