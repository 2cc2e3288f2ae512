"""A table of Airtable, or its CSV export, as rows that an import reads: its columns mapped, its odd values settled."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from headhaul.accounts.errors import NothingThere
from headhaul.accounts.gateways import airtable
from headhaul.accounts.models import ImportRun
from headhaul.accounts.plan_tables import CREATED_COLUMN, ID_COLUMN, Table, id_column, tables
from headhaul.accounts.ports.imports import ImportField, Kind, RecordImporter
from headhaul.accounts.services.importing import headings, reading
from headhaul.accounts.services.importing.cells import Reader, clean
from headhaul.carriers.errors import ImportRefused

MOST_UNPACKED = 2_000_000_000
LEFT_OUT = 10


def prepare(run: ImportRun, *, importer: RecordImporter, folder: Path, at: datetime) -> ImportRun:
    """Bring the table's rows to the disk and say on the run how they are read. The network is asked here alone."""
    wanted: Mapping[str, Any] = run.options["fetch"]
    table = next(each for each in tables() if each.name == wanted["table"])
    path = folder / f"airtable-{run.pk}{reading.RECORDS}"
    if wanted["from"] == "api":
        columns = _from_api(table, path)
    elif wanted["from"] == "folder":
        columns = _from_file(Path(wanted["path"]) / f"{table.name}.csv", table, path)
    else:
        columns = _from_archive(Path(wanted["path"]), table, path)
    run.path, run.headers = str(path), columns
    run.mapping, notes = _mapping(table, columns, importer)
    fixes, more = _owners(path, run.mapping, importer)
    run.options = {**run.options, "value_fixes": fixes}
    run.notes = [*notes, *more]
    run.save(update_fields=["path", "headers", "mapping", "options", "notes"])
    return run


def _from_api(table: Table, path: Path) -> list[str]:
    try:
        records = list(airtable.connect().records(table.name))
    except airtable.NoSuchTable as fault:
        raise NothingThere(fault.message) from fault
    made = [CREATED_COLUMN] if table.created else []
    named = (name for _, fields, _ in records for name in fields)
    columns = list(dict.fromkeys([ID_COLUMN, *made, *table.columns, *named]))
    rows = ({**fields, ID_COLUMN: key, CREATED_COLUMN: created} for key, fields, created in records)
    reading.write_records(path, rows, columns=columns)
    return columns


def _from_file(source: Path, table: Table, path: Path) -> list[str]:
    if not source.is_file():
        raise NothingThere(f"There is no file {source.name}.")
    with reading.opened(source, name=source.name) as read:
        rows = (dict(zip(read.columns, line.cells, strict=False)) for line in read.lines)
        reading.write_records(path, rows, columns=read.columns)
        return read.columns


def _from_archive(archive: Path, table: Table, path: Path) -> list[str]:
    try:
        with zipfile.ZipFile(archive) as opened:
            named = {Path(part.filename).stem: part for part in opened.infolist() if part.filename.endswith(".csv")}
            part = next((p for stem, p in named.items() if stem in (table.name, f"{table.name}-Grid view")), None)
            if part is None:
                raise NothingThere(f"The archive has no file {table.name}.csv.")
            if part.file_size > MOST_UNPACKED:
                raise ImportRefused(f"{part.filename} would unpack to more than {MOST_UNPACKED // 10**6:,} MB.")
            unpacked = path.with_suffix(".csv")
            unpacked.parent.mkdir(parents=True, exist_ok=True)
            with opened.open(part) as packed, unpacked.open("wb") as file:
                _copy(packed, file)
    except zipfile.BadZipFile as fault:
        raise ImportRefused("This is no ZIP archive. Pack the CSV exports of the tables into one.") from fault
    try:
        return _from_file(unpacked, table, path)
    finally:
        unpacked.unlink(missing_ok=True)


def _copy(packed: Any, file: Any) -> None:
    size = 0
    while piece := packed.read(1 << 20):
        size += len(piece)
        if size > MOST_UNPACKED:
            raise ImportRefused("The archive unpacks to more than it says. Nothing was imported.")
        file.write(piece)


def _mapping(table: Table, columns: list[str], importer: RecordImporter) -> tuple[dict[str, str], list[str]]:
    """The plan's columns as the plan means them, others as their headings suggest; what is left is named."""
    fields = importer.fields()
    guessed = headings.guess(fields, columns)
    planned = {column: key for column, key in table.columns.items() if column in columns}
    taken = set(planned.values())
    mapping = planned | {
        column: key for column, key in guessed.items() if column not in planned and key and key not in taken
    }
    mapping = {column: key for column, key in mapping.items() if key != "externalId"}
    if found := id_column(columns):
        mapping[found] = "externalId"
    if CREATED_COLUMN in columns and table.created:
        mapping[CREATED_COLUMN] = table.created
    unused = [column for column in columns if column not in mapping]
    return mapping, [f"Columns without a field here, not imported: {', '.join(unused)}."] if unused else []


def _owners(
    path: Path, mapping: Mapping[str, str], importer: RecordImporter
) -> tuple[dict[str, dict[str, str]], list[str]]:
    """People of the other system who are none here: their records come in without them, and the report names them."""
    kinds = {field.key: field for field in importer.fields() if field.kind in (Kind.USER, Kind.TEAM)}
    reader = Reader()
    fixes: dict[str, dict[str, str]] = {}
    notes: list[str] = []
    for column, key in mapping.items():
        if key not in kinds:
            continue
        unknown = sorted(text for text in set(_cells(path, column)) if not _is_known(reader, kinds[key], text))
        if unknown:
            fixes[column] = dict.fromkeys(unknown, "")
            shown = ", ".join(unknown[:LEFT_OUT]) + (" …" if len(unknown) > LEFT_OUT else "")
            notes.append(f"{column}: {len(unknown)} who are no users here were left out: {shown}.")
    return fixes, notes


def _is_known(reader: Reader, field: ImportField, text: str) -> bool:
    try:
        reader.read(field, text, order="iso")
    except ValueError:
        return False
    return True


def _cells(path: Path, column: str) -> Iterator[str]:
    with reading.opened(path, name=path.name) as table:
        place = table.columns.index(column)
        for line in table.lines:
            if text := clean(line.cells[place]):
                yield text
