"""Using up limits so that never one more gets through, whoever asks at the same time; and giving back.

A limit is used up in the transaction that writes the attempt. The counters are taken in one order, after the lock on
the address, so that transactions queue and never wait for each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from headhaul.compliance import hashing
from headhaul.compliance.ports import SenderTerms, outreach
from headhaul.compliance.schemas import Throttle
from headhaul.compliance.selectors import caps as reading
from headhaul.compliance.selectors.caps import Bucket
from headhaul.compliance.selectors.suppression import heard_as

# The counters in their order, each only while its limit is not reached; the pause only if there was one of each.
_TAKE = """
with touched as (
    insert into compliance_touch (address_hash, channel, at)
    select %(hash)s, %(kind)s, %(at)s where %(counts)s returning id
), taken as (
    insert into compliance_capuse as c (bucket, day, used)
    select v.bucket, v.day, 1
    from unnest(%(buckets)s::text[], %(days)s::date[]) with ordinality as v(bucket, day, place) order by v.place
    on conflict (bucket, day) do update set used = c.used + 1
    where c.used < (
        select l.most from unnest(%(buckets)s::text[], %(limits)s::int[]) as l(bucket, most) where l.bucket = c.bucket
    )
    returning bucket
), paced as (
    insert into compliance_pace as p (sender_id, next_at)
    select %(sender)s, %(next)s
    where %(next)s::timestamptz is not null and (select count(*) from taken) = cardinality(%(buckets)s::text[])
    on conflict (sender_id) do update set next_at = excluded.next_at where p.next_at <= %(at)s
    returning sender_id
)
select array(select id from touched), array(select bucket from taken), exists (select from paced)
"""
NO_LIMIT = 2**31 - 1  # more than any counter of a day reaches
_GIVE_BACK = "update compliance_capuse set used = used - 1 where bucket = %s and day = %s and used > 0"
_UNTOUCH = "delete from compliance_touch where id = %s"


class UsedUp(Exception):
    """Somebody else took the last one between the decision and now. Decide again: it will say which."""


def reserve(
    *,
    buckets: Sequence[Bucket],
    channel: str,
    address: str,
    sender: SenderTerms | None,
    counts_recipient: bool,
    at: datetime,
) -> list[str]:
    """Use one of every limit, or none and raise UsedUp. What was taken, for `release`.

    `buckets` are the counters as `selectors.caps.buckets` gave them in this transaction, in that order.
    """
    if any(bucket.limit is not None and bucket.limit <= 0 for bucket in buckets):
        raise UsedUp
    pause = timedelta(seconds=sender.spacing_seconds) if sender is not None else timedelta()
    given: dict[str, Any] = {
        "hash": hashing.hash_of(address),
        "kind": heard_as(channel)[0],
        "counts": counts_recipient,
        "buckets": [bucket.key for bucket in buckets],
        "days": [bucket.day for bucket in buckets],
        "limits": [NO_LIMIT if bucket.limit is None else bucket.limit for bucket in buckets],
        "sender": sender.sender_id if sender is not None else None,
        "next": at + pause if pause else None,
        "at": at,
    }
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, given)
        touches, keys, is_paced = cursor.fetchone()
    taken = [f"touch:{key}" for key in touches] + [f"{each.key}@{each.day}" for each in buckets if each.key in keys]
    if len(keys) < len(buckets) or (pause and not is_paced):
        release(taken, at=at)
        raise UsedUp
    return taken


def release(buckets: Sequence[str], *, at: datetime) -> int:
    """Give back what an attempt took that certainly reached nobody; how many limits. Once an attempt, not twice."""
    given_back = 0
    with connection.cursor() as cursor:
        for bucket in buckets:
            if bucket.startswith("touch:"):
                cursor.execute(_UNTOUCH, [int(bucket.removeprefix("touch:"))])
            else:
                key, _, day = bucket.rpartition("@")
                cursor.execute(_GIVE_BACK, [key, date.fromisoformat(day)])
            given_back += cursor.rowcount
    return given_back


def standing(*, user_id: int | None, channel: str, at: datetime) -> list[Throttle]:
    """What is left of each limit for this user on this channel, live: the firm's, their own, each sender's."""
    room = outreach()
    senders: Sequence[SenderTerms | None] = room.terms_of_user(user_id, channel) if room else ()
    found: dict[str, Bucket] = {}
    for sender in senders or (None,):
        for bucket in reading.buckets(channel=channel, user_id=user_id, sender=sender, at=at):
            found[bucket.key] = bucket
    return [
        Throttle(
            channel=channel,
            of=bucket.name,
            sender_id=int(bucket.key.split(":")[1]) if bucket.key.startswith("sender:") else None,
            limit=bucket.limit,
            used=bucket.used,
            remaining=None if bucket.limit is None else max(bucket.limit - bucket.used, 0),
            resets_at=bucket.resets_at,
        )
        for bucket in found.values()
    ]
