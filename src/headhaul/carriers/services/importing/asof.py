"""The day a file speaks for: said by whoever imports it, written in its name, or that of its newest facts."""

from __future__ import annotations

import calendar
import re
from datetime import date

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAY = re.compile(r"(?<!\d)(20\d\d)[-_.]?(0[1-9]|1[0-2])[-_.]?(0[1-9]|[12]\d|3[01])(?!\d)")
_NAMED_MONTH = re.compile(rf"(?<!\d)(20\d\d)[-_.]?({'|'.join(_MONTHS)})")
_MONTH = re.compile(r"(?<!\d)(20\d\d)[-_.](0[1-9]|1[0-2])(?!\d)")


def date_in_name(name: str, *, today: date) -> date | None:
    """A day or month in a file's name: 20260914, 2026-09-14, 2024_08_06, 2016sep. A month counts as its last day."""
    text = name.lower()
    try:
        if day := _DAY.search(text):
            return min(date(int(day[1]), int(day[2]), int(day[3])), today)
        if month := _NAMED_MONTH.search(text) or _MONTH.search(text):
            year = int(month[1])
            number = int(month[2]) if month[2].isdigit() else _MONTHS.index(month[2]) + 1
            return min(date(year, number, calendar.monthrange(year, number)[1]), today)
    except ValueError:
        return None
    return None
