"""The routing rules as a page shows them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from headhaul import preferences
from headhaul.accounts.regions import NAMES
from headhaul.accounts.selectors.pages import fetch
from headhaul.capture.choices import OPEN_STATUSES
from headhaul.capture.models import OutOfOffice, RoutingVersion
from headhaul.capture.preferences import LeadOwners
from headhaul.capture.schemas.routing import (
    AwayRow,
    LeadRouting,
    OutOfOfficeSet,
    RoutingRule,
    RoutingTaker,
    RoutingVersionRow,
    RuleRow,
    TakerRow,
)
from headhaul.capture.schemas.words import Person
from headhaul.kernel import NotFound
from headhaul.pipeline.working_days import current, start_of
from headhaul.security.models import User

_OPEN = """
select owner_id, count(*) as n from capture_lead
where owner_id = any(%s) and status = any(%s) and not is_spam and merged_into_id is null group by owner_id
"""
_TODAY = """
select rule_key, owner_id, count(*) as n from capture_routingdecision
where owner_id = any(%s) and decided_at >= %s group by rule_key, owner_id
"""
_OTHERWISE = {
    "capturer": "whoever took it down, or the owner of the event",
    "event": "the owner of the event",
    "nobody": "nobody",
}
VERSIONS = 20


def in_force(*, at: datetime) -> LeadRouting:
    """The rules in their order, with what their takers have."""
    versions = list(RoutingVersion.objects.select_related("saved_by").order_by("-number")[:VERSIONS])
    rules = [RoutingRule.model_validate(rule) for rule in versions[0].rules] if versions else []
    ids = sorted({taker.user_id for rule in rules for taker in rule.takers})
    users = {user.pk: user for user in User.objects.filter(pk__in=ids)}
    day = current().today(at)
    held = {row["owner_id"]: row["n"] for row in fetch(_OPEN, [ids, sorted(OPEN_STATUSES)])}
    since = start_of(day, current().zone)
    got = {(row["rule_key"], row["owner_id"]): row["n"] for row in fetch(_TODAY, [ids, since])}
    absences = OutOfOffice.objects.select_related("user", "stand_in").filter(ends_on__gte=day).order_by("starts_on")
    away = {row.user_id: row for row in absences if row.starts_on <= day}
    return LeadRouting(
        version=versions[0].number if versions else 0,
        rules=[_rule(rule, users, held, got, away) for rule in rules],
        otherwise=f"Where no rule speaks, a lead goes to {_OTHERWISE[preferences.get(LeadOwners).otherwise]}.",
        away=[_away(row) for row in absences],
        versions=[
            RoutingVersionRow(
                number=row.number,
                saved_at=row.saved_at,
                saved_by=row.saved_by.get_full_name() if row.saved_by else "",
                note=row.note,
            )
            for row in versions
        ],
    )


def away_of(user_id: int, *, at: datetime) -> OutOfOfficeSet:
    """The absences of a user that go on or are to come."""
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        raise NotFound("There is no such user.", fields={"userId": "unknown"})
    day = current().today(at)
    rows = OutOfOffice.objects.select_related("user", "stand_in").filter(user_id=user_id, ends_on__gte=day)
    return OutOfOfficeSet(user=_person(user), away=[_away(row) for row in rows.order_by("starts_on", "pk")])


def conditions(rule: RoutingRule) -> list[str]:
    """What a rule asks, in words."""
    said = [
        ("in", [NAMES.get(code, code) for code in rule.regions]),
        ("in", rule.states),
        ("segment", [one.label for one in rule.segments]),
        ("class", [one.label for one in rule.grades]),
        ("source", rule.sources),
        ("at a", [one.label.lower() for one in rule.event_kinds]),
        ("event", [str(key) for key in rule.event_ids]),
    ]
    return [f"{word} {' or '.join(values)}" for word, values in said if values] or ["every lead"]


def _rule(rule: RoutingRule, users: Any, held: Any, got: Any, away: dict[int, OutOfOffice]) -> RuleRow:
    return RuleRow(
        key=rule.key,
        name=rule.name,
        is_active=rule.is_active,
        conditions=conditions(rule),
        regions=rule.regions,
        states=rule.states,
        segments=[str(one) for one in rule.segments],
        grades=[str(one) for one in rule.grades],
        sources=rule.sources,
        event_kinds=[str(one) for one in rule.event_kinds],
        event_ids=rule.event_ids,
        takers=[_taker(rule.key, taker, users, held, got, away) for taker in rule.takers],
    )


def _taker(
    key: str, taker: RoutingTaker, users: dict[int, User], held: Any, got: Any, away: dict[int, OutOfOffice]
) -> TakerRow:
    user, absence = users.get(taker.user_id), away.get(taker.user_id)
    until: date | None = absence.ends_on if absence else None
    stand_in = _person(absence.stand_in) if absence and absence.stand_in else None
    return TakerRow(
        user=_person(user) if user else Person(id=taker.user_id, name=f"user {taker.user_id}"),
        is_active=bool(user and user.is_active),
        per_day=taker.per_day,
        most_open=taker.most_open,
        open_now=held.get(taker.user_id, 0),
        got_today=got.get((key, taker.user_id), 0),
        away_until=until,
        stand_in=stand_in,
    )


def _away(row: OutOfOffice) -> AwayRow:
    return AwayRow(
        id=row.pk,
        user=_person(row.user),
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        stand_in=_person(row.stand_in) if row.stand_in else None,
        note=row.note,
    )


def _person(user: User) -> Person:
    return Person(id=user.pk, name=user.get_full_name())
