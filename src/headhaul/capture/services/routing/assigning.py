"""Deciding whose a lead is, and writing down why."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from headhaul import preferences
from headhaul.accounts.models import Account
from headhaul.accounts.regions import region_of
from headhaul.capture.choices import Grade, RoutedBy
from headhaul.capture.models import CaptureEvent, Lead, RoutingDecision, RoutingVersion
from headhaul.capture.preferences import LeadOwners
from headhaul.capture.schemas.routing import RoutingRule
from headhaul.capture.services.routing.choosing import Decision, Desk, Subject, choose
from headhaul.capture.services.routing.desk import LiveDesk
from headhaul.kernel import Actor

_SPACE = "capture_routing"
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


def decide(
    *,
    subject: Subject,
    account: Account | None,
    event: CaptureEvent | None,
    capturer_id: int | None,
    at: datetime,
) -> tuple[Decision, int | None]:
    """Whose it is: the account's owner's first, then by the rules, then as the settings say. And the rules' version.

    Choosing by rules is done one after the other, so that two leads of one moment go to two people.
    """
    desk = LiveDesk(at=at)
    if account is not None and account.owner_id is not None and desk.works(account.owner_id):
        return _of_account(account.owner_id, account.name, desk), None
    version, rules = rules_in_force()
    if any(rule.is_active for rule in rules):
        hold()
        decision = choose(rules, subject, LiveDesk(at=at))
        if decision is not None and decision.owner_id is not None:
            _count(decision, at=at)
            return decision, version
        if decision is not None:
            rest = _otherwise(event, desk, capturer_id=capturer_id)
            return Decision(
                rest.owner_id, rest.by, f"{decision.why} {rest.why}", passed_over=decision.passed_over
            ), version
    return _otherwise(event, desk, capturer_id=capturer_id), version


def of_history(account: Account, *, at: datetime) -> Decision:
    """A lead of the past is whose the account is; nobody's turn is used up for it."""
    desk = LiveDesk(at=at)
    if account.owner_id is not None and desk.works(account.owner_id):
        return Decision(account.owner_id, RoutedBy.ACCOUNT, f"{account.name} is {desk.name(account.owner_id)}’s.")
    return Decision(None, RoutedBy.NOBODY, "It came in as history, and nobody has the account.")


def keep(*, lead: Lead, decision: Decision, version: int | None, at: datetime, by: Actor) -> None:
    """Write the decision down."""
    RoutingDecision.objects.create(
        lead=lead,
        version_number=version,
        rule_key=decision.rule_key,
        by=decision.by.value,
        owner_id=decision.owner_id,
        why=decision.why,
        passed_over=decision.passed_over,
        decided_at=at,
        decided_by_id=by.user_id,
    )


def hold() -> None:
    """Nobody else chooses until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext(%s), 0)", [_SPACE])


def _count(decision: Decision, *, at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_TURN, {"rule": decision.rule_key, "user": decision.turn_of, "at": at})


def _of_account(owner_id: int, account: str, desk: Desk) -> Decision:
    away = desk.away(owner_id)
    name = desk.name(owner_id)
    if away is not None and away[1] is not None and desk.works(away[1]) and desk.away(away[1]) is None:
        why = f"{account} is {name}’s, who is away until {away[0]}; {desk.name(away[1])} stands in."
        return Decision(away[1], RoutedBy.STAND_IN, why)
    return Decision(owner_id, RoutedBy.ACCOUNT, f"{account} is {name}’s.")


def _otherwise(event: CaptureEvent | None, desk: Desk, *, capturer_id: int | None) -> Decision:
    chosen = preferences.get(LeadOwners).otherwise
    if chosen == "capturer" and capturer_id is not None and desk.works(capturer_id):
        return Decision(capturer_id, RoutedBy.CAPTURER, f"{desk.name(capturer_id)} took it down.")
    if chosen in ("capturer", "event") and event and event.owner_id is not None and desk.works(event.owner_id):
        return Decision(event.owner_id, RoutedBy.EVENT, f"{desk.name(event.owner_id)} owns {event.name}.")
    return Decision(None, RoutedBy.NOBODY, "No rule fits, so it waits for whoever takes it.")
