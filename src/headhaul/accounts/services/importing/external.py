"""What another system calls our records, so that its next file finds them again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import connection

from headhaul.accounts.services.importing.writing import insert

_COLUMNS = {
    "source": "text", "entity": "text", "external_id": "text", "record_id": "bigint", "seen_at": "timestamptz",
}  # fmt: skip


def ids_of(*, source: str, entity: str, names: Iterable[str]) -> dict[str, int]:
    """Our ids by the other system's."""
    wanted = list(set(names))
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "select external_id, record_id from accounts_externalid"
            " where source = %s and entity = %s and external_id = any(%s)",
            [source, entity, wanted],
        )
        return dict(cursor.fetchall())


def names_of(*, source: str, entity: str, ids: Iterable[int]) -> dict[int, str]:
    """The other system's ids by ours; the latest it said where it said two."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select record_id, external_id from accounts_externalid"
            " where source = %s and entity = %s and record_id = any(%s) order by seen_at, id",
            [source, entity, list(ids)],
        )
        return dict(cursor.fetchall())


def remember(*, source: str, entity: str, ids: Mapping[str, int], at: datetime) -> None:
    """Note whose record is whose."""
    rows = [(source, entity, name, key, at) for name, key in ids.items()]
    again = (
        "on conflict (source, entity, external_id) do update"
        " set record_id = excluded.record_id, seen_at = excluded.seen_at"
    )
    insert("accounts_externalid", _COLUMNS, rows, conflict=again)
