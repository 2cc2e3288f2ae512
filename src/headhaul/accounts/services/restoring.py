"""Putting back rows that were taken away, and what hung on them; what cannot come back is said, not hidden."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from headhaul.accounts.selectors.pages import fetch
from headhaul.accounts.services.absorbing import Moves, Row, rows_of, run, set_columns

_COLUMNS = """
select attname as name from pg_attribute
where attrelid = %s::regclass and attnum > 0 and not attisdropped and attgenerated = ''
"""
_POINTERS = """
select a.attname as column, c.confrelid::regclass::text as target, t.attname as key, not a.attnotnull as may_be_empty
from pg_constraint c
join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
join pg_attribute t on t.attrelid = c.confrelid and t.attnum = c.confkey[1]
where c.contype = 'f' and c.conrelid = %s::regclass and cardinality(c.conkey) = 1
"""


@cache
def _columns(table: str) -> frozenset[str]:
    return frozenset(row["name"] for row in fetch(_COLUMNS, [table]))


def put_back(table: str, row: Row, kept: list[str]) -> bool:
    """Insert the row under its own key. What it pointed at may be gone: then it points at nothing, or stays away."""
    whole = {name: value for name, value in row.items() if name in _columns(table)}
    for pointer in fetch(_POINTERS, [table]):
        name, target = pointer["column"], whole.get(pointer["column"])
        sql = f"select 1 from {pointer['target']} where {pointer['key']} = %s for key share"
        if target is None or fetch(sql, [target]):
            continue
        kept.append(f"{_said(table)}: {name.removesuffix('_id').replace('_', ' ')} {target} is gone")
        if not pointer["may_be_empty"]:
            return False
        whole[name] = None
    names = ", ".join(whole)
    written = run(
        f"insert into {table} ({names}) select {names} from jsonb_populate_record(null::{table}, %s::jsonb)"
        " on conflict do nothing",
        [json.dumps(whole)],
    )
    if not written:
        kept.append(f"{_said(table)}: one like it was made meanwhile")
    return bool(written)


def take_back(moves: Moves, kept: list[str]) -> None:
    """Undo the moves as far as things are as they left them: rows that changed hands since stay where they are."""
    for gone in reversed(moves.dropped):
        put_back(gone.table, gone.row, kept)
    for moved in moves.moved:
        own = moved.key == moved.column  # the key itself moved
        keys: list[Any] = [moved.new] if own else moved.ids
        back = run(
            f"update {moved.table} set {moved.column} = %s where {moved.key} = any(%s) and {moved.column} = %s",
            [moved.old, keys, moved.new],
        )
        if back < len(keys):
            kept.append(f"{_said(moved.table)}: {len(keys) - back} removed or moved elsewhere since")
    for each in reversed(moves.altered):
        now = rows_of(each.table, each.key, [each.id])
        same = bool(now) and all(now[0][name] == value for name, value in each.after.items())
        if same:
            set_columns(each.table, each.key, each.id, each.before)


def _said(table: str) -> str:
    return what(table).capitalize()


def what(table: str, count: int = 2) -> str:
    """How people call the rows of a table."""
    one, many = _names().get(table, (table.replace("_", " "),) * 2)
    return one if count == 1 else many


@cache
def _names() -> dict[str, tuple[str, str]]:
    from django.apps import apps

    named = {}
    for model in apps.get_models(include_auto_created=True):
        one, many = str(model._meta.verbose_name), str(model._meta.verbose_name_plural)
        usual = many == f"{one}s" and one.endswith("y")
        named[model._meta.db_table] = (one, f"{one[:-1]}ies" if usual else many)
    return named
