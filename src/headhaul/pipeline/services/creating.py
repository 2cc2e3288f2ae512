"""Opening an opportunity: with its account, its owner, and what the signals say on that day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection

from headhaul.accounts.choices import AccountStatus, CustomEntity
from headhaul.accounts.selectors.accounts import visible
from headhaul.accounts.selectors.pages import Conditions, fetch
from headhaul.accounts.services import custom as custom_fields
from headhaul.accounts.services import signals
from headhaul.activities.services.live import CHANNEL
from headhaul.kernel import Actor, InvalidData, NotFound, Role
from headhaul.pipeline.choices import RuleTrigger, StageKind
from headhaul.pipeline.models import Opportunity, Stage
from headhaul.pipeline.required import missing_fields
from headhaul.pipeline.selectors.stages import book, pipeline_of
from headhaul.pipeline.services import checking, committee, events, following
from headhaul.pipeline.services.changing import BLANK_FOR_NONE, COMMITTEE, TRACKED, history_of, stored
from headhaul.pipeline.working_days import current

_ACCOUNT = """
select a.id, a.name, a.owner_id, a.status, x.day, x.score_hundredths, x.driver_count
from accounts_account a left join accounts_accountscore x on x.account_id = a.id where {where}
"""
_NEW = [field for field in Opportunity._meta.concrete_fields if not field.primary_key]
_INSERT = f"""
with entered as (
    select id from pipeline_stage where id = %s and is_active for key share
), opened as (
    insert into pipeline_opportunity ({", ".join(str(field.column) for field in _NEW)})
    select {", ".join(f"%s::{field.db_type(connection)}" for field in _NEW)} from entered returning id
), noted as (
    insert into pipeline_opportunitychange (
        opportunity_id, version, field, old, new, valid_from, recorded_at, changed_by_id, batch_id)
    select opened.id, 1, h.field, null, h.new::jsonb, %s, %s, %s, %s
    from opened, unnest(%s::text[], %s::text[]) as h(field, new)
)
select id, pg_notify(%s, json_build_object('topic', 'pipeline', 'opportunity', id, 'version', 1)::text) from opened
"""


def create(
    *,
    account_id: int,
    values: Mapping[str, Any],
    at: datetime,
    by: Actor,
    stage: str | None = None,
    pipeline_id: int | None = None,
    valid_from: datetime | None = None,
    batch_id: str = "",
) -> Opportunity:
    """Open one for an account that the actor sees. `values` are by column, as for a change.

    Without an owner among them it is the account's owner's, or the actor's. Raises as a change does.
    """
    checking.check_time(valid_from, at=at)
    account, stages = _account(account_id, by=by), book()
    pipeline = pipeline_of(pipeline_id)
    entered = stages.find(pipeline.pk, stage) if stage else stages.first_open(pipeline.pk)
    given: dict[str, Any] = {
        name: "" if value is None and name in BLANK_FOR_NONE else value for name, value in values.items()
    }
    people = sorted(set(given.pop(COMMITTEE, None) or []))
    given["custom"] = custom_fields.validated(CustomEntity.OPPORTUNITY, given.get("custom") or {}, is_new=True)
    given["custom"] = {key: value for key, value in given["custom"].items() if value is not None}
    is_said = "owner_id" in given
    if not is_said:
        given["owner_id"] = _owner(account["owner_id"], by=by)
    opportunity = _opened(given, account, entered, since=valid_from or at, at=at, by=by)
    if is_said:
        checking.check_owner(before=None, after=opportunity.owner_id, by=by)
    _check(opportunity, entered, people)
    _write(opportunity, entered, at=at, by=by, batch_id=batch_id)
    if people:
        committee.replace(opportunity.pk, people, at=at)
    _follow(opportunity, account, entered, at=at, by=by, batch_id=batch_id)
    return opportunity


def account_of(*, dot_number: int, at: datetime, by: Actor) -> int:
    """The account of a carrier, opened if there is none."""
    found = fetch("select id from accounts_account where dot_number = %s", [dot_number])
    if found:
        return int(found[0]["id"])
    return signals.open_prospect(dot_number=dot_number, owner_id=by.user_id, at=at, by=by).account.pk


def _account(account_id: int, *, by: Actor) -> dict[str, Any]:
    narrowed = Conditions()
    visible(narrowed, by=by)
    narrowed.add("a.id = %s", account_id)
    found = fetch(_ACCOUNT.format(where=narrowed.where), narrowed.parameters)
    if not found:
        raise NotFound(f"There is no account {account_id}.", fields={"accountId": "an account that you see"})
    return found[0]


def _owner(account_owner: int | None, *, by: Actor) -> int | None:
    """The account's owner, as long as they work accounts; otherwise whoever opens it, if they do."""
    if account_owner is not None and (account_owner == by.user_id or checking.can_own(account_owner)):
        return account_owner
    works = by.role is not None and by.role.allows(Role.REP)
    return by.user_id if works else None


def _opened(
    given: Mapping[str, Any], account: Mapping[str, Any], stage: Stage, *, since: datetime, at: datetime, by: Actor
) -> Opportunity:
    ends = stage.kind != StageKind.OPEN
    values: dict[str, Any] = {"name": account["name"], "category": stage.category} | {
        name: value for name, value in given.items() if value is not None
    }
    if ends:
        values |= {"category": stage.category, "category_is_set": False}
        values.setdefault("close_on", current().today(since))
    return Opportunity(
        **values,
        account_id=account["id"],
        pipeline_id=stage.pipeline_id,
        stage_id=stage.pk,
        kind=stage.kind,
        signal_day=account["day"],
        signal_score_hundredths=account["score_hundredths"],
        signal_drivers=account["driver_count"],
        stage_entered_at=since,
        opened_at=since,
        closed_at=since if ends else None,
        created_at=at,
        created_by_id=by.user_id,
        updated_at=at,
    )


def _check(opportunity: Opportunity, stage: Stage, people: list[int]) -> None:
    if stage.kind != StageKind.LOST and opportunity.lost_reason:
        raise InvalidData("A reason for losing belongs to what is lost.", fields={"lostReason": "leave it out"})
    if opportunity.decision_maker_id is not None:
        checking.check_decision_maker(opportunity.decision_maker_id, account_id=opportunity.account_id)
    checking.check_committee(people, account_id=opportunity.account_id)
    facts = {field.attname: getattr(opportunity, field.attname) for field in _NEW}
    missing = missing_fields(stage, facts)
    if missing:
        raise checking.fields_required(stage, missing)


def _write(opportunity: Opportunity, stage: Stage, *, at: datetime, by: Actor, batch_id: str) -> None:
    known = {name: (None, getattr(opportunity, name)) for name in TRACKED}
    first = {name: pair for name, pair in known.items() if pair[1] not in (None, "")}
    fields, _, new = history_of(first)
    row = [stored(field.attname, getattr(opportunity, field.attname)) for field in _NEW]
    with connection.cursor() as cursor:
        noted = [opportunity.opened_at, at, by.user_id, batch_id, fields, new]
        cursor.execute(_INSERT, [stage.pk, *row, *noted, CHANNEL])
        made = cursor.fetchone()
    if made is None:
        raise book(fresh=True).gone(stage)
    opportunity.pk = made[0]
    opportunity._state.adding = False


def _follow(
    opportunity: Opportunity, account: Mapping[str, Any], stage: Stage, *, at: datetime, by: Actor, batch_id: str
) -> None:
    if stage.kind == StageKind.WON:
        following.raise_status(opportunity, AccountStatus.CLIENT, at=at, by=by)
    elif account["status"] == AccountStatus.TARGET and stage.kind == StageKind.OPEN:
        following.raise_status(opportunity, AccountStatus.PROSPECTING, at=at, by=by)
    started = {"stage": (None, stage.key)}
    events.emit(RuleTrigger.OPPORTUNITY_CREATED, opportunity=opportunity, changes=started, at=at, by=by)
