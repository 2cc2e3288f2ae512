"""Which days have signals. Nearly every read begins here, so the queries are written out: building them with the
ORM took 0.6 ms, running them takes 0.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from headhaul.carriers.selectors.bar import REACHES, Bar

_COLUMNS = """
day, computed_at, rows, considered, drivers, spikes, (details -> 'above_bar' ->> 'score')::int,
(details -> 'above_bar' ->> 'drivers')::int, (details -> 'above_bar' ->> 'fleet')::int,
(details -> 'above_bar' ->> 'n')::int
"""


@dataclass(frozen=True, slots=True)
class Day:
    """A day and what was counted when it was written; of the bar for prospects, what it was then."""

    day: date
    computed_at: datetime
    rows: int
    considered: int
    drivers: int
    spikes: int
    bar_score: int | None
    bar_drivers: int | None
    bar_fleet: int | None
    above_bar: int | None


def current() -> Day | None:
    """The day that lists show."""
    return _one(f"select {_COLUMNS} from carriers_signalday where is_current", [])


def before(day: date, *, days: int) -> Day | None:
    """The latest day with signals that lies at least so many days back."""
    latest = f"select {_COLUMNS} from carriers_signalday where day <= %s order by day desc limit 1"
    return _one(latest, [day - timedelta(days=days)])


def above_bar(day: Day, *, bar: Bar) -> int:
    """How many carriers of the day reach the bar.

    Counting 500,000 signals takes 180 ms of CPU, so it is done only while the day's own count is of another bar:
    after a change of settings, until the night (services.tallies).
    """
    known = {"score": day.bar_score, "drivers": day.bar_drivers, "fleet": day.bar_fleet}
    if day.above_bar is not None and known == bar.parameters:
        return day.above_bar
    return count_above_bar(day.day, bar=bar)


def count_above_bar(day: date, *, bar: Bar) -> int:
    """The same, counted now."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"select count(*) from carriers_signal s where s.day = %(day)s and {REACHES}",
            bar.parameters | {"day": day},
        )
        return int(cursor.fetchone()[0])


def _one(sql: str, parameters: list[Any]) -> Day | None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        row = cursor.fetchone()
    return Day(*row) if row else None
