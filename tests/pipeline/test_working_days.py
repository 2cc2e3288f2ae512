"""The firm's calendar against a naive count, day by day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from headhaul.pipeline.preferences import WorkingTime
from headhaul.pipeline.working_days import Calendar, calendar_of, federal_holidays, start_of, today

ZONES = ["America/Chicago", "America/New_York", "America/Phoenix", "UTC", "Asia/Kolkata", "America/Sao_Paulo"]
instants = st.datetimes(datetime(2020, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))
weeks = st.tuples(*[st.booleans()] * 7).filter(any)
days_off = st.frozensets(st.dates(date(2020, 1, 1), date(2027, 12, 31)), max_size=5)
calendars = st.builds(Calendar, st.sampled_from(ZONES).map(ZoneInfo), weeks, st.booleans(), days_off)
CHICAGO = calendar_of(WorkingTime())


def counted(calendar: Calendar, start: datetime, end: datetime) -> int:
    """Every date from the one after the first up to the last, asked one by one."""
    day, last, total = start.astimezone(calendar.zone).date(), end.astimezone(calendar.zone).date(), 0
    while day < last:
        day += timedelta(days=1)
        off = calendar.federal_holidays and day in federal_holidays(day.year)
        total += calendar.week[day.weekday()] and day not in calendar.holidays and not off
    return total


@given(calendars, instants, instants)
@example(CHICAGO, datetime(2026, 3, 8, 7, 59, tzinfo=UTC), datetime(2026, 3, 9, 5, 0, tzinfo=UTC))  # clocks go on
@example(CHICAGO, datetime(2026, 11, 1, 5, 30, tzinfo=UTC), datetime(2026, 11, 2, 6, 0, tzinfo=UTC))  # and back
def test_days_between_are_those_counted_one_by_one(calendar: Calendar, start: datetime, end: datetime) -> None:
    assert calendar.days_between(start, end) == counted(calendar, start, end)


@given(calendars, instants, instants, st.integers(1, 40))
def test_one_instant_tells_who_is_late(calendar: Calendar, started: datetime, at: datetime, allowed: int) -> None:
    late = calendar.days_between(started, at) > allowed
    assert (started < calendar.late_before(at, allowed)) == late
    assert (at >= calendar.over_since(started, allowed)) == late


@given(st.dates(date(1990, 1, 1), date(2040, 12, 31)), st.sampled_from(ZONES).map(ZoneInfo))
def test_a_date_begins_at_its_first_instant(day: date, zone: ZoneInfo) -> None:
    begins = start_of(day, zone)
    assert today(zone, at=begins) == day
    assert today(zone, at=begins - timedelta(seconds=1)) < day


@pytest.mark.parametrize(
    ("year", "days"),
    [
        (2026, "01-01 01-19 02-16 05-25 06-19 07-03 09-07 10-12 11-11 11-26 12-25"),
        (2021, "01-01 01-18 02-15 05-31 06-18 07-05 09-06 10-11 11-11 11-25 12-24 12-31"),
        (2022, "01-17 02-21 05-30 06-20 07-04 09-05 10-10 11-11 11-24 12-26"),
        (2020, "01-01 01-20 02-17 05-25 07-03 09-07 10-12 11-11 11-26 12-25"),
    ],
)
def test_federal_holidays_are_those_that_were_published(year: int, days: str) -> None:
    """As the Office of Personnel Management lists them, on the days they are observed."""
    assert [f"{day:%m-%d}" for day in sorted(federal_holidays(year))] == days.split()


def test_a_weekend_and_a_holiday_do_not_count() -> None:
    wednesday, monday = datetime(2026, 11, 25, 18, tzinfo=UTC), datetime(2026, 11, 30, 18, tzinfo=UTC)
    assert CHICAGO.days_between(wednesday, monday) == 2  # Friday and Monday: Thursday is Thanksgiving


def test_a_week_without_a_working_day_is_refused() -> None:
    days = ["monday", "tuesday", "wednesday", "thursday", "friday"]
    with pytest.raises(ValueError, match="at least one day"):
        WorkingTime.model_validate(dict.fromkeys(days, False))
    with pytest.raises(ValueError, match="IANA"):
        WorkingTime.model_validate({"zone": "Mars/Olympus"})
