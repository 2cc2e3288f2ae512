"""Removing an opportunity that should not have been entered, so that it can come back as it was."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.db import connection

from headhaul.accounts.models import Account
from headhaul.kernel import Actor, NotFound
from headhaul.pipeline.errors import CannotRevert
from headhaul.pipeline.models import Opportunity, RemovedOpportunity, Stage
from headhaul.pipeline.services import following

_REMOVE = """
with members as (
    select json_agg(json_build_object('contact_id', contact_id, 'added_at', added_at)) as rows
    from pipeline_opportunitycontact where opportunity_id = %(id)s
), steps as (
    select json_agg(json_build_object('playbook_id', playbook_id, 'step_key', step_key, 'done_at', done_at,
        'done_by_id', done_by_id)) as rows
    from pipeline_playbookstepdone where opportunity_id = %(id)s
), kept as (
    insert into pipeline_removedopportunity (
        opportunity_id, account_id, row, committee, steps, removed_at, removed_by_id)
    select o.id, o.account_id, to_jsonb(o), coalesce(members.rows, '[]'), coalesce(steps.rows, '[]'), %(at)s, %(by)s
    from pipeline_opportunity o, members, steps where o.id = %(id)s
)
insert into pipeline_opportunitychange (
    opportunity_id, version, field, old, new, valid_from, recorded_at, changed_by_id, batch_id)
values (%(id)s, %(version)s, 'removed', 'false', 'true', %(at)s, %(at)s, %(by)s, '')
"""
_FORGET = """
with members as (delete from pipeline_opportunitycontact where opportunity_id = %(id)s),
steps as (delete from pipeline_playbookstepdone where opportunity_id = %(id)s)
delete from pipeline_opportunity where id = %(id)s
"""
_RESTORE = """
with r as (
    delete from pipeline_removedopportunity where opportunity_id = %(id)s returning *
), back as (
    insert into pipeline_opportunity
    select o.* from r, jsonb_populate_record(null::pipeline_opportunity, r.row || %(changed)s::jsonb
        || jsonb_build_object('account_id', r.account_id, 'version', (r.row ->> 'version')::int + 2)) o
    returning id, version
)
insert into pipeline_opportunitychange (
    opportunity_id, version, field, old, new, valid_from, recorded_at, changed_by_id, batch_id)
select id, version, 'removed', 'true', 'false', %(at)s, %(at)s, %(by)s, '' from back
"""
_MEMBERS = """
insert into pipeline_opportunitycontact (opportunity_id, contact_id, added_at)
select %(id)s, m.contact_id, m.added_at
from jsonb_to_recordset(%(rows)s::jsonb) as m(contact_id bigint, added_at timestamptz)
join accounts_contact c on c.id = m.contact_id
"""
_STEPS = """
insert into pipeline_playbookstepdone (opportunity_id, playbook_id, step_key, done_at, done_by_id)
select %(id)s, d.playbook_id, d.step_key, d.done_at, u.id
from jsonb_to_recordset(%(rows)s::jsonb) as d(playbook_id bigint, step_key text, done_at timestamptz, done_by_id bigint)
join pipeline_playbook p on p.id = d.playbook_id left join security_user u on u.id = d.done_by_id
"""


def remove(*, opportunity: Opportunity, at: datetime, by: Actor) -> None:
    """Take it off every list. Its history stays, and says that it was removed."""
    parameters: dict[str, Any] = {"id": opportunity.pk, "version": opportunity.version + 1, "at": at, "by": by.user_id}
    with connection.cursor() as cursor:
        cursor.execute(_REMOVE, parameters)
        cursor.execute(_FORGET, parameters)
    if opportunity.version == 1:
        following.follow_removal(opportunity, at=at, by=by)


def restore(*, opportunity_id: int, at: datetime, by: Actor) -> Opportunity:
    """Put back what was removed. NotFound when nothing was, or not for this actor; CannotRevert without its stage."""
    kept = RemovedOpportunity.objects.select_for_update().filter(pk=opportunity_id).first()
    if kept is None or not _is_seen(kept, by=by):
        raise NotFound(f"There is no removed opportunity {opportunity_id}.")
    if not Stage.objects.filter(pk=kept.row["stage_id"], is_active=True).exists():
        raise CannotRevert("The stage that it was in was removed meanwhile.")
    parameters: dict[str, Any] = {
        "id": opportunity_id,
        "at": at,
        "by": by.user_id,
        "changed": json.dumps(_untied(kept)),
    }
    with connection.cursor() as cursor:
        cursor.execute(_RESTORE, parameters)
        cursor.execute(_MEMBERS, parameters | {"rows": json.dumps(kept.committee)})
        cursor.execute(_STEPS, parameters | {"rows": json.dumps(kept.steps)})
    return Opportunity.objects.get(pk=opportunity_id)


def _is_seen(kept: RemovedOpportunity, *, by: Actor) -> bool:
    is_own = by.user_id is not None and kept.row["owner_id"] == by.user_id
    return is_own or Account.objects.visible_to(by).filter(pk=kept.account_id).exists()


def _untied(kept: RemovedOpportunity) -> dict[str, None]:
    """What the row points at and is gone: it comes back without it, as it would have stayed without it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select exists (select from security_user where id = %s), exists (select from security_user where id = %s),"
            " exists (select from accounts_contact where id = %s)",
            [kept.row["owner_id"], kept.row["created_by_id"], kept.row["decision_maker_id"]],
        )
        there = cursor.fetchone()
    names = ("owner_id", "created_by_id", "decision_maker_id")
    return {name: None for name, is_there in zip(names, there, strict=True) if not is_there}
