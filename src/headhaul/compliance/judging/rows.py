"""What a row of the rules says, read strictly: a row that names no source, or hours that cannot be, is refused."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from headhaul.compliance.judging.clocks import known

PHONE = ("sms", "call", "ai_call")
_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5][05])-([01]\d|2[0-4]):([0-5][05])")
_DAYS = ("weekdays", "saturday", "sunday")
_CONFIDENCE = ("high", "medium", "low")
Span = tuple[int, int]  # minutes of the day, half-open


class InvalidRules(ValueError):
    """A rule set that cannot be used; the message names the row."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a row is from, when somebody looked, and how sure that is."""

    cite: str
    source: str
    verified_on: date
    confidence: str


@dataclass(frozen=True, slots=True)
class Week:
    """Hours of Monday to Friday, Saturday and Sunday, and whether holidays are days like others."""

    weekdays: Span | None
    saturday: Span | None
    sunday: Span | None
    closed_on_holidays: bool
    calendar: tuple[str, str]  # of `holidays`: country and subdivision

    def of(self, weekday: int) -> Span | None:
        """The hours of a day that is no holiday; Monday is 0."""
        return (self.saturday if weekday == 5 else self.sunday) if weekday >= 5 else self.weekdays


@dataclass(frozen=True, slots=True)
class RollingCap:
    """How often somebody in a state may be reached within some hours."""

    state: str
    count: int
    hours: int
    channels: tuple[str, ...]
    cite: str


@dataclass(frozen=True, slots=True, eq=False)
class HoursRow:
    """Hours of a state, of all, or of a country abroad. `clock`: the zone they are read in, where the law says one."""

    code: str
    kind: str  # federal, unknown, state or country
    weeks: Mapping[str, Week]  # by channel
    origin: Origin
    clock: str = ""
    caps: tuple[RollingCap, ...] = ()
    written_consent: tuple[str, ...] = ()
    scrub: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class CountryRow:
    """On what grounds people of a country may be written to. `hours` is None for the United States: states have it."""

    code: str
    name: str
    email: str
    members: frozenset[str]
    tlds: frozenset[str]
    states: frozenset[str]
    bases: frozenset[str]
    expires_days: Mapping[str, int]
    hours: HoursRow | None
    origin: Origin
    notes: tuple[str, ...] = ()


def origin_of(row: Mapping[str, Any], *, name: str) -> Origin:
    """Its source. Raises InvalidRules where one of the four is missing."""
    for field in ("cite", "source", "confidence"):
        if not isinstance(row.get(field), str) or not row[field].strip():
            raise InvalidRules(f"{name}: say its `{field}`.")
    if not isinstance(row.get("verified_on"), date):
        raise InvalidRules(f"{name}: say as `verified_on` the date on which somebody looked.")
    if row["confidence"] not in _CONFIDENCE:
        raise InvalidRules(f"{name}: `confidence` is one of {', '.join(_CONFIDENCE)}.")
    return Origin(row["cite"], row["source"], row["verified_on"], row["confidence"])


def hours_row(row: Mapping[str, Any], *, code: str, kind: str, country: str = "US") -> HoursRow:
    """A row with hours. Channels may have their own in a table of their name."""
    clock = row.get("clock", "")
    if clock and not known((clock,)):
        raise InvalidRules(f"{code}: {clock!r} is no time zone.")
    origin = origin_of(row, name=code)
    caps = tuple(
        RollingCap(code, int(cap["count"]), int(cap["hours"]), tuple(cap["channels"]), origin.cite)
        for cap in row.get("caps", [])
    )
    subdivision = code if kind == "state" and row.get("calendar", "state") == "state" else ""
    return HoursRow(
        code=code,
        kind=kind,
        weeks={c: _week({**row, **row.get(c, {})}, name=code, calendar=(country, subdivision)) for c in PHONE},
        origin=origin,
        clock=clock,
        caps=caps,
        written_consent=tuple(row.get("written_consent", ())),
        scrub=tuple(row.get("scrub", ())),
        notes=tuple(row.get("notes", ())),
    )


def country_row(row: Mapping[str, Any]) -> CountryRow:
    """A row of a country."""
    code = row.get("code", "")
    origin = origin_of(row, name=f"country {code}")
    if row.get("email") not in ("opt_out", "consent", "basis"):
        raise InvalidRules(f"country {code}: `email` is opt_out, consent or basis.")
    return CountryRow(
        code=code,
        name=row["name"],
        email=row["email"],
        members=frozenset(row.get("members", ())) | {code},
        tlds=frozenset(row.get("tlds", ())),
        states=frozenset(row.get("states", ())),
        bases=frozenset(row.get("bases", ())),
        expires_days=dict(row.get("expires_days", {})),
        hours=hours_row(row, code=code, kind="country", country=code) if "weekdays" in row else None,
        origin=origin,
        notes=tuple(row.get("notes", ())),
    )


def _week(row: Mapping[str, Any], *, name: str, calendar: tuple[str, str]) -> Week:
    if row.get("holidays") not in ("closed", "usual"):
        raise InvalidRules(f"{name}: `holidays` is closed or usual.")
    weekdays, saturday, sunday = (_span(row.get(day), name=f"{name}, {day}") for day in _DAYS)
    return Week(weekdays, saturday, sunday, closed_on_holidays=row["holidays"] == "closed", calendar=calendar)


def _span(text: Any, *, name: str) -> Span | None:
    if text == "":
        return None
    found = _HOURS.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise InvalidRules(f'{name}: hours are written "08:00-21:00" in steps of five minutes, "" for none.')
    begin, end = int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4])
    if not begin < end <= 24 * 60:
        raise InvalidRules(f"{name}: the hours end before they begin.")
    return begin, end
