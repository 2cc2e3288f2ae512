"""Lists of the current day's signals: one partition, keyset paging, a count that stops early."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection

from headhaul.carriers.choices import Equipment, Level, Segment, equipment_codes, equipment_kinds, gate_codes
from headhaul.carriers.models import Signal as SignalModel
from headhaul.carriers.schemas.signals import (
    GetSignalSpikes,
    HistoryPoint,
    ListSignals,
    SignalFilters,
    SignalHistory,
    SignalList,
    SignalRow,
)
from headhaul.carriers.selectors import days
from headhaul.carriers.selectors.written import first
from headhaul.kernel.keyset import COUNT_LIMIT, decode_cursor, encode_cursor

FEW_NAMES = 2_000  # up to here a name's carriers are looked up first; beyond, the list is read in its order
SAMPLE = 5_000  # carriers
COMMON_IN_SAMPLE = 10
EXPORT_PIECE = 2_000
_COLUMNS = """
s.dot_number, s.name, s.state, s.segment, s.units, s.equipment_mask, s.score_hundredths, s.previous_score_hundredths,
s.n, s.near, s.active7, s.previous_n, s.confidence, s.urgency, s.is_new, s.is_spike, s.gate_mask
"""
_NAMES = [column.strip().removeprefix("s.") for column in _COLUMNS.split(",")]
NAMES = "(c.legal_name || ' ' || c.dba_name)"


@dataclass(frozen=True, slots=True)
class Order:
    """A sort with its keyset condition. Every order ends in the DOT number, so that it is total."""

    by: str
    after: str
    types: tuple[type, ...]
    keys: tuple[str, ...]


ORDERS = {
    "score": Order(
        "s.score_hundredths desc, s.dot_number desc",
        "(s.score_hundredths, s.dot_number) < (%s, %s)",
        (int, int),
        ("score_hundredths", "dot_number"),
    ),
    "drivers": Order("s.n desc, s.dot_number desc", "(s.n, s.dot_number) < (%s, %s)", (int, int), ("n", "dot_number")),
    "fleet": Order(  # unknown sizes come last, as -1: with nulls an index could not be entered in the middle
        "coalesce(s.units, -1) desc, s.dot_number desc",
        "(coalesce(s.units, -1), s.dot_number) < (%s, %s)",
        (int, int),
        ("units", "dot_number"),
    ),
    "name": Order("s.name, s.dot_number", "(s.name, s.dot_number) > (%s, %s)", (str, int), ("name", "dot_number")),
}


def page(*, asked: ListSignals, near_miles: float) -> SignalList:
    """A page of the current day. Without any day yet the list is empty."""
    day = days.current()
    if day is None:
        return SignalList(items=[], day=None, total=0, total_is_exact=True)
    rows, cursor = _page(asked, day.day, sort=asked.sort, limit=asked.limit, cursor=asked.cursor)
    total = None if asked.cursor else count(asked, day.day)
    return SignalList(
        items=[signal_row(row, near_miles) for row in rows],
        next_cursor=cursor,
        total=None if total is None else min(total, COUNT_LIMIT),
        total_is_exact=total is not None and total <= COUNT_LIMIT,
        day=day.day,
        computed_at=day.computed_at,
        carriers_considered=day.considered,
    )


def spikes(*, asked: GetSignalSpikes, near_miles: float) -> SignalList:
    """The current day's strong rises of worthy carriers."""
    wanted = ListSignals(
        limit=asked.limit,
        cursor=asked.cursor,
        states=asked.states,
        segments=asked.segments,
        is_spike=True,
        is_worthy=True,
    )
    return page(asked=wanted, near_miles=near_miles)


def every(*, asked: SignalFilters, sort: str) -> Iterator[dict[str, Any]]:
    """All rows of a list in its order, piece by piece, for an export."""
    day = current()
    cursor: str | None = None
    while day is not None:
        rows, cursor = _page(asked, day, sort=sort, limit=EXPORT_PIECE, cursor=cursor)
        yield from rows
        if cursor is None:
            return


def count(asked: SignalFilters, day: date) -> int:
    """How many rows a list has, counted to one more than the limit."""
    conditions, join, parameters = _conditions(asked, day)
    sql = f"select count(*) from (select 1 from carriers_signal s {join} where {conditions} limit {COUNT_LIMIT + 1}) q"
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return int(cursor.fetchone()[0])


def history(*, dot_number: int, days: int, today: date) -> SignalHistory:
    """A carrier's days, oldest first."""
    sql = """
        select day, score_hundredths, n, active7, is_spike, computed_at from carriers_signal
        where day > %s and day <= %s and dot_number = %s order by day
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, [today - timedelta(days=days), today, dot_number])
        rows = cursor.fetchall()
    points = [
        HistoryPoint(
            day=day,
            score=score / 100,
            driver_count=n,
            active_this_week=active,
            is_spike=spike,
            is_rebuilt=computed_at.date() > day,
        )
        for day, score, n, active, spike, computed_at in rows
    ]
    return SignalHistory(dot_number=dot_number, points=points)


def one(*, dot_number: int, day: date | None = None) -> SignalModel | None:
    """A carrier's signal of a day, or of the current one."""
    day = day or current()
    return first(SignalModel, "day = %s and dot_number = %s", [day, dot_number]) if day else None


def as_row(signal: SignalModel, near_miles: float) -> SignalRow:
    """A signal as lists show it."""
    return signal_row({name: getattr(signal, name) for name in _NAMES}, near_miles)


def signal_row(row: dict[str, Any], near_miles: float) -> SignalRow:
    """A row of the query as the wire has it."""
    before = row["previous_score_hundredths"]
    return SignalRow(
        dot_number=row["dot_number"],
        name=row["name"],
        state=row["state"],
        segment=row["segment"] or Segment.UNKNOWN,
        fleet_size=row["units"],
        equipment=equipment_codes(row["equipment_mask"]),
        score=row["score_hundredths"] / 100,
        previous_score=None if before is None else before / 100,
        driver_count=row["n"],
        near_count=row["near"],
        active_this_week=row["active7"],
        previous_driver_count=row["previous_n"],
        confidence=Level(row["confidence"]).code,
        urgency=Level(row["urgency"]).code,
        is_new=row["is_new"],
        is_spike=row["is_spike"],
        gates=list(gate_codes(row["gate_mask"])),
        headline=headline(row, near_miles),
    )


def headline(row: dict[str, Any], near_miles: float) -> str:
    """ "38 reefer drivers within 100 miles, 95 in all; 12 active this week"."""
    kinds = [kind.label.lower() for kind in equipment_kinds(row["equipment_mask"])]
    of = " or ".join(kinds) + " " if 1 <= len(kinds) <= 2 else ""
    n, near = row["n"], row["near"]
    word = "driver" if (near or n) == 1 else "drivers"
    close = f"{near:,} {of}{word} within {near_miles:g} miles" if near else f"{n:,} {of}{word} fit"
    total = f", {n:,} in all" if n > near > 0 else ""
    return f"{close}{total}; {row['active7'] or 'none'} active this week"


def _page(
    asked: SignalFilters, day: date, *, sort: str, limit: int, cursor: str | None
) -> tuple[list[dict[str, Any]], str | None]:
    order = ORDERS[sort]
    conditions, join, parameters = _conditions(asked, day)
    if cursor:
        keys = decode_cursor(cursor, sort=f"signals:{sort}", types=order.types)
        conditions += f" and {order.after}"
        parameters += keys
    sql = f"select {_COLUMNS} from carriers_signal s {join} where {conditions} order by {order.by} limit {limit + 1}"
    with connection.cursor() as database:
        database.execute(sql, parameters)
        rows = [dict(zip(_NAMES, values, strict=True)) for values in database.fetchall()]
    if len(rows) <= limit:
        return rows, None
    last = rows[limit - 1]
    keys = [-1 if last[key] is None else last[key] for key in order.keys]
    return rows[:limit], encode_cursor(f"signals:{sort}", keys)


def _conditions(asked: SignalFilters, day: date) -> tuple[str, str, list[Any]]:
    """(WHERE clause, what to join, parameters in the order they stand in)."""
    clauses: list[tuple[str, list[Any]]] = [("s.day = %s", [day]), *_whose(asked), *_how(asked)]
    join, join_parameters = "", []
    if asked.text:
        found = _dots_named(asked.text)
        if found is not None:
            clauses.append(("s.dot_number = any(%s)", [found]))
        else:  # a common word: reading the list in order meets it often enough
            join = (
                f"cross join lateral (select 1 from carriers_carrier c where c.dot_number = s.dot_number "
                f"and {NAMES} ilike %s offset 0) named"
            )
            join_parameters = [_like(asked.text)]
    parameters = [value for _, values in clauses for value in values]
    return " and ".join(clause for clause, _ in clauses), join, [*join_parameters, *parameters]


def _whose(asked: SignalFilters) -> Iterator[tuple[str, list[Any]]]:
    """Clauses about the carrier."""
    for column, values in (("state", asked.states), ("segment", asked.segments)):
        if len(values) == 1:
            yield f"s.{column} = %s", [values[0]]
        elif values:
            yield f"s.{column} = any(%s)", [list(values)]
    if asked.equipment:
        yield "s.equipment_mask & %s <> 0", [sum(1 << Equipment[code.upper()] for code in set(asked.equipment))]


def _how(asked: SignalFilters) -> Iterator[tuple[str, list[Any]]]:
    """Clauses about the signal."""
    for column, level in (("urgency", asked.urgency), ("confidence", asked.confidence)):
        if level:
            yield f"s.{column} = %s", [int(Level[level.upper()])]
    if asked.min_score is not None:
        yield "s.score_hundredths >= %s", [round(asked.min_score * 100)]
    if asked.min_drivers is not None:
        yield "s.n >= %s", [asked.min_drivers]
    if asked.min_fleet is not None:
        yield "coalesce(s.units, 0) >= %s", [asked.min_fleet]
    for column, wanted in (("is_new", asked.is_new), ("is_spike", asked.is_spike)):
        if wanted is not None:
            yield f"s.{column}" if wanted else f"not s.{column}", []
    if asked.is_worthy is not None:
        yield "s.gate_mask = 0" if asked.is_worthy else "s.gate_mask <> 0", []


def _dots_named(text: str) -> list[int] | None:
    """Carriers with this number or with this text in their names; None when there are too many to list."""
    if text.isdigit() and len(text) <= 8:
        return [int(text)]
    with connection.cursor() as cursor:
        # For a word that a quarter of a million carriers have, even the index takes long to say so; a sample does not.
        cursor.execute("select reltuples from pg_class where oid = 'carriers_carrier'::regclass")
        percent = min(100.0, 100.0 * SAMPLE / max(float(cursor.fetchone()[0]), 1.0))
        sample = f"carriers_carrier c tablesample system ({percent:.6f}) repeatable (1)"
        cursor.execute(
            f"select count(*) from (select 1 from {sample} where {NAMES} ilike %s limit {COMMON_IN_SAMPLE}) few",
            [_like(text)],
        )
        if cursor.fetchone()[0] >= COMMON_IN_SAMPLE and percent < 100:
            return None
        cursor.execute(
            f"select c.dot_number from carriers_carrier c where {NAMES} ilike %s limit {FEW_NAMES + 1}", [_like(text)]
        )
        found = [row[0] for row in cursor.fetchall()]
    return found if len(found) <= FEW_NAMES else None


def _like(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def current() -> date | None:
    """The day that lists show."""
    found = days.current()
    return found.day if found else None
