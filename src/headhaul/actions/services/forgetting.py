"""Forgetting what the door remembers of a person: ways back, stored replies. The audit names no values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection

_WAYS_BACK = """
delete from actions_reversal r using actions_auditentry e
where e.id = r.audit_id
  and ((e.target_type = %(type)s and e.target_id = %(id)s) or r.steps::text like any(%(texts)s))
"""
_REPLIES = "delete from actions_storedreply where payload like any(%(texts)s)"
_MENTIONS = """
select at, action, outcome, actor, door, data_keys from actions_auditentry
where target_type = %s and target_id = %s order by id desc
"""


def forget(*, target: tuple[str, str], texts: Sequence[str]) -> int:
    """Remove what holds values of the target or any of the texts; how many rows. Entries of the audit stay."""
    parameters: dict[str, Any] = {"type": target[0], "id": target[1], "texts": [_containing(text) for text in texts]}
    with connection.cursor() as cursor:
        cursor.execute(_WAYS_BACK, parameters)
        removed = int(cursor.rowcount)
        cursor.execute(_REPLIES, parameters)
        return removed + int(cursor.rowcount)


def mentions(*, target: tuple[str, str]) -> list[dict[str, Any]]:
    """The audit's entries about the target, newest first."""
    with connection.cursor() as cursor:
        cursor.execute(_MENTIONS, [*target])
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _containing(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
