"""Marking one's own notifications as read, and as unread again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from headhaul.activities.services.notifying import announce
from headhaul.kernel import Actor

_READ = """
update activities_notification set read_at = %s
where user_id = %s and read_at is null and (%s or id = any(%s)) returning id
"""
_UNREAD = """
update activities_notification set read_at = null
where user_id = %s and read_at is not null and (read_at = %s or id = any(%s)) returning id
"""


def read(*, ids: Sequence[int], everything: bool, at: datetime, by: Actor) -> list[int]:
    """Mark these, or all that are unread. Returns which really changed; others' notifications stay as they are."""
    return _mark(_READ, [at, by.user_id, everything, list(ids)], by=by)


def unread(*, ids: Sequence[int], read_at: datetime | None, by: Actor) -> list[int]:
    """Mark these, and those that were marked at that instant, as unread. Returns which really changed."""
    return _mark(_UNREAD, [by.user_id, read_at, list(ids)], by=by)


def _mark(sql: str, parameters: list[Any], *, by: Actor) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        marked = sorted(key for (key,) in cursor.fetchall())
    if marked and by.user_id is not None:
        announce([by.user_id])
    return marked
