"""Tags of many accounts at once, noted in the history under a batch so that they can be taken back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from headhaul.accounts.services.bulk.batches import SOURCE, TAG
from headhaul.accounts.services.tags import MOST, normal
from headhaul.kernel import Actor

_NOTE = """
insert into accounts_fieldchange (account_id, field, old, new, valid_from, recorded_at, source, batch_id,
                                  changed_by_id)
"""
_ADD = f"""
with roomy as (
    select k.id from unnest(%s::bigint[]) as k(id)
    where (select count(*) from accounts_accounttag t where t.account_id = k.id and t.tag <> all(%s)) <= %s
), added as (
    insert into accounts_accounttag (account_id, tag, created_at, created_by_id)
    select roomy.id, new.tag, %s, %s from roomy cross join unnest(%s::text[]) as new(tag)
    on conflict do nothing returning account_id, tag
), noted as (
    {_NOTE} select account_id, %s, null, to_jsonb(tag), %s, %s, %s, %s, %s from added
)
select count(*) from roomy
"""
_REMOVE = f"""
with removed as (
    delete from accounts_accounttag where account_id = any(%s) and tag = any(%s) returning account_id, tag
)
{_NOTE} select account_id, %s, to_jsonb(tag), null, %s, %s, %s, %s, %s from removed
"""
# What the batch added and is still there goes; what it removed and nobody put back comes.
_TAKE_BACK = f"""
with was as (
    select c.account_id, c.old #>> '{{}}' as gone, c.new #>> '{{}}' as came
    from accounts_fieldchange c where c.batch_id = %s and c.field = %s
), removed as (
    delete from accounts_accounttag t using was where t.account_id = was.account_id and t.tag = was.came
    returning t.account_id, t.tag
), added as (
    insert into accounts_accounttag (account_id, tag, created_at, created_by_id)
    select account_id, gone, %s, %s from was where gone is not null on conflict do nothing returning account_id, tag
)
{_NOTE}
select account_id, %s, to_jsonb(tag), null::jsonb, %s, %s, %s, %s, %s::bigint from removed
union all
select account_id, %s, null::jsonb, to_jsonb(tag), %s, %s, %s, %s, %s::bigint from added
"""


def add(*, keys: Sequence[int], tags: Sequence[str], batch_id: str, at: datetime, by: Actor) -> int:
    """Put the tags on. Accounts that have no room for all of them are left alone; how many those are."""
    words = sorted({normal(tag) for tag in tags})
    if not words:
        return 0
    note = [TAG, at, at, SOURCE, batch_id, by.user_id]
    room = MOST - len(words)
    return len(keys) - int(_one(_ADD, [list(keys), words, room, at, by.user_id, words, *note]))


def remove(*, keys: Sequence[int], tags: Sequence[str], batch_id: str, at: datetime, by: Actor) -> None:
    """Take the tags off."""
    words = sorted({normal(tag) for tag in tags})
    if words:
        _run(_REMOVE, [list(keys), words, TAG, at, at, SOURCE, batch_id, by.user_id])


def take_back(*, batch_id: str, inverse_id: str, at: datetime, by: Actor) -> None:
    """Take back what a batch did to tags."""
    note = [TAG, at, at, SOURCE, inverse_id, by.user_id]
    _run(_TAKE_BACK, [batch_id, TAG, at, by.user_id, *note, *note])


def _one(sql: str, parameters: Sequence[Any]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchone()[0]


def _run(sql: str, parameters: Sequence[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
