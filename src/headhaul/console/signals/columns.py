"""The columns of the signals list: which there are, and which are shown."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """A column one may pick. `sort` is the wire name of its order, where there is one."""

    key: str
    label: str
    sort: str = ""
    is_number: bool = True
    by_default: bool = True


COLUMNS = (
    Column("driver_count", "Drivers", sort="drivers"),
    Column("near_count", "Close by"),
    Column("active_this_week", "Active this week"),
    Column("headline", "Why now", is_number=False, by_default=False),
    Column("equipment", "Equipment", is_number=False),
    Column("segment", "Size class", is_number=False, by_default=False),
    Column("fleet_size", "Trucks", sort="fleet"),
    Column("confidence", "Confidence", is_number=False, by_default=False),
    Column("prospect", "Prospect", is_number=False),
)


def picked(wanted: list[str]) -> list[Column]:
    """The columns asked for in the order of the list; the usual ones when none is."""
    chosen = [column for column in COLUMNS if column.key in wanted]
    return chosen or [column for column in COLUMNS if column.by_default]
