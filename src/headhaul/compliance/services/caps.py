"""Using up limits so that never one more gets through, whoever asks at the same time; and giving back.

A limit is used up in the transaction that writes the attempt. The counters are taken in one order, after the lock on
the address, so that transactions queue and never wait for each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import connection

from headhaul.compliance import hashing
from headhaul.compliance.ports import SenderTerms, outreach
from headhaul.compliance.schemas import Throttle
from headhaul.compliance.selectors import caps as reading
from headhaul.compliance.selectors.caps import Bucket
from headhaul.compliance.selectors.suppression import heard_as

_TAKE = """
insert into compliance_capuse as c (bucket, day, used) values (%(bucket)s, %(day)s, 1)
on conflict (bucket, day) do update set used = c.used + 1 where c.used < %(limit)s
returning used
"""
_GIVE_BACK = "update compliance_capuse set used = used - 1 where bucket = %s and day = %s and used > 0"
_TOUCH = "insert into compliance_touch (address_hash, channel, at) values (%s, %s, %s) returning id"
_UNTOUCH = "delete from compliance_touch where id = %s"
_PACE = """
insert into compliance_pace as p (sender_id, next_at) values (%(sender)s, %(next)s)
on conflict (sender_id) do update set next_at = excluded.next_at where p.next_at <= %(at)s
returning sender_id
"""


class UsedUp(Exception):
    """Somebody else took the last one between the decision and now. Decide again: it will say which."""


def reserve(
    *,
    channel: str,
    address: str,
    user_id: int | None,
    sender: SenderTerms | None,
    counts_recipient: bool,
    at: datetime,
) -> list[str]:
    """Use one of every limit, or none and raise UsedUp. What was taken, for `release`."""
    taken: list[str] = []
    try:
        if counts_recipient:
            taken.append(f"touch:{_touch(address, channel, at=at)}")
        for bucket in reading.buckets(channel=channel, user_id=user_id, sender=sender, at=at):
            _take(bucket)
            taken.append(f"{bucket.key}@{bucket.day}")
        if sender is not None and sender.spacing_seconds > 0:
            _keep_pace(sender, at=at)
    except UsedUp:
        release(taken, at=at)
        raise
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
            remaining=max(bucket.limit - bucket.used, 0),
            resets_at=bucket.resets_at,
        )
        for bucket in found.values()
    ]


def _touch(address: str, channel: str, *, at: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_TOUCH, [hashing.hash_of(address), heard_as(channel)[0], at])
        return int(cursor.fetchone()[0])


def _take(bucket: Bucket) -> None:
    if bucket.limit <= 0:
        raise UsedUp(bucket.key)
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, {"bucket": bucket.key, "day": bucket.day, "limit": bucket.limit})
        if cursor.fetchone() is None:
            raise UsedUp(bucket.key)


def _keep_pace(sender: SenderTerms, *, at: datetime) -> None:
    following = at + timedelta(seconds=sender.spacing_seconds)
    with connection.cursor() as cursor:
        cursor.execute(_PACE, {"sender": sender.sender_id, "next": following, "at": at})
        if cursor.fetchone() is None:
            raise UsedUp(f"pace:{sender.sender_id}")
