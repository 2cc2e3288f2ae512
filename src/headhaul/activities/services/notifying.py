"""Telling people: a line in their notifications, said once for a key, and news to their open pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import connection

from headhaul.activities.choices import NotificationKind
from headhaul.activities.services import live

LONGEST = 500
TOPIC = "notifications"

_TELL = """
insert into activities_notification (
    user_id, kind, text, account_id, activity_id, target_type, target_id, key, created_at)
select u.id, %s::text, %s::text, %s::bigint, %s::bigint, %s::text, %s::bigint, %s::text, %s::timestamptz
from security_user u where u.id = any(%s) and u.is_active
on conflict (user_id, key) where key <> '' do nothing
returning user_id
"""


def notify(
    *,
    user_ids: Iterable[int],
    kind: NotificationKind,
    text: str,
    at: datetime,
    account_id: int | None = None,
    activity_id: int | None = None,
    target: tuple[str, int] | None = None,
    key: str = "",
) -> list[int]:
    """Tell these users; with a `key`, whoever was told the same before is not told again. Returns who was told."""
    wanted = sorted(set(user_ids))
    if not wanted:
        return []
    said = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
    target_type, target_id = target or ("", None)
    with connection.cursor() as cursor:
        cursor.execute(_TELL, [kind.value, said, account_id, activity_id, target_type, target_id, key, at, wanted])
        told = sorted(user_id for (user_id,) in cursor.fetchall())
    announce(told)
    return told


def announce(user_ids: Sequence[int]) -> None:
    """Let the open pages of these users count anew."""
    if user_ids:
        live.publish(TOPIC, {"users": list(user_ids)})
