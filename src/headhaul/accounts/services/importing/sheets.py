"""Workbooks (XLSX) as rows of text: the values of formulas, dates as ISO, refused when they unpack too large."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from headhaul.carriers.errors import ImportRefused

MOST_UNPACKED = 1_000_000_000
MOST_STRINGS = 250_000_000  # the shared strings are held in memory
MOST_COLUMNS = 500


def is_workbook(path: Path) -> bool:
    """Whether the file is a ZIP of Office parts."""
    with path.open("rb") as file:
        if file.read(4) != b"PK\x03\x04":
            return False
    try:
        with zipfile.ZipFile(path) as archive:
            return "[Content_Types].xml" in archive.namelist()
    except zipfile.BadZipFile:
        return False


def check_size(path: Path, *, name: str) -> None:
    """Raise ImportRefused for a workbook that would fill the memory, before anything of it is unpacked."""
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
    if not any(part.filename.startswith("xl/worksheets/") for part in parts):
        raise ImportRefused(f"{name} has no sheets. Save it as XLSX or CSV.")
    strings = sum(part.file_size for part in parts if part.filename == "xl/sharedStrings.xml")
    if sum(part.file_size for part in parts) > MOST_UNPACKED or strings > MOST_STRINGS:
        raise ImportRefused(
            f"{name} would unpack to more than {MOST_UNPACKED // 1_000_000:,} MB, which is not read. "
            "Save the sheet as CSV and import that."
        )


class Workbook:
    """A sheet: its columns and then its rows, each with the number it has in the sheet."""

    def __init__(self, path: Path, *, name: str, sheet: str = "") -> None:
        import openpyxl

        check_size(path, name=name)
        self._file = path.open("rb")  # uploads have no extension, which openpyxl insists on for paths
        try:
            self._book = openpyxl.load_workbook(self._file, read_only=True, data_only=True, keep_links=False)
        except Exception as error:  # openpyxl raises whatever its parsers do
            self._file.close()
            raise ImportRefused(f"{name} is damaged and cannot be read as a workbook.") from error
        self.name = name
        self.sheets = [str(each.title) for each in self._book.worksheets if each.sheet_state == "visible"]
        if sheet and sheet not in self.sheets:
            raise ImportRefused(f"{name} has no sheet {sheet}. Its sheets: {', '.join(self.sheets)}.")
        self.sheet = sheet or next(iter(self.sheets), "")
        if not self.sheet:
            raise ImportRefused(f"{name} has no visible sheet.")
        self._rows = self._read()
        header = next(self._rows, None)
        if header is None:
            raise ImportRefused(f"{name} is empty: the sheet {self.sheet} has no row.")
        self.columns = header[1]
        if len(self.columns) > MOST_COLUMNS:
            raise ImportRefused(f"{name} has more than {MOST_COLUMNS} columns.")
        self.total = self._book[self.sheet].max_row  # what the file says of itself; for progress only

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """(line, cells) of every row that is not blank."""
        yield from self._rows

    def close(self) -> None:
        """Let the file go."""
        self._book.close()
        self._file.close()

    def _read(self) -> Iterator[tuple[int, list[str]]]:
        try:
            for line, row in enumerate(self._book[self.sheet].iter_rows(values_only=True), start=1):
                cells = [as_text(value) for value in row[: MOST_COLUMNS + 1]]
                while cells and not cells[-1].strip():
                    cells.pop()
                if cells:
                    yield line, cells
        except ImportRefused:
            raise
        except Exception as error:  # a damaged part shows itself only when it is reached
            raise ImportRefused(f"{self.name} is damaged in its sheet {self.sheet}.") from error


def as_text(value: Any) -> str:
    """A cell as it would stand in a CSV file."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, (date, time)):
        return value.isoformat()
    return str(value)
