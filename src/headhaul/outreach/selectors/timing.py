"""When the next step is due: its delay, then the sequence's own hours and days on the recipient's clock.

Where somebody may be in several zones, the hours have to suit all of them. The law's hours are compliance's; these only
narrow them. Everything is walked on UTC instants, so that nights of changing clocks do not matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from headhaul.kernel.holidays import federal_holidays
from headhaul.kernel.zones import is_zone, zone_info
from headhaul.outreach.choices import DelayUnit
from headhaul.outreach.schemas.common import WEEKDAYS
from headhaul.outreach.schemas.steps import DelayView, OptionsView, StepView

MAINLAND = ("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles")
"""Where somebody is taken to be of whom nobody knows it: hours that suit all four suit nearly everybody."""
_DAYS_AHEAD = 30
_ROUNDS = 60


@dataclass(frozen=True, slots=True)
class Hours:
    """The hours and days in which a touch may go."""

    opens: time
    closes: time
    days: frozenset[int]
    skips_holidays: bool

    def allows(self, moment: datetime, zone: str) -> bool:
        """Whether this moment is within them there."""
        local = moment.astimezone(zone_info(zone))
        return self.allows_day(local.date()) and self.opens <= local.time() < self.closes

    def allows_day(self, day: date) -> bool:
        """Whether anything goes on this date."""
        return day.weekday() in self.days and not (self.skips_holidays and day in federal_holidays(day.year))

    def opening(self, moment: datetime, zone: str) -> datetime | None:
        """The first moment after this one at which they begin there."""
        day = moment.astimezone(zone_info(zone)).date()
        for ahead in range(_DAYS_AHEAD):
            each = day + timedelta(days=ahead)
            begins = datetime.combine(each, self.opens, tzinfo=zone_info(zone)).astimezone(UTC)
            if self.allows_day(each) and begins > moment:
                return begins
        return None


def hours_of(step: StepView, options: OptionsView) -> Hours:
    """The hours of a step: its own, or those of the sequence."""
    window = step.window or options.window
    days = frozenset(WEEKDAYS.index(day) for day in step.weekdays or options.weekdays)
    return Hours(_clock(window.opens), _clock(window.closes), days, options.skip_holidays)


def plausible(zones: Sequence[str]) -> tuple[str, ...]:
    """The zones to reckon with; the mainland's when none is known."""
    return tuple(zone for zone in dict.fromkeys(zones) if is_zone(zone)) or MAINLAND


def after(delay: DelayView, moment: datetime, zone: str, *, skips_holidays: bool = True) -> datetime:
    """The moment that lies a delay after another one, on the clock of a zone: three days later at the same hour."""
    if not delay.amount:
        return moment
    if delay.unit is DelayUnit.HOURS:
        return moment + timedelta(hours=delay.amount)
    local = moment.astimezone(zone_info(zone))
    day = local.date() + timedelta(days=delay.amount) if delay.unit is DelayUnit.DAYS else _worked(
        local.date(), delay.amount, skips_holidays
    )  # fmt: skip
    later = datetime.combine(day, local.time(), tzinfo=zone_info(zone)).astimezone(UTC)
    return max(later, moment)


@lru_cache(maxsize=65_536)
def next_open(hours: Hours, zones: tuple[str, ...], moment: datetime) -> datetime:
    """The first moment from this one on that lies in the hours of all zones.

    Where zones are so far apart that no hour suits all, those of the first, likeliest one decide.
    """
    at = moment
    for _ in range(_ROUNDS):
        shut = [zone for zone in zones if not hours.allows(at, zone)]
        if not shut:
            return at
        openings = [hours.opening(at, zone) for zone in shut]
        if any(opening is None for opening in openings):
            return moment
        at = max(opening for opening in openings if opening is not None)
        if at - moment > timedelta(days=_DAYS_AHEAD):
            break
    return next_open(hours, zones[:1], moment) if len(zones) > 1 else moment


def _worked(day: date, count: int, skips_holidays: bool) -> date:
    left = count
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5 and not (skips_holidays and day in federal_holidays(day.year))
    return day


def _clock(text: str) -> time:
    return time.fromisoformat(text)
