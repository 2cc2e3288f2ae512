"""Minutes of working time: the firm's days, and the hours between which somebody is there."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from headhaul import preferences
from headhaul.capture.choices import Grade
from headhaul.capture.preferences import LeadSla
from headhaul.pipeline.working_days import Calendar, current


def due_at(*, grade: Grade, at: datetime) -> datetime:
    """Until when a person has to have tried to reach a lead of this class."""
    chosen = preferences.get(LeadSla)
    minutes = {Grade.HOT: chosen.hot_minutes, Grade.WARM: chosen.warm_minutes}.get(grade, chosen.cold_minutes)
    return after(at, minutes=minutes, calendar=current(), opens=chosen.opens_hour, closes=chosen.closes_hour)


def after(at: datetime, *, minutes: int, calendar: Calendar, opens: int, closes: int) -> datetime:
    """When so many minutes of working time have passed since `at`. On the clock's change a day has the hours it has."""
    left = timedelta(minutes=minutes)
    day = calendar.today(at)
    while True:
        if calendar.is_worked(day):
            begins, ends = _at(day, opens, calendar), _at(day, closes, calendar)
            start = max(at, begins)
            if start < ends:
                if start + left <= ends:
                    return start + left
                left -= ends - start
        day += timedelta(days=1)


def _at(day: date, hour: int, calendar: Calendar) -> datetime:
    on = day + timedelta(days=1) if hour == 24 else day
    return datetime.combine(on, time(hour % 24), tzinfo=calendar.zone).astimezone(UTC)
