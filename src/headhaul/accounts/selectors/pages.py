"""One page of a keyset list from hand-written SQL: conditions, order, cursor and a count that stops early."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import connection, transaction

from headhaul.kernel.keyset import COUNT_LIMIT, decode_cursor, encode_cursor


@dataclass(frozen=True, slots=True)
class Sort:
    """An order of a list: its columns, their types, and whether it runs down or up."""

    name: str
    columns: tuple[str, ...]
    types: tuple[type, ...]
    key: Callable[[dict[str, Any]], list[Any]]
    descending: bool = True

    @property
    def cursor_name(self) -> str:
        """What a cursor is bound to: turning round starts anew."""
        return f"{self.name} {'down' if self.descending else 'up'}"

    @property
    def order_by(self) -> str:
        """The ORDER BY list."""
        return ", ".join(f"{column} {'desc' if self.descending else 'asc'}" for column in self.columns)


def both_ways(*sorts: Sort) -> dict[tuple[str, str | None], Sort]:
    """Each order by (its name, direction); without a direction it runs as is usual for it."""
    orders: dict[tuple[str, str | None], Sort] = {}
    for sort in sorts:
        for direction in ("asc", "desc"):
            orders[sort.name, direction] = replace(sort, descending=direction == "desc")
        orders[sort.name, None] = sort
    return orders


@dataclass(slots=True)
class Conditions:
    """WHERE clauses of fixed text with their parameters."""

    clauses: list[str] = field(default_factory=list)
    parameters: list[Any] = field(default_factory=list)

    def add(self, clause: str, *parameters: Any) -> None:
        """And `clause`, whose %s are filled with `parameters`."""
        self.clauses.append(clause)
        self.parameters.extend(parameters)

    @property
    def where(self) -> str:
        """The clause, or one that is always true."""
        return " and ".join(self.clauses) or "true"


@dataclass(frozen=True, slots=True)
class Rows:
    """A page and where the next one starts."""

    rows: list[dict[str, Any]]
    next_cursor: str | None
    total: int | None
    total_is_exact: bool


def fetch(sql: str, parameters: Sequence[Any] | Mapping[str, Any]) -> list[dict[str, Any]]:
    """All rows of a query by column name."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        answer = cursor.pgresult  # `description` makes an object a column, which took a tenth of opening an account
        names = [answer.fname(number).decode() for number in range(answer.nfields)]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def stream(sql: str, parameters: Sequence[Any], *, at_once: int = 2_000) -> Iterator[dict[str, Any]]:
    """All rows of a query as they were when it began, fetched in pieces: memory stays the same however many."""
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(sql, parameters)
        while rows := cursor.fetchmany(at_once):
            names = [column.name for column in cursor.description]
            for row in rows:
                yield dict(zip(names, row, strict=True))


def page(
    *,
    columns: str,
    source: str,
    counted_in: str,
    conditions: Conditions,
    sort: Sort,
    cursor: str | None,
    limit: int,
) -> Rows:
    """The page after `cursor`. The total is counted on the first page only, to at most COUNT_LIMIT.

    `counted_in` is the part of `source` that the conditions speak of: what only adds columns need not be counted.
    """
    total = None if cursor else _count(counted_in, conditions)
    where, parameters = conditions.where, list(conditions.parameters)
    if cursor:
        position = decode_cursor(cursor, sort=sort.cursor_name, types=sort.types)
        where += f" and ({', '.join(sort.columns)}) {'<' if sort.descending else '>'} " + _tuple(len(position))
        parameters += position
    rows = fetch(
        f"select {columns} from {source} where {where} order by {sort.order_by} limit %s", [*parameters, limit + 1]
    )
    more = len(rows) > limit
    rows = rows[:limit]
    return Rows(
        rows=rows,
        next_cursor=encode_cursor(sort.cursor_name, sort.key(rows[-1])) if more else None,
        total=None if total is None else min(total, COUNT_LIMIT),
        total_is_exact=total is not None and total <= COUNT_LIMIT,
    )


def _tuple(size: int) -> str:
    return f"({', '.join(['%s'] * size)})"


def _count(source: str, conditions: Conditions) -> int:
    limited = f"select 1 from {source} where {conditions.where} limit {COUNT_LIMIT + 1}"
    return int(fetch(f"select count(*) as n from ({limited}) few", conditions.parameters)[0]["n"])
