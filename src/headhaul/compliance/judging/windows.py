"""When somebody may be reached: now, or next. Walked on UTC instants, so that no night of changing clocks matters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from headhaul.compliance.judging.clocks import STEP, STEPS, known
from headhaul.compliance.judging.firm import Firm
from headhaul.compliance.judging.jurisdiction import countries_with
from headhaul.compliance.judging.rules import Rules, current
from headhaul.compliance.judging.schedules import Schedule, schedule

AHEAD = timedelta(days=14)
NO_COMMON_WINDOW = "no_common_window"


def next_allowed(
    zones: tuple[str, ...],
    states: tuple[str, ...],
    channel: str,
    *,
    at: datetime,
    country: str = "",
    settings: Mapping[str, Any] | None = None,
    rules: Rules | None = None,
) -> datetime | None:
    """The first moment from `at` on, within 14 days, at which every hour rule allows; None where there is none.

    A text or call to somebody whose zone nobody knows is never allowed. An e-mail is, at once.
    """
    places = known(zones)
    if not places and channel != "email":
        return None
    law, firm = rules or current(), Firm.of(settings or {})
    hours = hours_of(places, states, countries_with(country, states, law), channel, at=at, firm=firm, rules=law)
    return next_open(hours, places, at=at)


def closes_at(
    zones: tuple[str, ...],
    states: tuple[str, ...],
    channel: str,
    *,
    at: datetime,
    country: str = "",
    settings: Mapping[str, Any] | None = None,
    rules: Rules | None = None,
) -> datetime | None:
    """The first moment from `at` on, today or tomorrow, at which an hour rule forbids; None where none does."""
    law, firm, places = rules or current(), Firm.of(settings or {}), known(zones)
    hours = hours_of(places, states, countries_with(country, states, law), channel, at=at, firm=firm, rules=law)
    moment = at.astimezone(UTC)
    day, skip = moment.date(), _step(moment)
    for _ in range(2):
        shut = ~hours.open_steps(places, day) >> skip & (1 << STEPS - skip) - 1
        if shut:
            step = skip + (shut & -shut).bit_length() - 1
            return max(moment, datetime(day.year, day.month, day.day, tzinfo=UTC) + step * STEP)
        day, skip = day + timedelta(days=1), 0
    return None


def hours_of(
    zones: tuple[str, ...],
    states: tuple[str, ...],
    countries: tuple[str, ...],
    channel: str,
    *,
    at: datetime,
    firm: Firm,
    rules: Rules,
) -> Schedule:
    """The hours that hold for somebody. Those for e-mail are a wish of ours: where they never meet, they are none."""
    found = schedule(rules, states, countries, channel, firm)
    if channel == "email" and firm.for_email and next_open(found, zones, at=at) is None:
        return schedule(rules, states, countries, channel, replace(firm, for_email=False))
    return found


def is_open(hours: Schedule, zones: tuple[str, ...], *, at: datetime) -> bool:
    """Whether all hours allow this moment."""
    moment = at.astimezone(UTC)
    return bool(hours.open_steps(zones, moment.date()) >> _step(moment) & 1)


def next_open(hours: Schedule, zones: tuple[str, ...], *, at: datetime) -> datetime | None:
    """`at` if it is open, else the first open five-minute step within 14 days."""
    moment = at.astimezone(UTC)
    if is_open(hours, zones, at=moment):
        return at
    day, skip = moment.date(), _step(moment) + 1
    for _ in range(AHEAD.days + 1):
        left = hours.open_steps(zones, day) >> skip
        if left:
            step = skip + (left & -left).bit_length() - 1
            opens = datetime(day.year, day.month, day.day, tzinfo=UTC) + step * STEP
            return opens if opens <= moment + AHEAD else None
        day, skip = day + timedelta(days=1), 0
    return None


def _step(moment: datetime) -> int:
    return (moment.hour * 60 + moment.minute) // 5
