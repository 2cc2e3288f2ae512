"""The federal holidays of the United States, on the days they are observed (5 U.S.C. 6103)."""

from __future__ import annotations

from datetime import date
from functools import lru_cache


@lru_cache(maxsize=256)
def federal_holidays(year: int) -> frozenset[date]:
    """The working days of this year on which federal holidays are observed: a Saturday's on Friday."""
    import holidays  # a fifth of a second of loading that most processes never need

    return frozenset(
        day for day in holidays.country_holidays("US", years=year) if day.year == year and day.weekday() < 5
    )
