"""Whether a CSV file of any size is whole and the one that was wanted, read once in pieces."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

_PIECE = 4_000_000
_QUOTE, _BREAK = ord('"'), ord("\n")
_LONGEST_LINE = 4_000_000


class TruncatedCsvError(Exception):
    """The file ends in the middle."""


class WrongCsvError(Exception):
    """The file is something else."""


@dataclass(frozen=True, slots=True)
class CsvShape:
    """Rows below the header, and the header's columns."""

    rows: int
    columns: tuple[str, ...]


def examine(path: Path, *, must_have: str) -> CsvShape:
    """Count rows, minding line breaks inside quotes. The header must hold `must_have`, in any spelling of it.

    Raises WrongCsvError when it does not, TruncatedCsvError when the last line is cut off.
    """
    quotes, ends, last_start, offset = 0, 0, 0, 0
    with path.open("rb") as file:
        header = file.readline(_LONGEST_LINE)
        if not header.endswith(b"\n"):
            raise TruncatedCsvError("it ends in its first line" if header else "it is empty")
        columns = _cells(header.removeprefix(b"\xef\xbb\xbf"))
        if _plain(must_have) not in {_plain(column) for column in columns}:
            raise WrongCsvError(f"its first line has no column {must_have}")
        file.seek(0)
        while piece := file.read(_PIECE):
            letters = np.frombuffer(piece, dtype=np.uint8)
            marks, breaks = np.flatnonzero(letters == _QUOTE), np.flatnonzero(letters == _BREAK)
            outside = breaks[(quotes + np.searchsorted(marks, breaks)) % 2 == 0]  # an even number of quotes before
            if outside.size:
                ends, last_start = ends + int(outside.size), offset + int(outside[-1]) + 1
            quotes, offset = quotes + int(marks.size), offset + len(piece)
        file.seek(last_start)
        tail = file.read(_LONGEST_LINE)
    if quotes % 2:
        raise TruncatedCsvError("it ends inside a quoted value")
    if tail.strip() and len(_cells(tail)) != len(columns):
        raise TruncatedCsvError("its last line is cut off")
    rows = ends - 1 + (1 if tail.strip() else 0)
    if rows < 1:
        raise TruncatedCsvError("it has no rows")
    return CsvShape(rows, tuple(columns))


def _cells(line: bytes) -> list[str]:
    return next(csv.reader([line.decode("utf-8", "replace").rstrip("\r\n")]), [])


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
