"""Rows of text as rows of values, by the mapping, with the values that somebody corrected once for all rows."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from headhaul.accounts.ports.imports import ImportField, ImportRow, Kind, Problem
from headhaul.accounts.services.importing import dates
from headhaul.accounts.services.importing.cells import Reader, clean
from headhaul.accounts.services.importing.reading import Line

CLIP = 200
BLANK_WORDS = frozenset(["null", "none", "n/a", "na", "nil", "-", "–", "—", "undefined"])


@dataclass
class Columns:
    """The way from cells to values of one import.

    `orders` says for a column how its dates are written, `fixes` what stands for which word: column → {word: right}.
    """

    places: list[tuple[int, str, ImportField]]  # (place, column, field)
    orders: Mapping[str, str] = field(default_factory=dict)
    fixes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    clears: bool = False  # whether a blank cell empties the field
    zone: tzinfo = UTC

    def __post_init__(self) -> None:
        self._reader = Reader(zone=self.zone)
        self._fixes = {name: {k.strip().lower(): v for k, v in words.items()} for name, words in self.fixes.items()}
        self.column_of = {wanted.key: name for _, name, wanted in reversed(self.places)}

    def read(self, line: Line) -> tuple[ImportRow, list[Problem]]:
        """The row, and what is wrong with its cells. Problems name the column, not the field."""
        row, problems = ImportRow(line.number, {}), []
        if line.broken:
            return row, [Problem("", "", line.broken)]
        for place, column, wanted in self.places:
            text = self._corrected(column, clean(line.cells[place]))
            if not text or (text.lower() in BLANK_WORDS and wanted.kind is not Kind.LONG_TEXT):
                if self.clears and wanted.key not in row.values:
                    row.values[wanted.key] = None
                continue
            try:
                value = self._reader.read(wanted, text, order=self.orders.get(column, dates.MDY))
            except ValueError as fault:
                problems.append(Problem(column, text[:CLIP], f"{wanted.label} {fault}"))
                continue
            if wanted.takes_several and row.values.get(wanted.key):
                known = row.values[wanted.key]
                row.values[wanted.key] = known + [each for each in value if each not in known]
            else:
                row.values[wanted.key] = value
        return row, problems

    def _corrected(self, column: str, text: str) -> str:
        words = self._fixes.get(column)
        return words.get(text.lower(), text) if words else text


def columns_of(
    *, fields: Sequence[ImportField], headers: Sequence[str], mapping: Mapping[str, str], options: Mapping[str, Any]
) -> Columns:
    """The columns of an import as its options say."""
    known = {each.key: each for each in fields}
    return Columns(
        places=[(place, name, known[mapping[name]]) for place, name in enumerate(headers) if mapping.get(name)],
        orders=options.get("date_orders", {}),
        fixes=options.get("value_fixes", {}),
        clears=bool(options.get("clear_blanks")),
        zone=zone_named(options.get("timezone", "")),
    )


def zone_named(name: str) -> tzinfo:
    """The zone, or UTC."""
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


@dataclass(slots=True)
class Seen:
    """What a sample of the file shows of one column."""

    samples: list[str] = field(default_factory=list)
    blank: int = 0
    order: str = dates.ISO
    misfits: Counter[str] = field(default_factory=Counter)


def look(columns: Columns, headers: Sequence[str], lines: Sequence[Line]) -> dict[str, Seen]:
    """Samples, blanks and the order of dates for each column of the file."""
    seen = {name: Seen() for name in headers}
    cells: dict[str, list[str]] = defaultdict(list)
    for line in lines:
        for name, cell in zip(headers, line.cells, strict=False):
            text = clean(cell)
            if not text:
                seen[name].blank += 1
            elif len(seen[name].samples) < 3 and text[:80] not in seen[name].samples:
                seen[name].samples.append(text[:80])
            cells[name].append(text)
    for _, name, wanted in columns.places:
        if wanted.kind in (Kind.DATE, Kind.MOMENT):
            seen[name].order = dates.order_of(cells[name])
    return seen
