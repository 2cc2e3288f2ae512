"""Value history: who changed which field of an account or contact, from what to what, since when, by which door."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.db import connection

from headhaul.accounts.models import Account, Contact
from headhaul.kernel import Actor

CUSTOM = "custom."
_RECORD = """
insert into accounts_fieldchange (
    account_id, contact_id, valid_from, recorded_at, changed_by_id, source, batch_id, field, old, new)
select %s, %s, %s, %s, %s, %s, %s, change.field, change.old::jsonb, change.new::jsonb
from unnest(%s::text[], %s::text[], %s::text[]) as change(field, old, new)
"""


def plain(value: Any) -> Any:
    """A value as JSON holds it."""
    if isinstance(value, StrEnum):
        return value.value
    return value.isoformat() if isinstance(value, (date, datetime)) else value


def changed(row: Account | Contact, values: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """The (old, new) pairs of what would really change; fields of a firm's own one by one, as `custom.<key>`."""
    pairs = {name: (plain(getattr(row, name)), plain(value)) for name, value in values.items() if name != "custom"}
    if "custom" in values:
        old, new = row.custom, values["custom"]
        pairs |= {CUSTOM + key: (old.get(key), new.get(key)) for key in sorted(old.keys() | new.keys())}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def columns(changes: Mapping[str, tuple[Any, Any]]) -> list[str]:
    """The model's fields behind the changes."""
    return list(dict.fromkeys("custom" if name.startswith(CUSTOM) else name for name in changes))


def record(
    *,
    account_id: int,
    changes: Mapping[str, tuple[Any, Any]],
    at: datetime,
    by: Actor,
    contact_id: int | None = None,
    source: str = "",
    batch_id: str = "",
) -> None:
    """Append one row for each changed field. `source` is the door, or what brought it."""
    if not changes:
        return
    fields = [name.removesuffix("_id") for name in changes]
    old, new = ([_json(pair[side]) for pair in changes.values()] for side in (0, 1))
    with connection.cursor() as cursor:
        cursor.execute(_RECORD, [account_id, contact_id, at, at, by.user_id, source, batch_id, fields, old, new])


def _json(value: Any) -> str | None:
    return None if value is None else json.dumps(value)
