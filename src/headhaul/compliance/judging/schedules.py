"""The hours that hold for somebody: of every state and country they may be in, of the firm, and of the platform."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

import holidays

from headhaul.compliance.judging.clocks import DAY_MINUTES, STEPS, pieces
from headhaul.compliance.judging.firm import Firm
from headhaul.compliance.judging.rows import PHONE, HoursRow, Span
from headhaul.compliance.judging.rules import Rules

PLATFORM_HOURS = (8 * 60, 21 * 60)  # in UTC


@dataclass(frozen=True, slots=True)
class Band:
    """One rule's hours for one channel. `clock`: they are those of this zone wherever the recipient is."""

    code: str
    kind: str  # federal, unknown, state, country, firm or platform
    row: HoursRow | None = None
    channel: str = ""
    span: Span | None = None  # of a rule that knows no days
    opens_late: int = 0
    closes_early: int = 0
    clock: str = ""
    cite: str = ""

    def on(self, day: date) -> Span | None:
        """Its hours on a local date, margins taken off; None where there are none."""
        if self.row is None:
            return self.span
        week = self.row.weeks[self.channel]
        if week.closed_on_holidays and is_holiday(week.calendar, day):
            return None
        span = week.of(day.weekday())
        if span is None:
            return None
        begin, end = span[0] + self.opens_late, span[1] - self.closes_early
        return (begin, end) if begin < end else None


@dataclass(frozen=True, slots=True, eq=False)
class Schedule:
    """All bands together. Days that were looked at are remembered: a hundred thousand plans ask for the same few."""

    bands: tuple[Band, ...]
    _spans: dict[tuple[str, date], Span | None] = field(default_factory=dict)
    _open: dict[tuple[tuple[str, ...], date], int] = field(default_factory=dict)
    _bands_on: dict[date, tuple[Span | None, ...]] = field(default_factory=dict)

    def open_steps(self, zones: tuple[str, ...], day: date) -> int:
        """The five-minute steps of a UTC day in which all of it is open in all zones, a bit each."""
        key = (zones, day)
        found = self._open.get(key)
        if found is None:
            found = (1 << STEPS) - 1
            for zone in dict.fromkeys(zones):
                found &= self._steps_of(zone, "", day)
            for clock in dict.fromkeys(band.clock for band in self.bands if band.clock):
                found &= self._steps_of(clock, clock, day)
            if len(self._open) > 8_192:
                self._open.clear()
            self._open[key] = found
        return found

    def spans(self, day: date) -> tuple[Span | None, ...]:
        """The hours of every band on a local date."""
        found = self._bands_on.get(day)
        if found is None:
            found = self._bands_on[day] = tuple(band.on(day) for band in self.bands)
        return found

    def told(self, day: date) -> dict[str, str]:
        """The same, for the receipt."""
        spans = zip(self.bands, self.spans(day), strict=True)
        return {f"{'country ' * (band.kind == 'country')}{band.code}": _told(span) for band, span in spans}

    def _steps_of(self, zone: str, clock: str, day: date) -> int:
        steps = 0
        for first, there, minute, count in pieces(zone, day):
            span = self._span(clock, there)
            if span is None:
                continue
            begin = max(0, -(-(span[0] - minute) // 5))
            end = min(count, -(-(span[1] - minute) // 5))
            if begin < end:
                steps |= ((1 << (end - begin)) - 1) << (first + begin)
        return steps

    def _span(self, clock: str, day: date) -> Span | None:
        """What all bands leave of a local date: of the zones', or of those that are read on one clock."""
        key = (clock, day)
        if key not in self._spans:
            begin, end = 0, DAY_MINUTES
            for band, hours in zip(self.bands, self.spans(day), strict=True):
                if (band.clock == clock) if clock else (band.kind != "platform"):
                    span = hours or (0, 0)
                    begin, end = max(begin, span[0]), min(end, span[1])
            self._spans[key] = (begin, end) if begin < end else None
        return self._spans[key]


@lru_cache(maxsize=8_192)
def schedule(rules: Rules, states: tuple[str, ...], countries: tuple[str, ...], channel: str, firm: Firm) -> Schedule:
    """Which bands hold. Laws speak of texts and calls; of e-mail only the firm does."""
    bands = [*_legal(rules, states, countries, channel)] if channel in PHONE else []
    if channel in PHONE:
        bands.append(Band("firm", "firm", span=(firm.end_hour * 60, firm.begin_hour * 60)))
    elif firm.for_email:
        bands.append(Band("firm", "firm", span=(firm.email_from_hour * 60, firm.email_until_hour * 60)))
    if firm.platform_quiet == "utc":
        bands.append(Band("platform", "platform", span=PLATFORM_HOURS, clock="UTC"))
    return Schedule(tuple(bands))


def _legal(rules: Rules, states: tuple[str, ...], countries: tuple[str, ...], channel: str) -> list[Band]:
    rows = []
    for code in countries:
        abroad = rules.country(code).hours
        if abroad is not None:
            rows.append(abroad)
            continue
        of_states = [rules.states[state] for state in dict.fromkeys(states) if state in rules.states]
        rows += [rules.federal, *of_states] if states else [rules.federal, rules.unknown]
    return [
        Band(
            code=row.code,
            kind=row.kind,
            row=row,
            channel=channel,
            opens_late=rules.opens_minutes,
            closes_early=rules.closes_minutes,
            clock=row.clock,
            cite=row.origin.cite,
        )
        for row in dict.fromkeys(rows)
    ]


@lru_cache(maxsize=4_096)
def _told(span: Span | None) -> str:
    return f"{span[0] // 60:02}:{span[0] % 60:02}-{span[1] // 60:02}:{span[1] % 60:02}" if span else "closed"


def is_holiday(calendar: tuple[str, str], day: date) -> bool:
    """Whether it is a public holiday of a country, or of one of its states."""
    return day in _holidays(calendar, day.year)


@lru_cache(maxsize=1_024)
def _holidays(calendar: tuple[str, str], year: int) -> frozenset[date]:
    country, subdivision = calendar
    if country not in holidays.list_supported_countries(include_aliases=False):
        return frozenset()
    return frozenset(holidays.country_holidays(country, subdiv=subdivision or None, years=year))
