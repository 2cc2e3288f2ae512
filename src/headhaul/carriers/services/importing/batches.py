"""A file as a run of Arrow tables of text columns, whatever its format, with the way back to the line of each row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
from numpy.typing import NDArray

from headhaul.carriers.errors import ImportRefused
from headhaul.carriers.services.importing.streams import SourceFile
from headhaul.carriers.services.importing.text import (
    Block,
    TextTable,
    leave_out_open_quotes,
    normal_name,
    record_lines,
)

PARQUET_ROWS = 50_000


@dataclass(slots=True)
class Batch:
    """Some rows. `table` has one text column per wanted column of the file, blank cells null.

    `broken` are rows that could not even be read as rows: (line, what the line starts with, reason).
    """

    table: pa.Table
    first_record: int
    has_nul: bool = False
    broken: list[tuple[int, str, str]] = field(default_factory=list)
    line_of: Callable[[NDArray[np.int64]], list[int]] = lambda rows: [int(row) + 1 for row in rows]

    @property
    def rows_read(self) -> int:
        """Rows the file had here, readable or not."""
        return int(self.table.num_rows) + len(self.broken)


class Batches:
    """The columns of a file under their normal names, then its rows for the columns that are wanted."""

    def __init__(self, source: SourceFile) -> None:
        self._source = source
        if source.format == "json":
            raise ImportRefused(f"{source.name} is JSON; carriers come as CSV or Parquet.")
        if source.format == "parquet":
            self._parquet = _open_parquet(source)
            self.columns = list(self._parquet.schema_arrow.names)
        else:
            self._text = TextTable(source)
            self.columns = self._text.columns
        self.names = [normal_name(column) for column in self.columns]
        self.rows = 0

    def read(self, wanted: set[str]) -> Iterator[Batch]:
        """All rows. Of a column that is there twice the first counts."""
        places = {name: self.names.index(name) for name in wanted if name in self.names}
        return self._read_parquet(places) if self._source.format == "parquet" else self._read_text(places)

    def _read_text(self, places: dict[str, int]) -> Iterator[Batch]:
        for block in self._text.blocks():
            if block.data.count(b'"') % 2:
                block = leave_out_open_quotes(block, self._text.delimiter)
            table, broken = self._parse(block, places)
            if any("\n" in text.rstrip("\r\n") or "\r" in text.rstrip("\r\n") for _, text, _ in broken):
                block = leave_out_open_quotes(block, self._text.delimiter)
                table, broken = self._parse(block, places)
            lines = _Lines(block, self._text.delimiter, [number for number, _, _ in broken])
            bad = [(lines.of_record(number), text, why) for number, text, why in broken]
            bad += [(line, "", why) for line, why in block.broken]
            yield Batch(table, self.rows, block.has_nul, sorted(bad), lines.of_rows)
            self.rows += table.num_rows + len(bad)

    def _parse(self, block: Block, places: dict[str, int]) -> tuple[pa.Table, list[tuple[int, str, str]]]:
        broken: list[tuple[int, str, str]] = []

        def note(row: pa_csv.InvalidRow) -> str:
            why = f"the row has {row.actual_columns} cells, the header {row.expected_columns}"
            broken.append((row.number or 0, row.text, why))
            return "skip"

        keys = [f"c{index}" for index in range(len(self.columns))]
        # A table of one column would lose its blank rows silently: they are rows without a key, and ours need one.
        table = pa_csv.read_csv(
            pa.BufferReader(block.data),
            pa_csv.ReadOptions(column_names=keys, block_size=len(block.data) + 1, use_threads=False),
            pa_csv.ParseOptions(delimiter=self._text.delimiter, newlines_in_values=True, invalid_row_handler=note),
            pa_csv.ConvertOptions(
                column_types={keys[place]: pa.string() for place in places.values()},
                include_columns=[keys[place] for place in places.values()],
                null_values=[""],
                strings_can_be_null=True,
                check_utf8=False,
            ),
        )
        return table.rename_columns(list(places)), broken

    def _read_parquet(self, places: dict[str, int]) -> Iterator[Batch]:
        columns = [self.columns[place] for place in places.values()]
        try:
            for raw in self._parquet.iter_batches(PARQUET_ROWS, columns=columns):
                table = pa.table({name: _as_text(raw.column(self.columns[place])) for name, place in places.items()})
                first = self.rows
                has_nul = any(_contains(table.column(i), "\0") for i in range(table.num_columns))
                yield Batch(table, first, has_nul, line_of=partial(_counted_from, first))
                self.rows += table.num_rows
        except (pa.ArrowInvalid, OSError) as error:
            raise ImportRefused(f"{self._source.name} is damaged: {str(error).splitlines()[0][:200]}") from error


def _counted_from(first: int, rows: NDArray[np.int64]) -> list[int]:
    return [first + int(row) + 1 for row in rows]


class _Lines:
    """Line numbers of a block's rows, found out only when somebody asks."""

    def __init__(self, block: Block, delimiter: str, skipped: list[int]) -> None:
        self._block, self._delimiter = block, delimiter
        self._skipped = np.array(sorted(skipped), dtype=np.int64)  # record numbers of unreadable rows, from 1
        self._starts: list[int] | None = None

    def of_record(self, number: int) -> int:
        if self._starts is None:
            self._starts = record_lines(self._block.data, self._delimiter)
        offset = self._starts[number - 1] if 0 < number <= len(self._starts) else 0
        return self._block.first_line + offset

    def of_rows(self, rows: NDArray[np.int64]) -> list[int]:
        found = []
        for row in rows:
            number = int(row) + 1
            for skipped in self._skipped:
                if skipped <= number:
                    number += 1
            found.append(self.of_record(number))
        return found


def _open_parquet(source: SourceFile) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(source.path)
    except (pa.ArrowInvalid, OSError) as error:
        raise ImportRefused(f"{source.name} is damaged: {str(error).splitlines()[0][:200]}") from error


def _as_text(column: pa.Array) -> pa.Array:
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.dictionary_decode()
        kind = column.type
    if pa.types.is_nested(kind) or pa.types.is_binary(kind):
        return pa.nulls(len(column), pa.string())
    if pa.types.is_floating(kind):  # 12.0 is the number 12; NaN is how data frames say blank
        column = pc.if_else(pc.is_nan(column), None, column)
        whole = pc.equal(column, pc.floor(column))
        as_int = pc.cast(pc.if_else(whole, column, None), pa.int64(), safe=False)
        text = pc.coalesce(pc.cast(as_int, pa.string()), pc.cast(column, pa.string()))
    elif pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        text = pc.strftime(pc.cast(column, pa.timestamp("s")), format="%Y-%m-%d")
    else:
        text = pc.cast(column, pa.string())
    return pc.if_else(pc.equal(text, ""), None, text)


def _contains(column: pa.ChunkedArray, text: str) -> bool:
    return bool(pc.any(pc.match_substring(column, text)).as_py())
