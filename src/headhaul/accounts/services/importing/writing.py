"""Many rows at once: one statement for a batch, whatever its size. Names are ours, values are bound."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.db import connection

_IDS = "select nextval(pg_get_serial_sequence(%s::text, 'id')) from generate_series(1, %s::int)"


def new_ids(table: str, count: int) -> list[int]:
    """Ids that rows of the table will have."""
    if not count:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_IDS, [table, count])
        return [key for (key,) in cursor.fetchall()]


def insert(
    table: str, columns: Mapping[str, str], rows: Sequence[Sequence[Any]], *, conflict: str = "", answer: str = ""
) -> list[tuple[Any, ...]]:
    """Insert rows; `columns` are names with SQL types. What `answer` names of each inserted row comes back."""
    if not rows:
        return []
    sql = f"insert into {table} ({_names(columns)}) select {_cast(columns)} from {_given(columns)} {conflict}"
    return _run(sql + (f" returning {answer}" if answer else ""), columns, rows)


def update(table: str, columns: Mapping[str, str], rows: Sequence[Sequence[Any]], *, key: str = "id") -> None:
    """Set the columns of rows found by `key`, which is one of the columns."""
    if rows:
        chosen = ", ".join(f'"{name}" = {_cast({name: kind})}' for name, kind in columns.items() if name != key)
        _run(f"update {table} t set {chosen} from {_given(columns)} where t.{key} = v.{key}", columns, rows)


def run(sql: str, parameters: Sequence[Any]) -> int:
    """Execute a statement; how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return int(cursor.rowcount)


def plain(value: Any) -> Any:
    """A value as JSON holds it."""
    if isinstance(value, StrEnum):
        return value.value
    return value.isoformat() if isinstance(value, (date, datetime)) else value


def as_json(value: Any) -> str | None:
    """The text of a JSON column; what is None is null."""
    return None if value is None else json.dumps(value, default=plain)


def _cast(columns: Mapping[str, str]) -> str:
    return ", ".join(f'v."{name}"::jsonb' if kind == "jsonb" else f'v."{name}"' for name, kind in columns.items())


def _names(columns: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in columns)


def _given(columns: Mapping[str, str]) -> str:
    arrays = ", ".join(f"%s::{'text' if kind == 'jsonb' else kind}[]" for kind in columns.values())
    return f"unnest({arrays}) as v({_names(columns)})"


def _run(sql: str, columns: Mapping[str, str], rows: Sequence[Sequence[Any]]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, _turned(columns, rows))
        return list(cursor.fetchall()) if cursor.description else []


def _turned(columns: Mapping[str, str], rows: Iterable[Sequence[Any]]) -> list[list[Any]]:
    arrays = [list(column) for column in zip(*rows, strict=True)]
    kinds = columns.values()
    return [
        [as_json(value) for value in array] if kind == "jsonb" else array
        for kind, array in zip(kinds, arrays, strict=True)
    ]
