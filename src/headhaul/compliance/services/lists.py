"""The lists that pages and agents read: denials, limits and stops, the rules with their sources."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from headhaul.compliance.judging import rules as judging
from headhaul.compliance.judging.clocks import VERSION
from headhaul.compliance.judging.rows import HoursRow, Origin, Span
from headhaul.compliance.judging.rules import STALE
from headhaul.compliance.schemas.denials import ListSuppressions, SuppressionList, SuppressionRow
from headhaul.compliance.schemas.rules import ComplianceRules, CountryRule, RuleOrigin, StateRule
from headhaul.compliance.schemas.sending import Ban, Hold, ThrottleStatus
from headhaul.compliance.selectors import holds, suppression
from headhaul.compliance.services import caps
from headhaul.kernel.keyset import decode_cursor, encode_cursor

CHANNELS = ("email", "sms", "call")


def suppressions(*, asked: ListSuppressions, at: datetime) -> SuppressionList:
    """Denials, newest first."""
    before = decode_cursor(asked.cursor, sort="newest", types=[int])[0] if asked.cursor else 0
    rows = suppression.rows(
        at=at,
        scope=asked.scope or "",
        channel=asked.channel or "",
        reason=asked.reason or "",
        search=asked.search,
        active=asked.active,
        before=before,
        limit=asked.limit + 1,
    )
    names = SuppressionRow.model_fields.keys()
    shown = [SuppressionRow(**{name: row[name] for name in names}) for row in rows[: asked.limit]]
    more = len(rows) > asked.limit
    return SuppressionList(items=shown, next_cursor=encode_cursor("newest", [shown[-1].id]) if more else None)


def throttle(*, user_id: int | None, at: datetime) -> ThrottleStatus:
    """What is left of every limit now, and what is stopped."""
    limits = {channel: caps.standing(user_id=user_id, channel=channel, at=at) for channel in CHANNELS}
    return ThrottleStatus(
        user_id=user_id,
        limits=[each for found in limits.values() for each in found],
        remaining={
            channel: min(
                (each.remaining for each in found if each.sender_id is None and each.remaining is not None),
                default=None,
            )
            for channel, found in limits.items()
        },
        holds=[Hold(**row) for row in holds.holds()],
    )


def rules(*, on: date) -> ComplianceRules:
    """The rule set in force."""
    law = judging.current()
    states = [law.federal, law.unknown, *(law.states[code] for code in sorted(law.states))]
    return ComplianceRules(
        hash=law.hash,
        tzdata=VERSION,
        states=[line for row in states for line in _lines(row, on)],
        countries=[
            CountryRule(
                code=row.code, name=row.name, email=row.email, notes=list(row.notes), origin=_origin(row.origin, on)
            )
            for row in law.countries.values()
        ],
        bans=[Ban(**row) for row in holds.bans()],
        stale=list(law.stale(on)),
    )


def _lines(row: HoursRow, on: date) -> Iterator[StateRule]:
    """One line, and a second for calls where their hours are others."""
    different = row.weeks["call"] != row.weeks["sms"]
    for channel in ("sms", "call") if different else ("sms",):
        week = row.weeks[channel]
        yield StateRule(
            code=row.code,
            channel=channel if different else "texts and calls",
            weekdays=_hours(week.weekdays),
            saturday=_hours(week.saturday),
            sunday=_hours(week.sunday),
            closed_on_holidays=week.closed_on_holidays,
            clock=row.clock,
            caps=[f"{cap.count} in {cap.hours} hours: {', '.join(cap.channels)}" for cap in row.caps],
            notes=list(row.notes),
            origin=_origin(row.origin, on),
        )


def _hours(span: Span | None) -> str:
    return "" if span is None else "–".join(f"{minutes // 60:02}:{minutes % 60:02}" for minutes in span)


def _origin(origin: Origin, on: date) -> RuleOrigin:
    return RuleOrigin(
        cite=origin.cite,
        source=origin.source,
        verified_on=origin.verified_on,
        confidence=origin.confidence,
        is_stale=on - origin.verified_on > STALE,
    )
