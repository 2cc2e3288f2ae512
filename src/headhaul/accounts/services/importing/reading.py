"""A file, or rows that came with a call, as a header and rows of text with their line numbers."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

from headhaul.accounts.services.importing.sheets import MOST_COLUMNS, Workbook, as_text, is_workbook
from headhaul.carriers.errors import ImportRefused
from headhaul.carriers.services.importing.streams import SourceFile
from headhaul.carriers.services.importing.text import LONGEST_RECORD, NUL_MARK, TextTable, leave_out_open_quotes

RECORDS = ".jsonl"  # rows that we wrote ourselves, one JSON object a line under one with the columns


@dataclass(slots=True)
class Line:
    """A row of a file. `number` counts rows from 1, `line` is its line in the file; `broken` says why it is no row."""

    number: int
    line: int
    cells: list[str]
    broken: str = ""


@dataclass(slots=True)
class Table:
    """What a file holds. `percent` says how far the reading is; `total` how many rows, where the file says it."""

    columns: list[str]
    lines: Iterator[Line]
    total: int | None = None
    percent: Any = field(default=lambda: 0)
    sheets: list[str] = field(default_factory=list)
    sheet: str = ""


@contextmanager
def opened(path: Path, *, name: str, sheet: str = "") -> Iterator[Table]:
    """The file as a table, for the length of a `with` block. ImportRefused says what is wrong with it."""
    if name.endswith(RECORDS):
        with path.open(encoding="utf-8") as file:
            yield _of_records(file)
    elif path.is_file() and is_workbook(path):
        book = Workbook(path, name=name, sheet=sheet)
        try:
            rows = ((line, cells, "") for line, cells in book.rows())
            table = Table(unique(book.columns), _numbered(rows, len(book.columns)), sheets=book.sheets)
            table.sheet, table.total = book.sheet, max(0, (book.total or 1) - 1)
            yield table
        finally:
            book.close()
    else:
        with SourceFile(path, name=name) as source:
            if source.format != "text":
                raise ImportRefused(f"{name} is {source.format.upper()}. Save it as CSV or XLSX and import that.")
            text = TextTable(source)
            if len(text.columns) > MOST_COLUMNS:
                raise ImportRefused(f"{name} has more than {MOST_COLUMNS} columns.")
            lines = _numbered(_text_rows(text), len(text.columns))
            yield Table(unique(text.columns), lines, percent=lambda: 100 * source.bytes_read // max(source.size, 1))


def of_rows(rows: Sequence[Mapping[str, Any]]) -> Table:
    """Rows that came with a call: their keys are the columns, in the order in which they first appear."""
    columns = list(dict.fromkeys(key for row in rows for key in row))
    lines = (
        Line(number, number, [_flat(row.get(column)) for column in columns]) for number, row in enumerate(rows, start=1)
    )
    return Table(columns, lines, total=len(rows))


def write_records(path: Path, rows: Iterator[Mapping[str, Any]], *, columns: Sequence[str]) -> int:
    """Keep rows for an import that reads them later; how many there are."""
    count = 0
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        file.write(json.dumps(list(columns)) + "\n")
        for row in rows:
            file.write(json.dumps([_flat(row.get(column)) for column in columns]) + "\n")
            count += 1
    return count


def unique(columns: Sequence[str]) -> list[str]:
    """The columns with a name for each: one without gets its letter, a second of the same name a number."""
    names: list[str] = []
    for place, column in enumerate(columns):
        name = " ".join(column.replace("\ufeff", "").split()) or f"Column {_letter(place)}"
        copy, number = name, 2
        while copy in names:
            copy, number = f"{name} ({number})", number + 1
        names.append(copy)
    return names


def _letter(place: int) -> str:
    before, last = divmod(place, 26)
    return (_letter(before - 1) if before else "") + chr(65 + last)


def _flat(value: Any) -> str:
    """A JSON value as the text of a cell; lists of words are joined, objects stay JSON."""
    if isinstance(value, list):
        flat = all(isinstance(each, (str, int, float)) for each in value)
        text = "; ".join(as_text(each) for each in value) if flat else json.dumps(value)
    else:
        text = json.dumps(value) if isinstance(value, dict) else as_text(value)
    return text.replace("\0", NUL_MARK).encode("utf-8", "replace").decode()  # what no database can hold


def _of_records(file: Any) -> Table:
    columns = json.loads(next(file))
    lines = (Line(number, number + 1, json.loads(text)) for number, text in enumerate(file, start=1))
    return Table(columns, lines)


def _numbered(rows: Iterator[tuple[int, list[str], str]], width: int) -> Iterator[Line]:
    for number, (line, cells, broken) in enumerate(rows, start=1):
        if len(cells) > width:
            if any(cell.strip() for cell in cells[width:]):
                broken = f"the row has {len(cells)} cells, the header {width}"
            cells = cells[:width]
        yield Line(number, line, cells + [""] * (width - len(cells)), broken)


def _text_rows(text: TextTable) -> Iterator[tuple[int, list[str], str]]:
    limit = csv.field_size_limit(LONGEST_RECORD)
    try:
        for block in text.blocks():
            whole = leave_out_open_quotes(block, text.delimiter) if block.data.count(b'"') % 2 else block
            broken = dict(whole.broken)
            reader = csv.reader(StringIO(whole.data.decode("utf-8", "replace"), newline=""), delimiter=text.delimiter)
            before = 0
            for cells in reader:
                line, before = whole.first_line + before, reader.line_num
                if line in broken or any(cell.strip() for cell in cells):
                    yield line, cells, broken.get(line, "")
    except csv.Error as error:
        raise ImportRefused(f"The file cannot be read as CSV: {error}.") from error
    finally:
        csv.field_size_limit(limit)
