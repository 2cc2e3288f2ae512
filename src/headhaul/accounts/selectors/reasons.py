"""Why a carrier is on the ranked list, in few words: the supply that was matched, the rise, the need."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from headhaul.carriers.choices import Demand, Equipment
from headhaul.carriers.services.tuning import match_settings

_NEED = {
    Demand.UNSEATED_TRUCKS: "Trucks without drivers",
    Demand.FLEET_GROWTH: "Growing fleet",
    Demand.HIGH_UTILISATION: "High mileage a truck",
    Demand.LEASES_DRIVERS: "Leases drivers",
    Demand.NEW_AUTHORITY: "Growing age of the business",
    Demand.PRIVATE_FLEET: "Private fleet",
    Demand.HIRING_POSTS: "Advertises for drivers",
    Demand.INSPECTION_GROWTH: "More inspections, more miles",
    Demand.DRIVER_OUT_OF_SERVICE: "Needs qualified drivers",
}


def reasons_of(rows: Sequence[dict[str, Any]]) -> list[list[str]]:
    """For each row of signals: the supply in one line, then a strong rise, then what speaks for a need."""
    miles = f"{match_settings().near_miles:g}"
    return [[supply(row, miles), *_rise(row), *_need(row)] for row in rows]


def supply(row: dict[str, Any], miles: str) -> str:
    """ "38 reefer drivers within 100 miles, 95 in all; 12 active this week"."""
    kinds = [kind.label.lower() for kind in Equipment if row["equipment_mask"] >> kind & 1]
    of = " or ".join(kinds) + " " if 1 <= len(kinds) <= 2 else ""
    close = f"{row['near']:,} {of}drivers within {miles} miles" if row["near"] else f"{row['n']:,} {of}drivers fit"
    total = f", {row['n']:,} in all" if row["n"] > row["near"] > 0 else ""
    return f"{close}{total}; {row['active7'] or 'none'} active this week"


def _rise(row: dict[str, Any]) -> list[str]:
    before = row["previous_n"]
    if not row["is_spike"] or not before:
        return []
    return [f"Drivers {before:,} → {row['n']:,} in a week"]


def _need(row: dict[str, Any]) -> list[str]:
    return [words for bit, words in _NEED.items() if row["demand_mask"] >> bit & 1]
