"""The fourth layer: whether it is a time at which the recipient may be reached, in every zone and state of theirs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from headhaul.compliance.choices import Outcome, Purpose
from headhaul.compliance.judging.cases import Case
from headhaul.compliance.judging.clocks import local, place
from headhaul.compliance.judging.rows import Span
from headhaul.compliance.judging.schedules import Band
from headhaul.compliance.judging.telling import clock, deny, listed
from headhaul.compliance.judging.windows import NO_COMMON_WINDOW, is_open, next_open
from headhaul.compliance.judging.words import Reason

_KINDS = ("federal", "state", "unknown", "country", "firm", "platform")


def is_timed(case: Case) -> bool:
    """Whether hours hold: not for tests and confirmations, nor for a mailed answer, nor for mail to nowhere."""
    if case.purpose in (Purpose.TEST, Purpose.NOTICE) or (case.purpose == Purpose.REPLY and not case.is_phone):
        return False
    return case.is_phone or bool(case.zones) or case.firm.platform_quiet == "utc"


def opens(case: Case, at: datetime) -> datetime | None:
    """The first moment from `at` on that all hours allow."""
    return next_open(case.hours_at(at), case.zones, at=at)


def windows(case: Case) -> Iterator[Reason]:
    """L3: the hours. Somebody whose zone nobody knows is neither called nor texted."""
    case.evidence["local"] = {zone: there.isoformat(timespec="minutes") for zone, there in case.clocks}
    if not is_timed(case):
        return
    if case.is_phone and not case.zones:
        said = "Their time zone is not known, so it may be night there. Set the contact's time zone first."
        yield deny("L3", "unknown_zone", said)
        return
    case.evidence["windows"] = _windows(case)
    if is_open(case.hours, case.zones, at=case.at):
        return
    until = opens(case, case.at)
    if until is None:
        said = (
            "No time of the next 14 days is allowed in all the places they may be in."
            " Correct the number, the address of the company or the time zone that was entered."
        )
        yield deny("L3", NO_COMMON_WINDOW, said)
        return
    shut = [*_shut(case)]
    for kind in _KINDS:
        of_kind = [each for each in shut if each.band.kind == kind]
        if of_kind:
            yield _reason(case, kind, of_kind, until)


class Shut(NamedTuple):
    """A band that is closed now, its hours of that day, and the first zone where it is closed."""

    band: Band
    span: Span | None
    zone: str
    there: datetime


def _shut(case: Case) -> Iterator[Shut]:
    for number, band in enumerate(case.hours.bands):
        clocks = case.clocks if band.kind != "platform" else ()
        for zone, there in (*clocks, (band.clock, local(case.at, band.clock))) if band.clock else clocks:
            span = case.hours.spans(there.date())[number]
            if span is None or not span[0] <= there.hour * 60 + there.minute < span[1]:
                yield Shut(band, span, zone, there)
                break


def _reason(case: Case, kind: str, shut: list[Shut], until: datetime) -> Reason:
    first = shut[0]
    begin = max(each.span[0] if each.span else 1 for each in shut)
    end = min(each.span[1] if each.span else 0 for each in shut)
    hours = f"only {clock(begin)} to {clock(end)} that day" if begin < end else "not at all that day"
    names = listed([each.band.code for each in shut][:6] + [f"{len(shut) - 6} more"] * (len(shut) > 6))
    by = {
        "federal": f"Federal law allows {case.name}",
        "state": f"The law of {names} {'allows' if len(shut) == 1 else 'leaves'} {case.name}",
        "unknown": f"Their state is not known, so the strictest hours hold: {case.name}",
        "country": f"Where they are ({names}), {case.name} are allowed",
        "firm": f"The hours of the settings leave {case.name}",
        "platform": f"The settings hold everything overnight in UTC, and leave {case.name}",
    }[kind]
    rule = "platform_quiet" if kind == "platform" else "quiet_hours"
    may_be = ", where they may be" if len(case.clocks) > 1 and kind != "platform" else ""
    said = f"It is {first.there:%H:%M} in {place(first.zone)}{may_be}. {by} {hours}: next {case.there(until)}."
    return Reason(rule, "L3", Outcome.DEFER, said, until, first.band.cite)


def _windows(case: Case) -> dict[str, dict[str, str]]:
    """The hours of every band on every local date that it is somewhere: {"2026-12-08": {"TX": "09:05-20:45"}}."""
    days = {there.date() for _, there in case.clocks} or {case.at.astimezone(UTC).date()}
    return {day.isoformat(): case.hours.told(day) for day in sorted(days)}
