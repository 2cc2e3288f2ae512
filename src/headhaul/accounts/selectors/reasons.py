"""Why a carrier is on the ranked list, in few words: the supply that was matched, the rise, the need."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from headhaul.carriers.choices import Demand
from headhaul.carriers.selectors.signals import headline
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
    near_miles = match_settings().near_miles
    return [[headline(row, near_miles), *_rise(row), *_need(row["demand_mask"])] for row in rows]


def _rise(row: dict[str, Any]) -> list[str]:
    before = row["previous_n"]
    if not row["is_spike"] or not before:
        return []
    return [f"Drivers {before:,} → {row['n']:,} in a week"]


@cache
def _need(demand_mask: int) -> tuple[str, ...]:
    return tuple(words for bit, words in _NEED.items() if demand_mask >> bit & 1)
