"""Value history: who changed which field of an account, from what to what, since when."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.db import connection

from headhaul.accounts.models import Account
from headhaul.kernel import Actor

_RECORD = """
insert into accounts_fieldchange (account_id, valid_from, recorded_at, changed_by_id, field, old, new)
select %s, %s, %s, %s, change.field, change.old::jsonb, change.new::jsonb
from unnest(%s::text[], %s::text[], %s::text[]) as change(field, old, new)
"""


def _plain(value: Any) -> Any:
    if isinstance(value, StrEnum):
        return value.value
    return value.isoformat() if isinstance(value, (date, datetime)) else value


def changed(account: Account, values: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """The (old, new) pairs of the fields that would really change."""
    pairs = {name: (_plain(getattr(account, name)), _plain(value)) for name, value in values.items()}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def record(*, account_id: int, changes: Mapping[str, tuple[Any, Any]], at: datetime, by: Actor) -> None:
    """Append one row for each changed field."""
    fields = [name.removesuffix("_id") for name in changes]
    old, new = ([_json(pair[side]) for pair in changes.values()] for side in (0, 1))
    with connection.cursor() as cursor:
        cursor.execute(_RECORD, [account_id, at, at, by.user_id, fields, old, new])


def _json(value: Any) -> str | None:
    return None if value is None else json.dumps(value)
