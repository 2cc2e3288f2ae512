"""An account's pulse: when something last happened, and when they were last in touch."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

_TOUCH = """
insert into accounts_accountpulse as pulse (account_id, last_activity_at, last_touch_at) values (%s, %s, %s)
on conflict (account_id) do update
set last_activity_at = greatest(pulse.last_activity_at, excluded.last_activity_at),
    last_touch_at = greatest(pulse.last_touch_at, excluded.last_touch_at)
"""
_SETTLE = """
update accounts_accountpulse pulse
set last_activity_at = greatest(a.created_at, %s::timestamptz), last_touch_at = %s::timestamptz
from accounts_account a where a.id = pulse.account_id and pulse.account_id = %s
"""


def touch(*, account_id: int, at: datetime, is_touch: bool = False) -> None:
    """Something happened at that time; a later time that is known already stays."""
    with connection.cursor() as cursor:
        cursor.execute(_TOUCH, [account_id, at, at if is_touch else None])


def settle(*, account_id: int, last_activity_at: datetime | None, last_touch_at: datetime | None) -> None:
    """Set the pulse to what is left after something was taken away; never before the account's creation."""
    with connection.cursor() as cursor:
        cursor.execute(_SETTLE, [last_activity_at, last_touch_at, account_id])
