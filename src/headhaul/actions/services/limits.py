"""How often per minute: counted once for all processes, without a write for each request.

A process leases a part of what is left of the minute's allowance and spends it from memory. Leases shrink as
the allowance runs out, so never more than the limit is let through, and little of it lies unused elsewhere.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from headhaul import preferences
from headhaul.actions.preferences import Limits
from headhaul.kernel import Actor, ActorKind, Door, TooManyRequests

COUNTED_DOORS = frozenset({Door.HTTP, Door.MCP, Door.CONSOLE})

_LEASE = """
INSERT INTO actions_rateuse AS use (actor, minute, taken, granted)
VALUES (%(actor)s, %(minute)s, greatest(1, %(limit)s / 16), greatest(1, %(limit)s / 16))
ON CONFLICT (actor, minute) DO UPDATE SET
    granted = greatest(1, (%(limit)s - use.taken) / 16),
    taken = use.taken + greatest(1, (%(limit)s - use.taken) / 16)
WHERE use.taken < %(limit)s
RETURNING granted
"""


@dataclass(slots=True)
class _Lease:
    minute: int
    left: int
    exhausted: bool = False


_leases: dict[str, _Lease] = {}
_lock = threading.Lock()


def spend(actor: Actor, *, count: int, at: datetime, door: Door) -> None:
    """Count actions before they are done; TooManyRequests says when to come back."""
    if door not in COUNTED_DOORS or not actor.is_authenticated:
        return
    limits = preferences.get(Limits)
    by_token = actor.kind is ActorKind.TOKEN
    limit = limits.token_actions_per_minute if by_token else limits.user_actions_per_minute
    if not limit:
        return
    minute = int(at.timestamp()) // 60
    who = f"token:{actor.token_id}" if by_token else f"user:{actor.user_id}"
    if not all(_take(who, minute=minute, limit=limit) for _ in range(count)):
        wait = 60 - int(at.timestamp()) % 60
        said = f"More than {limit} actions in a minute. Try again in {wait} s."
        raise TooManyRequests(said, retry_after=wait)


def prune(*, at: datetime) -> int:
    """Remove the counts of minutes that have passed; how many."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM actions_rateuse WHERE minute < %s", [int(at.timestamp()) // 60 - 1])
        return int(cursor.rowcount)


def forget() -> None:
    """Drop this process's leases."""
    with _lock:
        _leases.clear()


def _take(actor: str, *, minute: int, limit: int) -> bool:
    with _lock:
        lease = _leases.get(actor)
        if lease is None or lease.minute != minute:
            _drop_old(minute)
            lease = _leases[actor] = _Lease(minute, 0)
        if lease.left > 0:
            lease.left -= 1
            return True
        if lease.exhausted:
            return False
    granted = _lease(actor, minute=minute, limit=limit)  # outside the lock: other actors need not wait
    with _lock:
        lease.exhausted = granted == 0
        lease.left += max(0, granted - 1)
    return granted > 0


def _lease(actor: str, *, minute: int, limit: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_LEASE, {"actor": actor, "minute": minute, "limit": limit})
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def _drop_old(minute: int) -> None:
    for actor in [actor for actor, lease in _leases.items() if lease.minute < minute]:
        del _leases[actor]
