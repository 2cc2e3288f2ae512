"""Files in, and drivers pushed in batches."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from headhaul.actions.services import uploads
from headhaul.carriers import jobs
from headhaul.carriers.models import ImportRun
from headhaul.carriers.schemas.imports import (
    GetImportRejects,
    GetImports,
    ImportCarriers,
    ImportDrivers,
    ImportList,
    ImportQueued,
    ImportRejects,
    Layout,
    RefusedDriver,
    UpsertDrivers,
    UpsertedDrivers,
)
from headhaul.carriers.selectors import imports
from headhaul.carriers.services.details import source_titles
from headhaul.carriers.services.drivers.importing import upsert_batch
from headhaul.carriers.services.importing import runs
from headhaul.carriers.services.importing.layouts import layouts
from headhaul.kernel import ActorKind, Call, Door, Forbidden, InvalidData, Role, action

IMPORTED = "A newer file or push replaces what an import brought; the file before can be imported again."


def _run(_: Any, done: ImportQueued | None) -> tuple[str, str]:
    return "import", str(done.run_id) if done else ""


@action("importCarriers", reply="carriersImportQueued", role=Role.MANAGER, writes=True, target=_run, final=IMPORTED)
def import_carriers(call: Call, data: ImportCarriers) -> ImportQueued:
    """Import an uploaded FMCSA file in the background. All of it comes in, or nothing."""
    options = {"as_of": data.as_of.isoformat()} if data.as_of else {}
    return _queue(call, data, kind="carriers", options=options)


@action("importDrivers", reply="driversImportQueued", role=Role.MANAGER, writes=True, target=_run, final=IMPORTED)
def import_drivers(call: Call, data: ImportDrivers) -> ImportQueued:
    """Import an uploaded driver pool in the background. Names, phones and addresses are never read."""
    return _queue(call, data, kind="drivers", options={"map": data.map, "replace": data.replace})


@action("upsertDrivers", reply="driversUpserted", role=Role.MANAGER, writes=True, final=IMPORTED)
def upsert_drivers(call: Call, data: UpsertDrivers) -> UpsertedDrivers:
    """Add or update up to 1,000 drivers at once. Facts that no driver of the batch has stay as they are."""
    pushed = [driver.model_dump(exclude_unset=True) for driver in data.drivers]
    counts, refused, notes = upsert_batch(drivers=pushed, at=call.at)
    return UpsertedDrivers(
        inserted=counts.inserted,
        updated=counts.updated,
        unchanged=counts.unchanged,
        duplicates=counts.duplicates,
        refused=[RefusedDriver(index=each.index, field=each.field, reason=each.reason) for each in refused],
        notes=notes,
    )


@action("getImports", reply="importsLoaded", role=Role.VIEWER)
def get_imports(call: Call, data: GetImports) -> ImportList:
    """Imports with their counts and how far they are, newest first, and the layouts that are known."""
    known = [
        Layout(key=layout.key, title=layout.title, recognised_by=list(layout.recognised_by)) for layout in layouts()
    ]
    return imports.page(asked=data, titles=source_titles()).model_copy(update={"layouts": known})


@action("getImportRejects", reply="importRejectsLoaded", role=Role.MANAGER)
def get_import_rejects(call: Call, data: GetImportRejects) -> ImportRejects:
    """The beginning of the list of rows that an import did not take, each with line, field and reason."""
    return imports.rejects(run_id=data.run_id, limit=data.limit)


def _queue(call: Call, data: ImportCarriers | ImportDrivers, *, kind: str, options: dict[str, Any]) -> ImportQueued:
    name, path = _file(call, data)
    run: ImportRun = runs.queue(kind=kind, file_name=name, options=options, by=call.actor, at=call.at)
    jobs.import_file.defer(run_id=run.pk, path=str(path))
    return ImportQueued(run_id=run.pk, file_name=name)


def _file(call: Call, data: ImportCarriers | ImportDrivers) -> tuple[str, Path]:
    if (data.upload_id is None) == (not data.path):
        raise InvalidData("Upload the file first and give its uploadId.", fields={"uploadId": "missing"})
    if data.upload_id is not None:
        upload, path = uploads.find(data.upload_id)
        return upload.filename, path
    if call.actor.kind is not ActorKind.SYSTEM and call.door is not Door.CLI:
        raise Forbidden("Files on the server are imported from its command line. Upload the file instead.")
    path = Path(data.path)
    if not path.is_file():
        raise InvalidData("There is no such file.", fields={"path": "unknown"})
    return path.name, path
