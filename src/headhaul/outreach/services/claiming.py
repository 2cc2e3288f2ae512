"""Taking due messages for one worker, on a lease: two workers never hold the same one, a dead one loses its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import connection

LEASE = timedelta(seconds=60)
"""Longer than a provider may take to answer, with a margin. Nothing stays claimed longer."""

# Partial indexes of what is queued are read from their beginning, so a million rows that are not due cost nothing. The
# confirmation of an opt-out has an index of its own: it is owed within minutes, however much else is due. By the array
# the planner does not take the unknown limit for a tenth of all rows, which it would join by reading every key.
_CLAIM = """
with notices as (
    select id from outreach_message
    where state = 'queued' and purpose = 'notice' and due_at <= %(at)s and (not_after is null or not_after > %(at)s)
    order by due_at, id limit %(limit)s for update skip locked
), others as (
    select id from outreach_message
    where state = 'queued' and purpose <> 'notice' and due_at <= %(at)s and (not_after is null or not_after > %(at)s)
    order by due_at, id limit %(limit)s - (select count(*) from notices) for update skip locked
)
update outreach_message m
set state = 'claimed', lease_owner = %(owner)s, lease_until = %(until)s, updated_at = %(at)s
where m.id = any(array(select id from notices union all select id from others))
returning m.purpose <> 'notice', m.due_at, m.id
"""
_GIVE_BACK = """
update outreach_message set state = 'queued', lease_owner = '', lease_until = null, updated_at = %s
where id = any(%s) and state = 'claimed' and lease_owner = %s
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a worker holds. The owner's word is of this claim alone: whoever claims again holds another."""

    owner: str
    message_ids: tuple[UUID, ...]


def claim(*, owner: str, at: datetime, limit: int) -> Claim:
    """Take up to `limit` due messages: confirmations of opt-outs, then the longest due."""
    word = f"{owner}:{uuid4().hex[:12]}"
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"at": at, "limit": limit, "owner": word, "until": at + LEASE})
        rows = sorted(cursor.fetchall())
    return Claim(word, tuple(key for _, _, key in rows))


def give_back(*, owner: str, message_ids: Iterable[UUID], at: datetime) -> int:
    """Let others have what this claim did not come to."""
    with connection.cursor() as cursor:
        cursor.execute(_GIVE_BACK, [at, list(message_ids), owner])
        return int(cursor.rowcount)
