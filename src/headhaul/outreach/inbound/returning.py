"""The day an absence note names for its writer's return."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache

from headhaul.outreach.inbound.automatic import LONGEST, words

_SKIP = r"(?:\s|,|:|the|on|el|am|den|dem|le|dia|next|coming|this|of)*"


def returns_on(text: str, *, on: date, longest_days: int) -> date | None:
    """The day somebody is back, if their note says one that lies ahead and not too far; with several, the last."""
    found = [day for day in _named(text[:LONGEST].casefold().replace("’", "'"), on) if on < day]
    believed = [day for day in found if day - on <= timedelta(days=longest_days)]
    return max(believed, default=None)


def _named(text: str, on: date) -> Iterator[date]:
    for lead, shift in _leads():
        for place in lead.finditer(text):
            day = _date_at(text[place.end() : place.end() + 60], on)
            if day is not None:
                yield day + timedelta(days=shift)


def _date_at(text: str, on: date) -> date | None:
    rest = re.sub(rf"^{_SKIP}", "", text)
    weekday = _weekday(rest)
    after = re.sub(rf"^[^\W\d_]+\.?{_SKIP}", "", rest) if weekday is not None else rest
    return _calendar_day(after, on) or _next_weekday(weekday, on) or _soon(rest, on)


def _calendar_day(text: str, on: date) -> date | None:
    if found := re.match(r"(\d{4})-(\d{1,2})-(\d{1,2})\b", text):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if found := re.match(r"(\d{1,2})([./-])(\d{1,2})(?:[./-](\d{2,4}))?\.?(?!\d|:)", text):
        first, second = int(found[1]), int(found[3])
        is_european = found[2] == "." or first > 12
        month, day = (second, first) if is_european else (first, second)
        return _with_year(month, day, found[4], on)
    if found := re.match(r"([^\W\d_]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?\b(?!:)(?:,?\s*(\d{4}))?", text):
        month_number = words()["months"].get(found[1])
        return _with_year(month_number, int(found[2]), found[3], on) if month_number else None
    if found := re.match(
        r"(\d{1,2})(?:st|nd|rd|th|er|\.)?\s*(?:de |of )?\s*([^\W\d_]+)\.?(?:,?\s*(?:de |del )?(\d{4}))?", text
    ):
        month_number = words()["months"].get(found[2])
        return _with_year(month_number, int(found[1]), found[3], on) if month_number else None
    return None


def _with_year(month: int, day: int, year: str | None, on: date) -> date | None:
    if year:
        number = int(year)
        return _day(number + 2000 if number < 100 else number, month, day)
    this = _day(on.year, month, day)
    return this if this and this >= on - timedelta(days=31) else _day(on.year + 1, month, day)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _weekday(text: str) -> int | None:
    found = re.match(r"[^\W\d_]+", text)
    number = words()["weekdays"].get(found[0]) if found else None
    return None if number is None else int(number)


def _next_weekday(weekday: int | None, on: date) -> date | None:
    return None if weekday is None else on + timedelta(days=(weekday - on.weekday() - 1) % 7 + 1)


def _soon(text: str, on: date) -> date | None:
    if re.match(r"(?:tomorrow|mañana|morgen|demain)\b", text):
        return on + timedelta(days=1)
    if re.match(r"week\b", text):  # "next" is skipped with what leads to a day
        return on + timedelta(days=7 - on.weekday())
    return None


@cache
def _leads() -> tuple[tuple[re.Pattern[str], int], ...]:
    data = words()["returning"]
    return (re.compile(rf"\b{data['on']}\b"), 0), (re.compile(rf"\b{data['after']}\b"), 1)
