"""Days: which one it is for the firm, which are worked, and how many lie between two instants.

A date is a date. An instant belongs to the date that the firm's zone gives it, and nowhere else is a zone asked.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from headhaul.kernel.holidays import federal_holidays
from headhaul.pipeline.preferences import WorkingTime
from headhaul.preferences.services import values

ONE = timedelta(days=1)


def today(zone: tzinfo, *, at: datetime) -> date:
    """The date it is in a zone. The one way an instant becomes a date here."""
    return at.astimezone(zone).date()


def start_of(day: date, zone: tzinfo) -> datetime:
    """The instant a date begins in a zone, in UTC. Where clocks skip midnight, the first instant there is."""
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Calendar:
    """The firm's zone and the days it works."""

    zone: tzinfo
    week: tuple[bool, ...]
    federal_holidays: bool
    holidays: frozenset[date]

    def today(self, at: datetime) -> date:
        """The firm's date."""
        return today(self.zone, at=at)

    def is_worked(self, day: date) -> bool:
        """Whether the firm works on this date."""
        if not self.week[day.weekday()] or day in self.holidays:
            return False
        return not (self.federal_holidays and day in federal_holidays(day.year))

    def days_between(self, start: datetime, end: datetime) -> int:
        """Working days after the date of `start`, up to and with the date of `end`; 0 when it is not later."""
        return self.days_after(self.today(start), self.today(end))

    def days_after(self, first: date, last: date) -> int:
        """Working days after `first`, up to and with `last`."""
        if last <= first:
            return 0
        total = 0
        for year in range(first.year, last.year + 1):
            worked = _worked(self, year)
            low = bisect_right(worked, first) if year == first.year else 0
            high = bisect_right(worked, last) if year == last.year else len(worked)
            total += high - low
        return total

    def add(self, day: date, count: int) -> date:
        """The date on which `count` working days have passed after `day`, or before it when `count` is negative."""
        step = ONE if count > 0 else -ONE
        left = abs(count)
        while left:
            day += step
            left -= self.is_worked(day)
        return day

    def over_since(self, started: datetime, allowed: int) -> datetime:
        """When more than `allowed` working days had passed since an instant: the start of the date after the last."""
        return start_of(self.add(self.today(started), allowed + 1), self.zone)

    def late_before(self, at: datetime, allowed: int) -> datetime:
        """What started before this instant has had more than `allowed` working days by now.

        So a list compares a column with one instant instead of counting days in every row.
        """
        now = self.today(at)
        day, passed = now, 0
        while True:  # the latest date after which more than `allowed` working days came
            passed += self.is_worked(day)
            day -= ONE
            if passed > allowed:
                return start_of(day + ONE, self.zone)


def current() -> Calendar:
    """The firm's calendar, as the settings say."""
    return calendar_of(values.get(WorkingTime))


def calendar_of(chosen: WorkingTime) -> Calendar:
    """The calendar of these settings."""
    return Calendar(ZoneInfo(chosen.zone), chosen.week, chosen.federal_holidays, frozenset(chosen.holidays))


@lru_cache(maxsize=256)
def _worked(calendar: Calendar, year: int) -> list[date]:
    first = date(year, 1, 1)
    days = (first + timedelta(days=number) for number in range((date(year, 12, 31) - first).days + 1))
    return [day for day in days if calendar.is_worked(day)]
