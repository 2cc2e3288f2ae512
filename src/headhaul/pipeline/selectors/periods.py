"""Months, quarters and years of the firm: the one place that says where they begin and end.

A close date is a date and belongs to a period as a date. A moment belongs to the day it was in the firm's zone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from headhaul import preferences
from headhaul.kernel import InvalidData
from headhaul.pipeline.choices import Period
from headhaul.pipeline.preferences import ForecastSettings
from headhaul.pipeline.schemas.periods import PeriodChoice, PeriodShown
from headhaul.pipeline.working_days import current, start_of

MONTHS = {Period.MONTH: 1, Period.QUARTER: 3, Period.YEAR: 12}


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of days: from `starts_on` until before `ends_on`, in the firm's zone."""

    starts_on: date
    ends_on: date
    zone: tzinfo

    @property
    def since(self) -> datetime:
        """The first moment of it."""
        return start_of(self.starts_on, self.zone)

    @property
    def until(self) -> datetime:
        """The first moment after it."""
        return start_of(self.ends_on, self.zone)

    @property
    def last_day(self) -> date:
        """The last day that belongs to it."""
        return self.ends_on - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class PeriodSpan(Span):
    """A month, quarter or year."""

    kind: Period
    fiscal_start: int

    def moved(self, periods: int) -> PeriodSpan:
        """The period so many later, or earlier."""
        return period_of(
            self.kind,
            add_months(self.starts_on, periods * MONTHS[self.kind]),
            zone=self.zone,
            fiscal_start=self.fiscal_start,
        )

    @property
    def label(self) -> str:
        """November 2026, Q4 2026 or 2026; a fiscal year is called by the year in which it ends."""
        if self.kind is Period.MONTH:
            return f"{self.starts_on:%B %Y}"
        first = add_months(self.starts_on, -((self.starts_on.month - self.fiscal_start) % 12))
        year = str(first.year) if self.fiscal_start == 1 else f"FY{first.year + 1}"
        if self.kind is Period.YEAR:
            return year
        return f"Q{((self.starts_on.month - self.fiscal_start) % 12) // 3 + 1} {year}"

    def shown(self, *, at: datetime) -> PeriodShown:
        """As answers carry it."""
        return PeriodShown(
            period=self.kind,
            starts_on=self.starts_on,
            ends_on=self.last_day,
            label=self.label,
            timezone=str(self.zone),
            is_over=self.until <= at,
            previous=self.moved(-1).starts_on,
            next=self.ends_on,
        )


def add_months(first_of_month: date, months: int) -> date:
    """The first of the month so many months on."""
    years, month = divmod(first_of_month.year * 12 + first_of_month.month - 1 + months, 12)
    return date(years, month + 1, 1)


def period_of(kind: Period, day: date, *, zone: tzinfo, fiscal_start: int) -> PeriodSpan:
    """The period of that kind in which a day lies."""
    length = MONTHS[kind]
    first = add_months(day.replace(day=1), -((day.month - fiscal_start) % length))
    return PeriodSpan(first, add_months(first, length), zone, kind, fiscal_start)


def called(span: Span) -> Span:
    """The month, quarter or year that these days are, from the first to the last; else the days themselves."""
    fiscal_start = preferences.get(ForecastSettings).fiscal_year_start_month
    for kind in Period:
        found = period_of(kind, span.starts_on, zone=span.zone, fiscal_start=fiscal_start)
        if (found.starts_on, found.ends_on) == (span.starts_on, span.ends_on):
            return found
    return span


def span_of(chosen: PeriodChoice, *, at: datetime) -> PeriodSpan:
    """The period that was asked for: by a day in it, by its distance from the current one, or the current one."""
    if chosen.starts_on is not None and chosen.offset is not None:
        raise InvalidData("Name the period by startsOn or by offset, not both.", fields={"offset": "leave it out"})
    settings, calendar = preferences.get(ForecastSettings), current()
    day = chosen.starts_on or calendar.today(at)
    kind = chosen.period or settings.period
    found = period_of(kind, day, zone=calendar.zone, fiscal_start=settings.fiscal_year_start_month)
    return found.moved(chosen.offset) if chosen.offset else found
