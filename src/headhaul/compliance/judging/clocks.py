"""Local time, by one copy of the world's time zones: PyPI's, so that two machines never disagree about an hour.

Systems ship zones of many ages: one that did not hear of a province's permanent time would text people at seven.
"""

from __future__ import annotations

import zoneinfo
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import tzdata

STEP = timedelta(minutes=5)
STEPS = 288  # of a day
DAY_MINUTES = 24 * 60


def pin() -> str:
    """Read zones from PyPI's copy alone from now on; its version."""
    zoneinfo.reset_tzpath(to=[])
    ZoneInfo.clear_cache()
    zone_of.cache_clear()
    return str(tzdata.IANA_VERSION)


@cache
def zone_of(name: str) -> ZoneInfo | None:
    """The zone of that name, None if there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


VERSION = pin()  # here, so that nothing can be judged by the system's copy


def known(names: tuple[str, ...]) -> tuple[str, ...]:
    """Those that are time zones."""
    return tuple(name for name in names if name and zone_of(name) is not None)


def local(at: datetime, zone: str) -> datetime:
    """What the clock shows there."""
    found = zone_of(zone)
    if found is None:
        raise ValueError(f"There is no time zone {zone!r}.")
    return at.astimezone(found)


@lru_cache(maxsize=16_384)
def pieces(zone: str, day: date) -> tuple[tuple[int, date, int, int], ...]:
    """The UTC day as it looks there: (first step, local date, minute of that date, steps), cut where either jumps."""
    begin = datetime(day.year, day.month, day.day, tzinfo=UTC)
    changes = [*_offsets(begin, zone), (STEPS, timedelta(0))]
    found = []
    for (first, offset), (end, _) in pairwise(changes):
        step = first
        while step < end:
            there = begin + step * STEP + offset
            minute = there.hour * 60 + there.minute
            count = min(end - step, (DAY_MINUTES - minute) // 5)
            found.append((step, there.date(), minute, count))
            step += count
    return tuple(found)


def _offsets(begin: datetime, zone: str) -> list[tuple[int, timedelta]]:
    """The offsets of a UTC day, each with the step from which it holds.

    Hour by hour, and step by step where two differ: no zone changes its clocks twice within an hour.
    """
    found = [(0, _offset(begin, zone))]
    for first in range(0, STEPS, 12):
        if _offset(begin + (first + 12) * STEP, zone) != found[-1][1]:
            for step in range(first + 1, min(first + 13, STEPS)):
                offset = _offset(begin + step * STEP, zone)
                found += [(step, offset)] if offset != found[-1][1] else []
    return found


def _offset(at: datetime, zone: str) -> timedelta:
    return local(at, zone).utcoffset() or timedelta(0)


def place(zone: str) -> str:
    """The city that a zone is named for."""
    return zone.rpartition("/")[2].replace("_", " ")


def said(at: datetime, zone: str) -> str:
    """A moment as people there say it: Tue 8 Dec 08:05 CST."""
    there = local(at, zone)
    return f"{there:%a} {there.day} {there:%b} {there:%H:%M} {there:%Z}"
