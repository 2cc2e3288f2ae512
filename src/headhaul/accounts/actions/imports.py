"""Files of records in: looked at, imported, watched, stopped, taken back."""

from __future__ import annotations

from typing import Any

from headhaul.accounts import jobs
from headhaul.accounts.schemas.imports import (
    GetImport,
    GetImportErrors,
    GetImportKept,
    GetRecordImports,
    ImportDetail,
    ImportErrors,
    ImportKept,
    ImportPreview,
    ImportRecords,
    ImportView,
    PreviewImport,
    RecordImports,
    StopImport,
    UndoImport,
)
from headhaul.accounts.selectors import imports as reading
from headhaul.accounts.services.importing import previewing, runs, starting, undoing
from headhaul.kernel import Call, Role, action


def _of_import(given: Any, answer: Any) -> tuple[str, str]:
    return "import", str(getattr(answer, "id", None) or getattr(given, "import_id", ""))


@action("previewImport", reply="importPreviewed", role=Role.MANAGER)
def preview_import(call: Call, data: PreviewImport) -> ImportPreview:
    """How a file would be read: proposed mapping, dates to decide, and what would become of its first 1,000 rows."""
    return previewing.preview(asked=data, by=call.actor, at=call.at)


@action("importRecords", reply="recordsImported", role=Role.MANAGER, writes=True, target=_of_import, undo="undoImport")
def import_records(call: Call, data: ImportRecords) -> ImportView:
    """Import an uploaded file in the background, or up to 1,000 rows at once. Every row is accounted for."""
    run = starting.start(asked=data, by=call.actor, at=call.at)
    if run.path:
        jobs.import_records.defer(run_id=run.pk)
    call.undo_with("undoImport", {"importId": run.pk})
    return reading.view(run, at=call.at)


@action("getRecordImports", reply="recordImportsLoaded", role=Role.MANAGER)
def get_record_imports(call: Call, data: GetRecordImports) -> RecordImports:
    """Imports of records, newest first, and what can be imported. Those of carriers and drivers: getImports."""
    return reading.page(asked=data, at=call.at, by=call.actor)


@action("getImport", reply="importLoaded", role=Role.MANAGER)
def get_import(call: Call, data: GetImport) -> ImportDetail:
    """One import: how far it is, its counts, and the commonest reasons for rows that did not come in."""
    return reading.detail(import_id=data.import_id, at=call.at, by=call.actor)


@action("getImportErrors", reply="importErrorsLoaded", role=Role.MANAGER)
def get_import_errors(call: Call, data: GetImportErrors) -> ImportErrors:
    """Rows that did not come in, as they stood in the file, each with the reason."""
    return reading.errors(asked=data, by=call.actor)


@action("getImportKept", reply="importKeptLoaded", role=Role.MANAGER)
def get_import_kept(call: Call, data: GetImportKept) -> ImportKept:
    """What an undone import left as it is, with the reason for each record."""
    return reading.kept(asked=data, by=call.actor)


@action(
    "stopImport", reply="importStopped", role=Role.MANAGER, writes=True, target=_of_import,
    final="The rows that are left can be imported with the same file again; what came in is then unchanged.",
)  # fmt: skip
def stop_import(call: Call, data: StopImport) -> ImportView:
    """Have an import end after the batch it is at. What came in stays, and can be undone."""
    return reading.view(runs.stop(run_id=data.import_id, at=call.at, by=call.actor), at=call.at)


@action(
    "undoImport", reply="importUndone", role=Role.MANAGER, writes=True, target=_of_import,
    final="The same file can be imported again.",
)  # fmt: skip
def undo_import(call: Call, data: UndoImport) -> ImportView:
    """Take an import back: what it made goes, what it changed is as before; what people touched since stays."""
    run = undoing.begin(run_id=data.import_id, by=call.actor, at=call.at)
    if undoing.is_large(run):
        jobs.undo_import.defer(run_id=run.pk)
    else:
        run = undoing.take_back(run=run, by=call.actor, at=call.at)
    return reading.view(run, at=call.at)
