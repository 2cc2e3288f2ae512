"""Letting one row take over everything that hangs on others, in whatever table of whatever room.

What points at a row is read from the models, what may stand only once from the database. A row that would be there
twice goes into the snapshot, and what hangs on it goes to the one that stays; a mark that only one may carry, like
"primary", is taken off and the row stays.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from typing import Any

from django.db import connection, models

from headhaul.accounts.selectors.pages import fetch

Row = dict[str, Any]
Combine = Callable[[Row, Row, Mapping[str, Any]], Row]


@dataclass(frozen=True, slots=True)
class Tie:
    """A column that points at the rows which become one."""

    table: str
    key: str
    column: str
    model: type[models.Model] | None = None  # of the table; None where nothing hangs on its rows


@dataclass(slots=True)
class Moved:
    """Rows that now point at another one."""

    table: str
    key: str
    column: str
    old: int
    new: int
    ids: list[Any]


@dataclass(slots=True)
class Dropped:
    """A row that would have been there twice, whole, and the key of the one that stayed."""

    table: str
    key: str
    row: Row
    kept: Any


@dataclass(slots=True)
class Altered:
    """Columns of a row that changed because another one went."""

    table: str
    key: str
    id: Any
    before: Row
    after: Row


@dataclass(slots=True)
class Moves:
    """All of it, enough to take it back."""

    moved: list[Moved] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)
    altered: list[Altered] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """As a merge record keeps it."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Moves:
        """As a merge record kept it."""
        return cls(
            moved=[Moved(**each) for each in kept["moved"]],
            dropped=[Dropped(**each) for each in kept["dropped"]],
            altered=[Altered(**each) for each in kept["altered"]],
        )


_NAMED: dict[str, list[Tie]] = {}
_COMBINES: dict[str, Combine] = {}


def also_in(table: str, *, of: str, column: str, key: str = "id", model: type[models.Model] | None = None) -> None:
    """For rooms that name a record by a plain number: rows of `table` move with the records of the table `of`.

    `model` is theirs, where something hangs on such a row: it goes to the one that stays.
    """
    _NAMED.setdefault(of, []).append(Tie(table, key, column, model))


def combines(table: str) -> Callable[[Combine], Combine]:
    """Register what a row of `table` takes over from its double: `(kept, dropped, context)` gives columns to set."""

    def register(combine: Combine) -> Combine:
        _COMBINES[table] = combine
        return combine

    return register


@cache
def ties_to(model: type[models.Model]) -> tuple[Tie, ...]:
    """Every column that points at rows of this model."""
    found = []
    for relation in model._meta.get_fields(include_hidden=True):
        pointer: Any = getattr(relation, "field", None)
        if relation.auto_created and not relation.concrete and (relation.one_to_many or relation.one_to_one):
            child = pointer.model
            found.append(Tie(child._meta.db_table, str(child._meta.pk.column), str(pointer.column), child))
    return (*found, *_NAMED.get(model._meta.db_table, ()))


_ONCE = """
select array(select pg_get_indexdef(i.indexrelid, n, true) from generate_series(1, i.indnkeyatts) n)::text[] as keys,
       pg_get_expr(i.indpred, i.indrelid, true) as predicate
from pg_index i where i.indrelid = %s::regclass and i.indisunique
"""


@cache
def _once(table: str) -> tuple[tuple[tuple[str, ...], str], ...]:
    """What may stand only once in a table: expressions, and the condition under which that holds."""
    return tuple((tuple(row["keys"]), row["predicate"] or "") for row in fetch(_ONCE, [table]))


def plan(
    model: type[models.Model], *, new: int, olds: Sequence[int], context: Mapping[str, Any] | None = None
) -> Moves:
    """What would happen if the row `new` took over everything of the rows `olds`. Reads only."""
    moves = Moves()
    _plan(model, new, list(olds), moves, context or {})
    return moves


def _plan(model: type[models.Model], new: Any, olds: list[Any], moves: Moves, context: Mapping[str, Any]) -> None:
    for tie in ties_to(model):
        rows = fetch(
            f"select {tie.key} as key, {tie.column} as old from {tie.table} where {tie.column} = any(%s) order by 1",
            [olds],
        )
        if not rows:
            continue
        gone: set[Any] = set()
        for keys, predicate in _once(tie.table):
            if tie.column in keys:
                _collide(tie, keys, predicate, new, olds, gone, moves, context)
        for old in olds:
            ids = [row["key"] for row in rows if row["old"] == old and row["key"] not in gone]
            if ids:
                ids = [each if isinstance(each, int) else str(each) for each in ids]  # as a merge record keeps them
                moves.moved.append(Moved(tie.table, tie.key, tie.column, old, new, ids))


def _collide(
    tie: Tie,
    keys: tuple[str, ...],
    predicate: str,
    new: Any,
    olds: list[Any],
    gone: set[Any],
    moves: Moves,
    context: Mapping[str, Any],
) -> None:
    """Note which rows cannot stand beside each other under the new one."""
    for key, kept in _doubles(tie, keys, predicate, new, olds, gone):
        mark = predicate.strip("()")
        if keys == (tie.column,) and re.fullmatch(r"[a-z_]+", mark):
            _alter(moves, tie, key, {mark: True}, {mark: False})
            continue
        gone.add(key)
        if tie.model is not None:
            _plan(tie.model, kept, [key], moves, context)
        _drop(tie, key, kept, moves, context)


def _doubles(
    tie: Tie, keys: tuple[str, ...], predicate: str, new: Any, olds: list[Any], gone: set[Any]
) -> Iterator[tuple[Any, Any]]:
    """(key of the row that goes, key of the one that stays); rows of `new` stay, then those of the first of `olds`."""
    others = [key for key in keys if key != tie.column]
    conditions = [f"{tie.column} = any(%(all)s)", f"not {tie.key} = any(%(gone)s)"]
    conditions += [f"({other}) is not null" for other in others] + ([predicate] if predicate else [])
    sql = f"""
        select {tie.key} as key, first_value({tie.key}) over w as kept, row_number() over w as n from {tie.table}
        where {" and ".join(conditions)}
        window w as (partition by {", ".join(others) or "true"}
                     order by array_position(%(all)s, {tie.column}), {tie.key})"""
    rows = fetch(sql, {"all": [new, *olds], "gone": list(gone)})
    return ((row["key"], row["kept"]) for row in rows if row["n"] > 1)


def _drop(tie: Tie, key: Any, kept: Any, moves: Moves, context: Mapping[str, Any]) -> None:
    row = rows_of(tie.table, tie.key, [key])[0]
    moves.dropped.append(Dropped(tie.table, tie.key, row, kept))
    combine = _COMBINES.get(tie.table)
    if combine is None:
        return
    staying = rows_of(tie.table, tie.key, [kept])[0]
    for before in moves.altered:
        if (before.table, before.id) == (tie.table, kept):
            staying |= before.after
    wanted = {name: value for name, value in combine(staying, row, context).items() if staying[name] != value}
    if wanted:
        _alter(moves, tie, kept, {name: staying[name] for name in wanted}, wanted)


def _alter(moves: Moves, tie: Tie, key: Any, before: Row, after: Row) -> None:
    moves.altered.append(Altered(tie.table, tie.key, key, before, after))


def apply(moves: Moves) -> None:
    """Do what was planned."""
    for each in moves.altered:
        set_columns(each.table, each.key, each.id, each.after)
    for gone in moves.dropped:
        run(f"delete from {gone.table} where {gone.key} = %s", [gone.row[gone.key]])
    for moved in moves.moved:  # locked in order, so that two who take over the same rows wait for each other in turn
        fetch(f"select {moved.key} from {moved.table} where {moved.key} = any(%s) order by 1 for update", [moved.ids])
        run(f"update {moved.table} set {moved.column} = %s where {moved.key} = any(%s)", [moved.new, moved.ids])


def rows_of(table: str, key: str, ids: Sequence[Any]) -> list[Row]:
    """Whole rows as JSON, in the order of the ids."""
    found = fetch(f"select to_jsonb(t)::text as row from {table} t where t.{key} = any(%s)", [list(ids)])
    rows = [json.loads(each["row"]) for each in found]
    return sorted(rows, key=lambda row: list(ids).index(row[key]))


def set_columns(table: str, key: str, row_id: Any, values: Row) -> None:
    """Write columns whose values are JSON, whatever their types are."""
    names = ", ".join(values)
    run(
        f"update {table} set ({names}) = (select {names} from jsonb_populate_record(null::{table}, %s::jsonb))"
        f" where {key} = %s",
        [json.dumps(values), row_id],
    )


def run(sql: str, parameters: Sequence[Any]) -> int:
    """Do a statement; how many rows it wrote."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return int(cursor.rowcount)
