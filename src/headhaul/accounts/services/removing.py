"""Removing accounts and contacts so that they can come back: every row as it was, under its own id.

What only belongs to the record goes and comes back with it. What can stand without it is untied and tied again. What
cannot, and is worth something by itself, stands in the way of removing an account.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection, models

from headhaul.accounts.errors import HasRecords
from headhaul.accounts.models import AccountPulse, AccountScore, AccountTag, FieldChange, Removed
from headhaul.accounts.selectors.pages import fetch
from headhaul.kernel import Actor, NotFound

KEPT_FOR = timedelta(days=30)  # as long as a write can be taken back
PARTS: frozenset[type[models.Model]] = frozenset({AccountScore, AccountPulse, AccountTag, FieldChange})


@dataclass(slots=True)
class Snapshot:
    """Rows by table, in the order in which they can come back, and what pointed at them."""

    rows: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    ties: list[tuple[str, str, int, list[int | str]]] = field(default_factory=list)


def remove(record: models.Model, *, entity: str, account_id: int, at: datetime, by: Actor, keeps: bool) -> Removed:
    """Take the row away with what belongs to it. With `keeps`, other rows that need it are a reason not to."""
    taken = Snapshot()
    _take(record, taken, keeps=keeps, name=str(record))
    removed, _ = Removed.objects.update_or_create(
        entity=entity,
        record_id=record.pk,
        defaults={
            "account_id": account_id,
            "rows": taken.rows,
            "ties": taken.ties,
            "removed_at": at,
            "removed_by_id": by.user_id,
        },
    )
    for table, row in reversed(taken.rows):
        key = _key(table)
        _run(f"delete from {table} where {key} = %s", [row[key]])
    return removed


def restore(*, entity: str, record_id: int) -> Removed:
    """Put back what was removed. Raises NotFound when nothing of that id was removed lately."""
    removed = Removed.objects.select_for_update().filter(entity=entity, record_id=record_id).first()
    if removed is None:
        raise NotFound(f"No {entity} with this id was removed in the last {KEPT_FOR.days} days.")
    for table, row in removed.rows:
        names = ", ".join(_columns(table))
        _run(f"insert into {table} ({names}) select {names} from jsonb_populate_record(null::{table}, %s::jsonb)",
             [json.dumps(row)])  # fmt: skip
    for table, column, target, ids in removed.ties:
        _run(f"update {table} set {column} = %s where {_key(table)} = any(%s) and {column} is null", [target, ids])
    Removed.objects.filter(pk=removed.pk).delete()
    return removed


def prune(*, at: datetime) -> int:
    """Forget what was removed too long ago to come back; how many."""
    return Removed.objects.filter(removed_at__lt=at - KEPT_FOR).delete()[0]


def _take(record: models.Model, taken: Snapshot, *, keeps: bool, name: str) -> None:
    taken.rows += [(record._meta.db_table, row) for row in _rows(type(record), type(record)._meta.pk, record.pk)]
    for relation in _relations(type(record)):
        model, pointer = relation.related_model, relation.field
        if pointer.null and model is not FieldChange:
            _untie(model, pointer, record.pk, taken)
        elif rows := _rows(model, pointer, record.pk):
            if keeps and model not in PARTS:
                raise _in_the_way(name, model, len(rows))
            for row in rows:
                _take_part(model, row, taken)


def _take_part(model: type[models.Model], row: dict[str, Any], taken: Snapshot) -> None:
    """A part goes with the parts it has itself."""
    taken.rows.append((model._meta.db_table, row))
    key = row[_key(model._meta.db_table)]
    for relation in _relations(model):
        below, pointer = relation.related_model, relation.field
        if pointer.null:
            _untie(below, pointer, key, taken)
        else:
            for each in _rows(below, pointer, key):
                _take_part(below, each, taken)


def _untie(model: type[models.Model], pointer: Any, target: int, taken: Snapshot) -> None:
    table, column = model._meta.db_table, pointer.column
    key = _key(table)
    ids = [row[key] for row in fetch(f"select {key} from {table} where {column} = %s for update", [target])]
    if ids:
        ids = [each if isinstance(each, int) else str(each) for each in ids]
        taken.ties.append((table, column, target, ids))
        _run(f"update {table} set {column} = null where {column} = %s", [target])


def _relations(model: type[models.Model]) -> Iterator[Any]:
    """Whatever points at rows of this model, also where the model has no name for it."""
    for relation in model._meta.get_fields(include_hidden=True):
        if relation.auto_created and not relation.concrete and (relation.one_to_many or relation.one_to_one):
            yield relation


def _rows(model: type[models.Model], pointer: Any, target: int) -> list[dict[str, Any]]:
    table = model._meta.db_table
    key = _key(table)
    sql = f"select to_jsonb(t)::text as row from {table} t where t.{pointer.column} = %s order by t.{key} for update"
    return [json.loads(each["row"]) for each in fetch(sql, [target])]


def _in_the_way(name: str, model: type[models.Model], count: int) -> HasRecords:
    one = str(model._meta.verbose_name)
    what = one if count == 1 else f"{one[:-1]}ies" if one.endswith("y") else f"{one}s"
    return HasRecords(f"{name} has {count} {what}. Remove or move them first, or merge the account into another.")


@cache
def _models() -> dict[str, type[models.Model]]:
    return {model._meta.db_table: model for model in apps.get_models()}


def _key(table: str) -> str:
    return str(_models()[table]._meta.pk.column)


def _columns(table: str) -> Sequence[str]:
    fields = _models()[table]._meta.concrete_fields
    return [str(each.column) for each in fields if not isinstance(each, models.GeneratedField)]


def _run(sql: str, parameters: Sequence[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
