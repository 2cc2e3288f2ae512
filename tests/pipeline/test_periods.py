"""Where months, quarters and years begin and end."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headhaul.kernel import InvalidData
from headhaul.pipeline.choices import Period
from headhaul.pipeline.schemas.periods import PeriodChoice
from headhaul.pipeline.selectors.periods import PeriodSpan, period_of, span_of
from headhaul.pipeline.working_days import start_of, today

ZONES = [
    "America/Chicago", "America/New_York", "America/Santiago", "America/Havana", "Asia/Beirut", "Asia/Kolkata",
    "Pacific/Apia", "Pacific/Kiritimati", "Africa/Cairo", "America/Sao_Paulo", "Australia/Lord_Howe", "UTC",
]  # fmt: skip
zones = st.sampled_from(ZONES).map(ZoneInfo)
days = st.dates(date(1995, 1, 1), date(2090, 12, 31))
kinds = st.sampled_from(list(Period))
months = st.integers(1, 12)


@given(kinds, days, zones, months)
def test_a_day_lies_in_exactly_one_period(kind: Period, day: date, zone: ZoneInfo, start: int) -> None:
    found = period_of(kind, day, zone=zone, fiscal_start=start)
    assert found.starts_on <= day < found.ends_on
    assert period_of(kind, found.last_day, zone=zone, fiscal_start=start) == found
    assert found.moved(1).starts_on == found.ends_on
    assert found.moved(-1).ends_on == found.starts_on
    assert found.moved(5).moved(-5) == found


@given(days, zones, months)
def test_months_fill_quarters_and_quarters_fill_the_year(day: date, zone: ZoneInfo, start: int) -> None:
    year = period_of(Period.YEAR, day, zone=zone, fiscal_start=start)
    for kind, count in ((Period.QUARTER, 4), (Period.MONTH, 12)):
        parts = [period_of(kind, year.starts_on, zone=zone, fiscal_start=start).moved(n) for n in range(count)]
        assert (parts[0].starts_on, parts[-1].ends_on) == (year.starts_on, year.ends_on)
        assert all(one.ends_on == other.starts_on for one, other in pairwise(parts))
    assert year.starts_on.month == start


@given(days, zones)
def test_the_first_moment_of_a_day_is_in_it_and_the_one_before_is_not(day: date, zone: ZoneInfo) -> None:
    first = start_of(day, zone)
    if (day, zone.key) == (date(2011, 12, 30), "Pacific/Apia"):  # Samoa left that day out
        return
    assert today(zone, at=first) == day
    assert today(zone, at=first - timedelta(microseconds=1)) < day


@given(st.datetimes(datetime(1995, 1, 2), datetime(2090, 12, 30)), zones, kinds, months)
def test_a_moment_lies_in_the_period_of_its_day_in_the_zone(
    moment: datetime, zone: ZoneInfo, kind: Period, start: int
) -> None:
    at = moment.replace(tzinfo=UTC)
    span = period_of(kind, today(zone, at=at), zone=zone, fiscal_start=start)
    assert span.since <= at < span.until


@pytest.mark.parametrize(
    ("kind", "day", "start", "label"),
    [
        (Period.MONTH, date(2026, 11, 30), 1, "November 2026"),
        (Period.QUARTER, date(2026, 11, 30), 1, "Q4 2026"),
        (Period.YEAR, date(2026, 11, 30), 1, "2026"),
        (Period.QUARTER, date(2026, 11, 30), 10, "Q1 FY2027"),
        (Period.QUARTER, date(2026, 9, 30), 10, "Q4 FY2026"),
        (Period.YEAR, date(2026, 1, 31), 2, "FY2026"),
        (Period.YEAR, date(2026, 2, 1), 2, "FY2027"),
    ],
)
def test_a_period_has_a_name_people_use(kind: Period, day: date, start: int, label: str) -> None:
    assert period_of(kind, day, zone=ZoneInfo("UTC"), fiscal_start=start).label == label


@pytest.mark.django_db
def test_a_period_is_named_by_a_day_or_by_its_distance() -> None:
    at = datetime(2026, 10, 1, 4, 59, tzinfo=UTC)  # still September in Chicago
    current = span_of(PeriodChoice(), at=at)
    assert current == PeriodSpan(date(2026, 7, 1), date(2026, 10, 1), ZoneInfo("America/Chicago"), Period.QUARTER, 1)
    assert span_of(PeriodChoice(offset=1), at=at) == span_of(PeriodChoice(starts_on=date(2026, 12, 24)), at=at)
    assert span_of(PeriodChoice(period=Period.MONTH, offset=-12), at=at).label == "September 2025"
    with pytest.raises(InvalidData):
        span_of(PeriodChoice(offset=0, starts_on=date(2026, 1, 1)), at=at)
