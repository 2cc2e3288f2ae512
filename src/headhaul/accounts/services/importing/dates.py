"""Dates as people write them. 03/04/2026 is two days; a column's other values say which, or somebody is asked."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, tzinfo

ISO, MDY, DMY, UNCLEAR = "iso", "mdy", "dmy", "unclear"
_SLASHED = re.compile(r"^\s*(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4}|\d{2})(?:[\sT,]+(.+))?$")
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_WRITTEN = re.compile(
    r"^\s*(?:(\d{1,2})[\s\-]+([A-Za-z]{3,9})\.?|([A-Za-z]{3,9})\.?[\s\-]+(\d{1,2}),?)[\s\-,]+(\d{4})$"
)
_CLOCK = re.compile(r"^(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([AaPp]\.?[Mm]\.?)?$")


def order_of(values: Iterable[str]) -> str:
    """iso when nothing is slashed; mdy or dmy when a value proves it; unclear when none does. Proof of both is dmy's
    or mdy's first word: the other values are then refused one by one."""
    proof = ISO
    for value in values:
        found = _SLASHED.match(value)
        if not found:
            continue
        first, second = int(found[1]), int(found[2])
        if first > 12 >= second:
            return DMY
        if second > 12 >= first:
            return MDY
        if first != second:
            proof = UNCLEAR
    return proof


def to_date(text: str, *, order: str) -> date:
    """The day; ValueError says what does not fit."""
    return _split(text, order=order)[0]


def to_moment(text: str, *, order: str, zone: tzinfo) -> datetime:
    """The instant; without a zone in the text it is the reader's, a day alone is its noon."""
    try:
        whole = datetime.fromisoformat(text.strip())
        if re.search(r"\d[T ]\d", text.strip()):
            return whole if whole.tzinfo else whole.replace(tzinfo=zone)
    except ValueError:
        pass
    day, clock = _split(text, order=order)
    hour, minute, second = _clock(clock) if clock else (12, 0, 0)
    return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=zone)


def _split(text: str, *, order: str) -> tuple[date, str]:
    stripped = text.strip()
    try:
        return datetime.fromisoformat(stripped).date(), ""
    except ValueError:
        pass
    if found := _SLASHED.match(stripped):
        first, second, year = int(found[1]), int(found[2]), int(found[3])
        month, day = (second, first) if order == DMY else (first, second)
        return _day(year, month, day), (found[4] or "").strip()
    if found := _WRITTEN.match(stripped):
        name = (found[2] or found[3])[:3].lower()
        if name in _MONTHS:
            return _day(int(found[5]), _MONTHS.index(name) + 1, int(found[1] or found[4])), ""
    raise ValueError("is no date; write it as 2026-03-31")


def _day(year: int, month: int, day: int) -> date:
    full = year if year > 99 else year + (2000 if year < 70 else 1900)
    try:
        return date(full, month, day)
    except ValueError:
        raise ValueError(f"there is no day {day} of month {month} in {full}") from None


def _clock(text: str) -> tuple[int, int, int]:
    found = _CLOCK.match(text.strip())
    if not found:
        raise ValueError("is no time of day; write it as 14:30")
    hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
    if found[4]:
        hour = hour % 12 + (12 if found[4][0] in "pP" else 0)
    if hour > 23 or minute > 59 or second > 59:
        raise ValueError("is no time of day; write it as 14:30")
    return hour, minute, second
