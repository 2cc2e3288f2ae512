"""Text columns into typed columns, a whole batch at a time. What cannot be believed marks its row with a reason."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from headhaul.carriers.services.importing.batches import Batch
from headhaul.carriers.services.importing.text import NUL_MARK
from headhaul.kernel.schemas import MAX_DOT_NUMBER

LONGEST_CELL = 500
_TRUE = frozenset({"y", "yes", "true", "t", "1", "x"})
_FALSE = frozenset({"n", "no", "false", "f", "0"})
_MONTHS = {name.upper(): number for number, name in enumerate(calendar.month_abbr) if name}
_DATE_SHAPES = {
    "YYYYMMDD": re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})(?: \d{4})?"),
    "DD-MON-YY": re.compile(r"(?P<d>\d{1,2})-(?P<mon>[A-Za-z]{3})-(?P<yy>\d{2})"),
    "MM/DD/YYYY": re.compile(r"(?P<m>\d{2})/(?P<d>\d{2})/(?P<y>\d{4})"),
    "M/D/YYYY": re.compile(r"(?P<m>\d{1,2})/(?P<d>\d{1,2})/(?P<y>\d{4})"),
    "YYYY-MM-DD": re.compile(r"(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})(?:[T ].*)?"),
}


class Unreadable(ValueError):
    """A cell that is not what its column holds; the message says what it should be."""


@lru_cache(maxsize=50_000)
def parse_date(text: str, shape: str, *, today: date) -> date | None:
    """A date written in exactly this shape; all zeros say blank. Two-digit years lie in the past."""
    match = _DATE_SHAPES[shape].fullmatch(text)
    if match is None:
        if text.strip("0/- ") == "":
            return None
        raise Unreadable(f"should be a date like {shape}")
    parts = match.groupdict()
    month = _MONTHS.get(parts["mon"].upper(), 0) if "mon" in parts else int(parts["m"])
    if "yy" in parts:
        year = today.year // 100 * 100 + int(parts["yy"])
        year -= 100 if year > today.year else 0
    else:
        year = int(parts["y"])
    if (year, month, int(parts["d"])) == (0, 0, 0):
        return None
    try:
        parsed = date(year, month, int(parts["d"]))
    except ValueError:
        raise Unreadable("is not a day of the calendar") from None
    if not 1900 <= parsed.year <= today.year + 5:
        raise Unreadable("lies outside any year we can believe")
    return parsed


def parse_boolean(text: str) -> bool:
    """Yes or no in any of the ways the files say it."""
    word = text.strip().lower()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise Unreadable("should be Y or N")


class Columns:
    """The typed columns of one batch. `bad` maps a row to (column, value, reason); its first fault counts."""

    def __init__(self, batch: Batch, *, dates: str, today: date, is_typed: bool = False) -> None:
        self._table = batch.table
        self._has_nul = batch.has_nul
        self._today = today
        self._shapes = [dates, "YYYY-MM-DD"] if is_typed else [dates]
        self.bad: dict[int, tuple[str, str, str]] = {}
        self.rows: int = batch.table.num_rows

    def has(self, name: str) -> bool:
        """Whether the file has the column."""
        return name in self._table.column_names

    def is_blank(self, name: str) -> bool:
        """Whether no row says anything here."""
        column = self._table.column(name)
        return bool(column.null_count == len(column))

    def raw(self, name: str) -> pa.Array:
        """The column as it is, in one piece; cells that are too long or hold a NUL mark their row."""
        column = self._table.column(name)
        array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
        if isinstance(array, pa.ChunkedArray):
            array = pa.concat_arrays(array.chunks) if array.num_chunks else pa.array([], pa.string())
        lengths = pc.binary_length(array)
        if (pc.max(lengths).as_py() or 0) > LONGEST_CELL:
            self._mark(name, array, pc.greater(lengths, LONGEST_CELL), f"is longer than {LONGEST_CELL} characters")
            array = pc.if_else(pc.greater(lengths, LONGEST_CELL), None, array)
        if self._has_nul:
            has_nul = pc.or_(pc.match_substring(array, NUL_MARK), pc.match_substring(array, "\0"))
            self._mark(name, array, has_nul, "holds a NUL character")
            array = pc.if_else(has_nul, None, array)
        return array

    def text(self, name: str, *, upper: bool = False) -> pa.Array:
        """Text without outer white space, "" for blank."""
        array = pc.fill_null(pc.utf8_trim_whitespace(self.raw(name)), "")
        if pc.any(pc.match_substring_regex(array, r"[\x01-\x1f]")).as_py():
            array = pc.replace_substring_regex(array, r"[\x01-\x1f\s]+", " ")
        return pc.utf8_upper(array) if upper else array

    def key(self, name: str) -> NDArray[np.int64]:
        """USDOT numbers: 1 to 8 digits, zero padded or not. Anything else marks the row; its value is 0 then."""
        array = pc.utf8_trim_whitespace(self.raw(name))
        try:
            numbers = pc.fill_null(_as_numbers(array), 0).to_numpy(zero_copy_only=False)
        except pa.ArrowInvalid:
            clean = pc.match_substring_regex(array, r"^[0-9]{1,12}$")
            numbers = pc.fill_null(pc.cast(pc.if_else(clean, array, None), pa.int64()), 0).to_numpy(
                zero_copy_only=False
            )
        wrong = (numbers < 1) | (numbers > MAX_DOT_NUMBER)
        if wrong.any():
            self._mark(name, array, pa.array(wrong), "should be a USDOT number of 1 to 8 digits")
            numbers = np.where(wrong, 0, numbers)
        return np.asarray(numbers, dtype=np.int64)

    def integer(self, name: str, *, maximum: int = 2_147_483_647) -> pa.Array:
        """Whole numbers of 0 and more, null for blank. 1,234 and 12.0 are numbers too."""
        array = self.raw(name)
        try:
            numbers = _as_numbers(array)
        except pa.ArrowInvalid:
            trimmed = pc.utf8_trim_whitespace(array)
            trimmed = pc.if_else(pc.equal(trimmed, ""), None, trimmed)
            fits = pc.match_substring_regex(trimmed, r"^-?(?:\d{1,3}(?:,\d{3}){1,5}|\d{1,18})(?:\.0*)?$")
            self._mark(name, array, pc.invert(fits), "should be a whole number")
            plain = pc.replace_substring_regex(pc.if_else(fits, trimmed, None), r"\.0*$", "")
            numbers = pc.cast(pc.replace_substring(plain, ",", ""), pa.int64())
        lowest = pc.min(numbers).as_py()
        if lowest is not None and lowest < 0:
            self._mark(name, array, pc.less(numbers, 0), "is negative")
            numbers = pc.if_else(pc.less(numbers, 0), None, numbers)
        highest = pc.max(numbers).as_py()
        if highest is not None and highest > maximum:
            self._mark(name, array, pc.greater(numbers, maximum), f"is above {maximum:,}")
            numbers = pc.if_else(pc.greater(numbers, maximum), None, numbers)
        return numbers

    def real(self, name: str) -> pa.Array:
        """Decimal numbers, null for blank."""
        array = pc.utf8_trim_whitespace(self.raw(name))
        array = pc.if_else(pc.equal(array, ""), None, array)
        fits = pc.match_substring_regex(array, r"^-?(\d{1,12}(\.\d*)?|\.\d+)(?:[eE]-?\d{1,2})?$")
        self._mark(name, array, pc.invert(fits), "should be a number")
        return pc.cast(pc.if_else(fits, array, None), pa.float64())

    def boolean(self, name: str) -> pa.Array:
        """Yes and no, null for blank."""
        return self.mapped(name, parse_boolean, pa.bool_())

    def date(self, name: str) -> pa.Array:
        """Dates in the layout's shape, null for blank."""
        return self.mapped(name, self._parse_date, pa.date32())

    def refuse(self, name: str, where: pa.Array, reason: str, *, keep_value: bool = True) -> None:
        """Mark rows for a reason of the caller's; the report says the value only if it may be kept."""
        self._mark(name, self._table.column(name) if keep_value else pa.nulls(self.rows, pa.string()), where, reason)

    def required(self, name: str, values: pa.Array) -> pa.Array:
        """`values` of the column, where a blank marks the row."""
        blank = pc.is_null(values)
        if pa.types.is_string(values.type):
            blank = pc.or_(blank, pc.equal(values, ""))
        self._mark(name, pa.nulls(len(values), pa.string()), blank, "is blank")
        return values

    def mapped(self, name: str, parse: Callable[[str], Any], kind: pa.DataType) -> pa.Array:
        """Each distinct text through `parse` once; Unreadable marks the rows that hold it."""
        encoded = self.raw(name).dictionary_encode()
        values: list[Any] = []
        faults: dict[int, str] = {}
        for place, text in enumerate(encoded.dictionary.to_pylist()):
            stripped = text.strip()
            try:
                values.append(parse(stripped) if stripped else None)
            except Unreadable as fault:
                values.append(None)
                faults[place] = str(fault)
        for place, reason in faults.items():
            self._mark(name, encoded.dictionary_decode(), pc.equal(encoded.indices, place), reason)
        return pc.take(pa.array(values, kind), encoded.indices)

    def _parse_date(self, text: str) -> dt.date | None:
        for shape in self._shapes[1:]:
            if _DATE_SHAPES[shape].fullmatch(text):
                return parse_date(text, shape, today=self._today)
        return parse_date(text, self._shapes[0], today=self._today)

    def _mark(self, name: str, values: pa.Array, where: pa.Array, reason: str) -> None:
        for row in np.flatnonzero(pc.fill_null(where, False).to_numpy(zero_copy_only=False)):
            self.bad.setdefault(int(row), (name, values[int(row)].as_py() or "", reason))


def _as_numbers(array: pa.Array) -> pa.Array:
    """Text as whole numbers, or ArrowInvalid. Arrow alone would read 0x1F as 31."""
    if pc.any(pc.match_substring(array, "x", ignore_case=True)).as_py():
        raise pa.ArrowInvalid("hexadecimal")
    return pc.cast(array, pa.int64())
