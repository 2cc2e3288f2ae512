"""Our records back to Airtable: changed where Airtable knows them, created where it does not; or as CSV files.

After every ten records the place is kept, so an export that was killed goes on there.
"""

from __future__ import annotations

import csv
import shutil
import zipfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from headhaul.accounts.choices import ImportState
from headhaul.accounts.errors import AirtableRefused
from headhaul.accounts.gateways import airtable
from headhaul.accounts.models import AirtableExport
from headhaul.accounts.plan_tables import ID_COLUMN, Table
from headhaul.accounts.ports import imports as ports
from headhaul.accounts.ports.imports import Leaving, Outgoing
from headhaul.accounts.services.airtable.starting import SOURCE, leaving
from headhaul.accounts.services.importing import external, runs
from headhaul.kernel import Actor, AppError, NotFound
from headhaul.kernel.spreadsheets import safe_cell

PIECE = 500
MOST_PROBLEMS = 200


def create(*, target: str, only: list[str], path: str, by: Actor, at: datetime) -> AirtableExport:
    """An export that waits to be done. AirtableRefused at once when no base is set."""
    if target == "api":
        airtable.connect()
    return AirtableExport.objects.create(
        target=target, only=only, path=path, by_id=by.user_id, by_name=by.label, created_at=at, heartbeat_at=at
    )


def do(*, export_id: int, at: datetime) -> AirtableExport:
    """Do it, or the rest of it."""
    with runs.alone(-export_id) as is_mine:  # below 0, where no import has its number
        export = AirtableExport.objects.filter(pk=export_id).first()
        if export is None:
            raise NotFound(f"There is no export {export_id}.")
        if not is_mine or export.state not in (ImportState.QUEUED, ImportState.RUNNING):
            return export
        export.state, export.attempts = ImportState.RUNNING, export.attempts + 1
        export.save()
        try:
            _to_airtable(export) if export.target == "api" else _to_files(export)
        except AppError as refusal:
            return _end(export, ImportState.FAILED, error=refusal.message)
        except Exception as fault:
            _end(export, ImportState.FAILED, error=f"It stopped ({type(fault).__name__}).")
            raise
        return _end(export, ImportState.DONE)


def _end(export: AirtableExport, state: ImportState, *, error: str = "") -> AirtableExport:
    export.state, export.error, export.finished_at = state, error, datetime.now(UTC)
    export.save()
    return export


def _to_airtable(export: AirtableExport) -> None:
    """Each table; one that the base lacks is said, and the others go all the same. AirtableRefused when it has none."""
    base = airtable.connect()
    lacking: list[airtable.NoSuchTable] = []
    for table in leaving(export.only):
        counts = export.counts.setdefault(table.name, {"created": 0, "updated": 0, "refused": 0, "last": 0})
        try:
            _table_to_airtable(base, table, counts=counts, export=export)
        except airtable.NoSuchTable as absent:
            lacking.append(absent)
            _note(export, absent.message)
    if lacking and not any(counts["last"] for counts in export.counts.values()):
        raise lacking[0]


def _table_to_airtable(
    base: airtable.Airtable, table: Table, *, counts: dict[str, int], export: AirtableExport
) -> None:
    entity, rows = ports.outgoing()[table.outgoing]
    while piece := rows(after=counts["last"], limit=PIECE):
        known = external.names_of(source=SOURCE, entity=entity, ids=[each.id for each in piece])
        shown = _resolved(piece, blank=None)
        for start in range(0, len(piece), airtable.IN_TENS):
            ten = piece[start : start + airtable.IN_TENS]
            _send(base, table, entity, ten, shown=shown, known=known, counts=counts, export=export)
    if lacking := base.lacks.get(table.name):
        _note(export, f"{table.name} has no column {', '.join(sorted(lacking))}, so it was left out.")


def _send(
    base: airtable.Airtable,
    table: Table,
    entity: str,
    ten: Sequence[Leaving],
    *,
    shown: Mapping[int, Mapping[str, Any]],
    known: Mapping[int, str],
    counts: dict[str, int],
    export: AirtableExport,
) -> None:
    """Ten records: the known ones are changed, the others created, and their ids remembered at once."""
    old = [(known[each.id], shown[each.id]) for each in ten if each.id in known]
    new = [each for each in ten if each.id not in known]
    if old:
        counts["updated"] += _update(base, table, old, counts=counts, export=export)
    made: dict[str, int] = {}
    if new:
        try:
            keys = base.create(table.name, [shown[each.id] for each in new])
        except airtable.NoSuchTable:
            raise
        except AirtableRefused as refusal:
            counts["refused"] += len(new)
            _note(export, f"{table.name}, {len(new)} new records: {refusal.message}")
        else:
            made = {key: each.id for key, each in zip(keys, new, strict=True)}
            counts["created"] += len(made)
    with transaction.atomic():
        external.remember(source=SOURCE, entity=entity, ids=made, at=datetime.now(UTC))
        counts["last"] = ten[-1].id
        export.heartbeat_at = datetime.now(UTC)
        export.save()


def _update(
    base: airtable.Airtable,
    table: Table,
    old: list[tuple[str, Mapping[str, Any]]],
    *,
    counts: dict[str, int],
    export: AirtableExport,
) -> int:
    """How many were changed. Where the ten are refused, each is tried alone, so that one takes no other with it."""
    try:
        base.update(table.name, old)
        return len(old)
    except AirtableRefused as refusal:
        if len(old) == 1:
            counts["refused"] += 1
            _note(export, f"{table.name}, record {old[0][0]}: {refusal.message}")
            return 0
    return sum(_update(base, table, [each], counts=counts, export=export) for each in old)


def _note(export: AirtableExport, said: str) -> None:
    if len(export.problems) < MOST_PROBLEMS:
        export.problems = [*export.problems, said]


def _to_files(export: AirtableExport) -> None:
    """A folder with a CSV file for each table; an archive of it where no folder was named."""
    folder = Path(export.path) if export.path else runs.folder() / f"airtable-export-{export.pk}"
    folder.mkdir(parents=True, exist_ok=True)
    for table in leaving(export.only):
        entity, rows = ports.outgoing()[table.outgoing]
        count = _write(folder / f"{table.name}.csv", table, entity, rows)
        export.counts[table.name] = {"created": count, "updated": 0, "refused": 0}
        export.save()
    if not export.path:
        archive = folder.with_suffix(".zip")
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
            for file in sorted(folder.glob("*.csv")):
                packed.write(file, file.name)
        shutil.rmtree(folder)
        export.path = str(archive)


def _write(path: Path, table: Table, entity: str, rows: Outgoing) -> int:
    count = last = 0
    heading: list[str] = []
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        while piece := rows(after=last, limit=PIECE):
            known = external.names_of(source=SOURCE, entity=entity, ids=[each.id for each in piece])
            shown = _resolved(piece, blank="")
            if not count:
                heading = list(dict.fromkeys([*table.out, *shown[piece[0].id], *piece[0].beside]))
                writer.writerow([ID_COLUMN, *heading])
            for each in piece:
                row = {**shown[each.id], **each.beside}
                cells = [known.get(each.id) or f"headhaul-{each.id}", *(row.get(name, "") for name in heading)]
                writer.writerow([safe_cell(cell) for cell in cells])
            count, last = count + len(piece), piece[-1].id
    if not count:
        path.unlink()  # nobody could read a file without a heading back in
    return count


def _resolved(piece: Sequence[Leaving], *, blank: Any) -> dict[int, dict[str, Any]]:
    """The columns as Airtable's text fields hold them; other records by the id they have there, or in this file."""
    wanted: dict[str, set[int]] = {}
    for each in piece:
        for value in each.columns.values():
            if isinstance(value, tuple):
                wanted.setdefault(value[0], set()).add(value[1])
    names = {entity: external.names_of(source=SOURCE, entity=entity, ids=ids) for entity, ids in wanted.items()}

    def said(value: Any) -> Any:
        if isinstance(value, tuple):
            return names[value[0]].get(value[1]) or f"headhaul-{value[1]}"
        if value is None or value == "":
            return blank
        return str(value).lower() if isinstance(value, bool) else str(value)

    return {each.id: {name: said(value) for name, value in each.columns.items()} for each in piece}
