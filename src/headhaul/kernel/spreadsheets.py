"""CSV that is safe to open in a spreadsheet: a cell that would run as a formula is written as text."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterable, Iterator
from io import StringIO
from typing import Any

_STARTS_A_FORMULA = frozenset("=+-@\t\r\n|%")


def safe_cell(value: Any) -> Any:
    """`value` as a cell that no spreadsheet evaluates (CWE-1236).

    Numbers stay numbers. Text is judged by its first visible character after normalising full-width forms and
    skipping white space, control and zero-width characters, because spreadsheets skip those too.
    """
    if not isinstance(value, str):
        return value
    if value[:1] in {"\t", "\r", "\n"}:
        return "'" + value
    for character in unicodedata.normalize("NFKC", value):
        if character.isspace() or unicodedata.category(character) in {"Cc", "Cf"}:
            continue
        return "'" + value if character in _STARTS_A_FORMULA else value
    return value


def csv_lines(header: Iterable[str], rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """The lines of a CSV file (RFC 4180, CRLF), one at a time, every cell safe; for streaming."""
    buffer = StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_MINIMAL)
    writer.writerow([safe_cell(cell) for cell in header])
    yield buffer.getvalue()
    for row in rows:
        buffer.seek(0)
        buffer.truncate()
        writer.writerow(["" if cell is None else safe_cell(cell) for cell in row])
        yield buffer.getvalue()
