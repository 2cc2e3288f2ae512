"""The list as CSV: exactly its rows, in its order, safe to open in a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from headhaul.carriers.schemas.signals import SignalFilters, SignalRow
from headhaul.carriers.selectors import signals
from headhaul.carriers.services.tuning import match_settings
from headhaul.kernel.spreadsheets import csv_lines

HEADER = (
    "dot_number", "name", "state", "segment", "fleet_size", "equipment", "score", "previous_score", "drivers",
    "drivers_near", "drivers_active_this_week", "confidence", "urgency", "new", "spike",
    "not_a_prospect_because", "headline",
)  # fmt: skip


def signal_csv(*, asked: SignalFilters, sort: str) -> Iterator[str]:
    """The lines of the file, one at a time; the list is read in pieces while they are sent."""
    near_miles = match_settings().near_miles
    rows = (_cells(signals.signal_row(row, near_miles)) for row in signals.every(asked=asked, sort=sort))
    return csv_lines(HEADER, rows)


def first_lines(*, asked: SignalFilters, sort: str, most: int) -> tuple[str, bool]:
    """(the header and the first rows as one text, whether that is all)."""
    lines = list(islice(signal_csv(asked=asked, sort=sort), most + 2))
    return "".join(lines[: most + 1]), len(lines) <= most + 1


def _cells(row: SignalRow) -> tuple[object, ...]:
    return (
        row.dot_number,
        row.name,
        row.state,
        row.segment,
        row.fleet_size,
        " ".join(row.equipment),
        row.score,
        row.previous_score,
        row.driver_count,
        row.near_count,
        row.active_this_week,
        row.confidence,
        row.urgency,
        "yes" if row.is_new else "",
        "yes" if row.is_spike else "",
        " ".join(row.gates),
        row.headline,
    )
