"""Days as people mean them: a date is a date, and where an instant is asked for it begins in the reader's time zone."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

_FROM_TODAY = re.compile(r"([+-])([0-9]{1,4})d")
MORNING = time(9)
"""When a reminder of a day comes."""
FIRST_YEAR, LAST_YEAR = 1900, 2999


@lru_cache(maxsize=1_024)
def zone_named(name: str) -> ZoneInfo | None:
    """The IANA zone of that name, or None when there is none."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def today(at: datetime, zone: tzinfo) -> date:
    """The date on the calendar there at this instant. The only place that turns an instant into a "today"."""
    return at.astimezone(zone).date()


def start_of(day: date, zone: tzinfo) -> datetime:
    """The instant at which a day begins there; where midnight is skipped, that is when the clock jumps over it."""
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def end_of(day: date, zone: tzinfo) -> datetime:
    """The instant at which a day is over there."""
    return start_of(day + timedelta(days=1), zone)


def morning_of(day: date, zone: tzinfo) -> datetime:
    """The instant at which people are reminded there of what is to be done on a day."""
    return datetime.combine(day, MORNING, zone).astimezone(UTC)


def monday_of(day: date) -> date:
    """The first day of its ISO week."""
    return day - timedelta(days=day.weekday())


def resolved(day: str, *, at: datetime, zone: tzinfo) -> date:
    """The date that a `Day` means now, for this reader."""
    found = _FROM_TODAY.fullmatch(day)
    if found:
        days = int(found[2])
        return today(at=at, zone=zone) + timedelta(days=days if found[1] == "+" else -days)
    return today(at=at, zone=zone) if day == "today" else date.fromisoformat(day)


def _written(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) and not isinstance(value, datetime) else value


def _is_day(value: Any) -> str:
    said = "a date such as 2026-11-18, or today, -30d, +7d"
    if not isinstance(value, str):
        raise ValueError(said)
    if value == "today" or _FROM_TODAY.fullmatch(value):
        return value
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise ValueError(said) from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"a year from {FIRST_YEAR} to {LAST_YEAR}")
    return day.isoformat()


def _is_zone(value: str) -> str:
    if value and zone_named(value) is None:
        raise ValueError("the IANA name of a time zone, such as America/Chicago")
    return value


Day = Annotated[
    str,
    BeforeValidator(_written),
    AfterValidator(_is_day),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "format": "date"},
                {"type": "string", "pattern": r"^(today|[+-][0-9]{1,4}d)$"},
            ],
            "description": "A date, or one counted from the reader's today: today, -30d, +7d.",
            "examples": ["2026-11-18"],
        }
    ),
]
"""A date, or one that moves with the calendar, so that a saved view keeps meaning "in the last 30 days"."""

ZoneName = Annotated[
    str,
    AfterValidator(_is_zone),
    WithJsonSchema({"type": "string", "maxLength": 64, "examples": ["America/Chicago"]}),
]
