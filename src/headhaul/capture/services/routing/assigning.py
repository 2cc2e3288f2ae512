"""Deciding whose a lead is, and writing down why."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import connection

from headhaul import preferences
from headhaul.accounts.models import Account
from headhaul.accounts.regions import region_of
from headhaul.capture.choices import Grade, RoutedBy
from headhaul.capture.models import CaptureEvent, Lead, RoutingDecision, RoutingVersion
from headhaul.capture.preferences import LeadOwners
from headhaul.capture.schemas.routing import RoutingRule
from headhaul.capture.services.routing import choosing
from headhaul.capture.services.routing.choosing import Circumstances, Decision, Subject
from headhaul.capture.services.routing.desk import LiveDesk
from headhaul.kernel import Actor

_TURN = """
insert into capture_routingturn as t (rule_key, user_id, last_at, given, serial)
values (%(rule)s, %(user)s, %(at)s, 1, (select coalesce(max(serial), 0) + 1 from capture_routingturn))
on conflict (rule_key, user_id) do update
set last_at = excluded.last_at, given = t.given + 1, serial = excluded.serial
"""


def rules_in_force() -> tuple[int | None, list[RoutingRule]]:
    """The version and its rules; None and nothing before any was saved."""
    row = RoutingVersion.objects.order_by("-number").first()
    if row is None:
        return None, []
    return row.number, [RoutingRule.model_validate(rule) for rule in row.rules]


def subject_of(
    *, account: Account | None, state: str, segment: str, grade: Grade, source: str, event: CaptureEvent | None
) -> Subject:
    """What rules ask, of a lead of this account."""
    place = (account.state if account else "") or state
    region = (account.region if account else "") or region_of(place)
    size = (account.segment if account else "") or segment
    kind, event_id = (event.kind, event.pk) if event else ("", None)
    return Subject(place, region, size, grade.value, source, kind, event_id)


def case_of(
    *,
    subject: Subject,
    account: Account | None,
    event: CaptureEvent | None,
    capturer_id: int | None,
    is_present: bool,
) -> Circumstances:
    """What a decision rests on. `is_present`: the capturer took the lead down themselves."""
    return Circumstances(
        subject=subject,
        account_owner_id=account.owner_id if account else None,
        account=account.name if account else "",
        event_owner_id=event.owner_id if event else None,
        event=event.name if event else "",
        capturer_id=capturer_id,
        is_present=is_present,
    )


def decide(case: Circumstances, *, at: datetime) -> tuple[Decision, int | None]:
    """Whose it is, and the version of the rules where they were asked.

    Choosing by rules is done one after the other, so that two leads of one moment go to two people.
    """
    version, rules = rules_in_force()
    decision = choosing.decide(rules, case, LiveDesk(at=at), otherwise=preferences.get(LeadOwners).otherwise)
    if decision.turn_of is not None:
        _count(decision, at=at)
    return replace(decision, case=case), None if decision.by is RoutedBy.ACCOUNT else version


def keep(*, lead: Lead, decision: Decision, version: int | None, at: datetime, by: Actor) -> None:
    """Write the decision down, and what it rests on."""
    RoutingDecision.objects.create(
        lead=lead,
        version_number=version,
        rule_key=decision.rule_key,
        by=decision.by.value,
        owner_id=decision.owner_id,
        why=decision.why,
        passed_over=decision.passed_over,
        case=decision.case.as_json() if decision.case else None,
        decided_at=at,
        decided_by_id=by.user_id,
    )


def _count(decision: Decision, *, at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_TURN, {"rule": decision.rule_key, "user": decision.turn_of, "at": at})
