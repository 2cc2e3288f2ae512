"""Drivers as JSON: an array, an object that holds one, or an object per line; read piece by piece."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

import ijson
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from headhaul.carriers.errors import ImportRefused
from headhaul.carriers.services.importing.batches import Batch
from headhaul.carriers.services.importing.streams import SourceFile
from headhaul.carriers.services.importing.text import normal_name, utf8_blocks

ROWS = 20_000
BATCH_BYTES = 8 << 20  # a batch ends here however few rows it has, so that long cells do not fill the memory
LONGEST_LINE = 4 << 20
LONGEST_VALUE = 32 << 20
DEEPEST = 24  # brackets within brackets; beyond, the parser's memory grows with the square of the depth
MOST_VALUES = 2_000  # in one driver
WRAPPERS = ("drivers", "data", "items", "records", "results")


class JsonDrivers:
    """The same face as Batches: names of the columns, then the rows."""

    def __init__(self, source: SourceFile) -> None:
        self._source = source
        self._stream = _Stream(source)
        self._rows = self._parse()
        self._first = self._take(ROWS)
        self.names = list(dict.fromkeys(normal_name(key) for row, _ in self._first for key in row))
        self.rows = 0
        if not self.names:
            raise ImportRefused(f"{source.name} holds no drivers. Expected an array of objects, or an object per line.")

    def read(self, wanted: set[str]) -> Iterator[Batch]:
        """All rows."""
        rows = self._first
        while rows:
            places = {normal_name(key): key for row, _ in rows for key in row}
            columns = {
                name: pa.array([_text(row.get(places.get(name, ""))) for row, _ in rows], pa.string())
                for name in wanted
            }
            numbers = [number for _, number in rows]
            yield Batch(
                pa.table(columns),
                self.rows,
                has_nul=any("\0" in (value or "") for array in columns.values() for value in array.to_pylist()),
                line_of=partial(_numbers_at, numbers),
            )
            self.rows += len(rows)
            rows = self._take(ROWS)

    def _take(self, count: int) -> list[tuple[dict[str, Any], int]]:
        rows = []
        end = self._stream.given + BATCH_BYTES
        for row in self._rows:
            rows.append(row)
            if len(rows) == count or self._stream.given > end:
                break
        return rows

    def _parse(self) -> Iterator[tuple[dict[str, Any], int]]:
        start = self._stream.peek().lstrip()[:1]
        try:
            if start == b"{" and _is_lines(self._stream.peek()):
                yield from self._lines()
            else:
                path = "item" if start == b"[" else self._path()
                events = self._bounded(ijson.basic_parse(self._stream), driver_depth=path.count(".") + 2)
                for number, row in enumerate(ijson.items(ijson.parse(events), path), start=1):
                    if not isinstance(row, dict):
                        raise ImportRefused(f"Entry {number} of {self._source.name} is no object.")
                    yield row, number
        except ijson.IncompleteJSONError as error:
            raise ImportRefused(f"{self._source.name} ends before its JSON does: the file was cut.") from error
        except (ijson.JSONError, UnicodeDecodeError, RecursionError) as error:
            raise ImportRefused(f"{self._source.name} is not valid JSON ({str(error)[:100]}).") from error

    def _bounded(self, events: Iterable[tuple[str, Any]], *, driver_depth: int) -> Iterator[tuple[str, Any]]:
        """The parser's events, as long as they are those of a list of drivers."""
        depth = values = 0
        for event in events:
            self._stream.unanswered = 0
            if event[0] in ("start_map", "start_array"):
                depth += 1
                values = 0 if depth <= driver_depth else values
                if depth > DEEPEST:
                    raise ImportRefused(f"{self._source.name} is nested more than {DEEPEST} levels deep.")
            elif event[0] in ("end_map", "end_array"):
                depth -= 1
            values += depth >= driver_depth
            if values > MOST_VALUES:
                raise ImportRefused(f"An entry of {self._source.name} has more than {MOST_VALUES:,} values.")
            yield event

    def _lines(self) -> Iterator[tuple[dict[str, Any], int]]:
        lines = io.BufferedReader(self._stream)
        for number, line in enumerate(iter(lambda: lines.readline(LONGEST_LINE + 1), b""), start=1):
            if not line.strip():
                continue
            if len(line) > LONGEST_LINE:
                raise ImportRefused(f"Line {number} of {self._source.name} is longer than {LONGEST_LINE >> 20} MB.")
            try:
                row = json.loads(line)
            except (ValueError, RecursionError) as error:
                raise ImportRefused(f"Line {number} of {self._source.name} is not valid JSON.") from error
            if not isinstance(row, dict):
                raise ImportRefused(f"Line {number} of {self._source.name} is no object.")
            yield row, number

    def _path(self) -> str:
        head = self._stream.peek()
        key = next((k for k in WRAPPERS if f'"{k}"'.encode() in head), None)
        if key is None:
            raise ImportRefused(
                f"{self._source.name} holds no list of drivers. Expected an array, or an object per line."
            )
        return f"{key}.item"


def _numbers_at(numbers: list[int], places: NDArray[np.int64]) -> list[int]:
    return [numbers[int(place)] for place in places]


class _Stream(io.RawIOBase):
    """The file as UTF-8 bytes to read from."""

    def __init__(self, source: SourceFile) -> None:
        self._name = source.name
        self._blocks = utf8_blocks(source)
        self._buffer = next(self._blocks, b"")
        self.given = 0  # bytes handed out
        self.unanswered = 0  # of them since the parser last found something

    def peek(self) -> bytes:
        return self._buffer[: 1 << 16]

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        while not self._buffer:
            more = next(self._blocks, None)
            if more is None:
                return 0
            self._buffer = more
        size = min(len(buffer), len(self._buffer))
        buffer[:size] = self._buffer[:size]
        self._buffer = self._buffer[size:]
        self.given += size
        self.unanswered += size
        if self.unanswered > LONGEST_VALUE + LONGEST_LINE:
            raise ImportRefused(f"{self._name} has a value of more than {LONGEST_VALUE >> 20} MB.")
        return size


def _is_lines(head: bytes) -> bool:
    line, _, rest = head.lstrip().partition(b"\n")
    try:
        row = json.loads(line)
    except ValueError:
        return False
    if not isinstance(row, dict) or any(isinstance(row.get(key), list) and row[key] for key in WRAPPERS):
        return False
    return not rest.strip() or rest.lstrip()[:1] == b"{"


def _text(value: Any) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return ";".join(str(each) for each in value) or None
    return json.dumps(value) if isinstance(value, dict) else str(value)
