"""What the gallery shows: believable values for every component."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

AT = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ExampleCarrier:
    """A row as the lists show it."""

    dot_number: int
    name: str
    city: str
    state: str
    score: float
    change: float
    urgency: str
    is_new: bool
    drivers: int
    segment: str
    equipment: tuple[str, ...]
    reason: str
    trend: tuple[float, ...]


CARRIERS = (
    ExampleCarrier(
        158121, "Blue Mesa Refrigerated Lines", "Amarillo", "TX", 87, 12, "high", True, 412, "mid_market",
        ("reefer", "dry_van"), "38 reefer drivers within 100 miles", (61, 64, 63, 70, 75, 81, 87),
    ),
    ExampleCarrier(
        2213470, "Ozark & Sons Flatbed", "Springfield", "MO", 74, 3, "medium", False, 156, "regional",
        ("flatbed", "heavy_haul", "dry_van", "bulk", "tanker"), "11 trucks without a driver",
        (70, 71, 70, 72, 74, 73, 74),
    ),
    ExampleCarrier(
        90412, "Great Lakes Liquid Transport Cooperative of Wisconsin", "Fond du Lac", "WI", 58, -2, "low", False, 41,
        "small_fleet", ("tanker",), "9 of 41 drivers active this week", (60, 61, 61, 59, 58, 58, 58),
    ),
    ExampleCarrier(
        3310027, "Cascade Livestock", "Yakima", "WA", 43, 0, "low", False, 6, "owner_operator",
        ("livestock", "bus"), "6 drivers in the region", (),
    ),
)  # fmt: skip

COLOURS = (
    "paper", "paper-raised", "paper-sunken", "ink", "ink-soft", "ink-faint", "accent", "accent-wash", "good-wash",
    "warn-wash", "bad-wash", "info-wash",
)  # fmt: skip

SUPPLY = {
    "TX": 1240, "OK": 610, "NM": 190, "KS": 322, "CO": 145, "AR": 260, "LA": 88, "MO": 402, "AZ": 61, "TN": 33,
    "CA": 9, "GA": 14,
}  # fmt: skip


def gallery() -> dict[str, Any]:
    """The context of the gallery page."""
    days = [date(2026, 11, 22) - timedelta(days=offset) for offset in range(89, -1, -1)]
    scores = [round(54 + index * 0.33 + (index * 7 % 11) - 5, 1) for index in range(90)]
    drivers = [180 + index * 2 + (index * 13 % 17) for index in range(90)]
    history = {
        "days": [f"{day:%b} {day.day}" for day in days],
        "threshold": 55,
        "series": [
            {"name": "Score", "values": scores, "max": 100},
            {"name": "Matched drivers", "values": drivers, "max": None},
        ],
    }
    rows = [[f"{day:%b} {day.day}", score, count] for day, score, count in zip(days, scores, drivers, strict=True)]
    return {
        "at": AT,
        "carriers": CARRIERS,
        "colours": COLOURS,
        "supply": SUPPLY,
        "history": history,
        "history_rows": list(reversed(rows)),
        "an_hour_ago": AT - timedelta(minutes=71),
    }
