"""Airtable in and out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from headhaul.accounts import jobs
from headhaul.accounts.gateways import airtable as gateway
from headhaul.accounts.schemas.airtable import (
    AirtableImported,
    AirtableView,
    ExportAirtable,
    ExportView,
    GetAirtable,
    ImportAirtable,
)
from headhaul.accounts.selectors import airtable as reading
from headhaul.accounts.selectors import imports
from headhaul.accounts.services.airtable import exporting, starting
from headhaul.actions.services import uploads
from headhaul.kernel import ActorKind, Call, Door, Forbidden, InvalidData, Role, action


def _of_export(_: Any, done: ExportView | None) -> tuple[str, str]:
    return "airtable_export", str(done.id) if done else ""


@action("getAirtable", reply="airtableLoaded", role=Role.MANAGER)
def get_airtable(call: Call, data: GetAirtable) -> AirtableView:
    """Whether a base is set, which of the plan's tables have a home here, and the latest imports and exports."""
    return reading.overview(at=call.at)


@action("importAirtable", reply="airtableImportQueued", role=Role.MANAGER, writes=True, undo="undoImport")
def import_airtable(call: Call, data: ImportAirtable) -> AirtableImported:
    """Import the plan's tables from Airtable or from CSV exports, in the background, each an import of its own."""
    runs = starting.start(fetch=_where(call, data), only=data.tables, by=call.actor, at=call.at)
    if not runs:
        raise InvalidData("None of these tables has a home here.", fields={"tables": "see getAirtable"})
    jobs.import_records.defer(run_id=runs[0].pk)
    for run in runs:
        call.undo_with("undoImport", {"importId": run.pk})
    shown = [imports.view(run, at=call.at) for run in runs]
    return AirtableImported(imports=shown, not_imported=reading.not_imported())


@action(
    "exportAirtable", reply="airtableExportQueued", role=Role.MANAGER, writes=True, target=_of_export,
    final="What was written to Airtable is changed there, or by the next export.",
)  # fmt: skip
def export_airtable(call: Call, data: ExportAirtable) -> ExportView:
    """Write our records to Airtable's tables, or as CSV files: known records are changed, others created."""
    if data.path and call.actor.kind is not ActorKind.SYSTEM and call.door is not Door.CLI:
        raise Forbidden("Folders on the server are written from its command line. Leave path out to get an archive.")
    export = exporting.create(target=data.target, only=data.tables, path=data.path, by=call.actor, at=call.at)
    jobs.export_airtable.defer(export_id=export.pk)
    return reading.export_view(export)


def _where(call: Call, data: ImportAirtable) -> dict[str, Any]:
    if data.upload_id is not None:
        return {"from": "archive", "path": str(uploads.find(data.upload_id)[1])}
    if not data.path:
        gateway.connect()
        return {"from": "api"}
    if call.actor.kind is not ActorKind.SYSTEM and call.door is not Door.CLI:
        raise Forbidden("Folders on the server are imported from its command line. Upload a ZIP of the files instead.")
    if not Path(data.path).is_dir():
        raise InvalidData("There is no such folder.", fields={"path": "unknown"})
    return starting.folder_of(Path(data.path))
