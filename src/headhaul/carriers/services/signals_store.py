"""A day of signals as a partition: written beside the others by binary COPY, indexed, swapped in at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from django.db import connection, transaction
from numpy.typing import NDArray

from headhaul.carriers.choices import Equipment, JobType
from headhaul.carriers.models import SignalDay
from headhaul.carriers.services import tallies
from headhaul.kernel.places import STATE_CODES

CHUNK = 1 << 16
NO_SCORE = -1

# What lists sort and filter by. Only the newest day has these: older days are read by carrier alone.
LIST_INDEXES = (
    "(score_hundredths desc, dot_number desc)",
    "(state, score_hundredths desc, dot_number desc)",
    "(segment, score_hundredths desc, dot_number desc)",
    "(n desc, dot_number desc)",
    "(coalesce(units, -1) desc, dot_number desc)",
    "(name, dot_number)",
    "(score_hundredths desc, dot_number desc) where is_spike",
    "(score_hundredths desc, dot_number desc) where is_new",
    "(score_hundredths desc, dot_number desc) where urgency = 2",
    "(score_hundredths desc, dot_number desc) where gate_mask <> 0",
)

# One record of the copy: every column with its length before it, arrays with their headers, all of fixed width.
_SCALARS = (
    ("dot_number", "i4"), ("score_hundredths", "i2"), ("n", "i4"), ("near", "i4"), ("prox", "i8"), ("rec", "i8"),
    ("fit", "i8"), ("active7", "i4"), ("pool", "i4"), ("confidence", "i2"), ("urgency", "i2"), ("demand_mask", "i2"),
    ("gate_mask", "i2"), ("is_new", "i1"), ("is_spike", "i1"),
    ("previous_score_hundredths", "i2"), ("previous_n", "i4"),
)  # fmt: skip
_ARRAYS = (("by_equipment", len(Equipment)), ("by_job", len(JobType)), ("states", 3), ("state_counts", 3))
_SQL_KINDS = {"i1": "boolean", "i2": "smallint", "i4": "integer", "i8": "bigint"}
_INT4_OID = 23


@dataclass(frozen=True, slots=True)
class SignalRows:
    """Signals of a day, one entry per carrier. A previous score of NO_SCORE means that there was none."""

    dot_number: NDArray[np.int32]
    score_hundredths: NDArray[np.int16]
    n: NDArray[np.int32]
    near: NDArray[np.int32]
    prox: NDArray[np.int64]
    rec: NDArray[np.int64]
    fit: NDArray[np.int64]
    active7: NDArray[np.int32]
    pool: NDArray[np.int32]
    confidence: NDArray[np.uint8]
    urgency: NDArray[np.uint8]
    demand_mask: NDArray[np.uint16]
    gate_mask: NDArray[np.int16]
    is_new: NDArray[np.bool_]
    is_spike: NDArray[np.bool_]
    previous_score_hundredths: NDArray[np.int16]
    previous_n: NDArray[np.int32]
    by_equipment: NDArray[np.int32]  # (rows, 10)
    by_job: NDArray[np.int32]  # (rows, 4)
    states: NDArray[np.int8]  # (rows, 3) numbers of kernel.places, -1 none
    state_counts: NDArray[np.int32]  # (rows, 3)

    def __len__(self) -> int:
        return len(self.dot_number)


def write_day(
    *,
    day: date,
    rows: SignalRows,
    details: dict[str, Any],
    considered: int,
    drivers: int,
    at: datetime,
    settings_version: int = 0,
) -> SignalDay:
    """Put a day's signals in the place of whatever the day had, and make the newest day current. All or nothing."""
    table = _table(day)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('carriers_signal'))")
        _copy(cursor, rows)
        cursor.execute(f"drop table if exists {table}_new")
        cursor.execute(f"create table {table}_new (like carriers_signal including defaults including constraints)")
        cursor.execute(
            f"insert into {table}_new ({_TARGET}) {_SELECT}",
            {"day": day, "at": at, "codes": list(STATE_CODES)},
        )
        kept = cursor.rowcount
        cursor.execute(f"drop table if exists {table}")
        cursor.execute(f"alter table {table}_new rename to {table}")
        cursor.execute(f"alter table {table} add constraint {table}_pkey primary key (day, dot_number)")
        cursor.execute(
            f"alter table {table} add constraint {table}_day check (day >= '{day}' and day < '{day + timedelta(1)}')"
        )
        cursor.execute(
            f"alter table carriers_signal attach partition {table} "
            f"for values from ('{day}') to ('{day + timedelta(1)}')"
        )
        SignalDay.objects.update_or_create(
            day=day,
            defaults={
                "rows": kept,
                "considered": considered,
                "drivers": drivers,
                "spikes": int(rows.is_spike.sum()),
                "settings_version": settings_version,
                "details": details,
                "computed_at": at,
            },
        )
        _make_newest_current(cursor)
        cursor.execute(f"analyze {table}")
        tallies.refresh(changed=day)
    return SignalDay.objects.get(pk=day)


def drop_days_before(day: date) -> int:
    """Forget days older than this one; how many there were. The current day always stays."""
    old = list(SignalDay.objects.filter(day__lt=day, is_current=False).values_list("day", flat=True))
    with transaction.atomic(), connection.cursor() as cursor:
        for each in old:
            cursor.execute(f"drop table if exists {_table(each)}")
        SignalDay.objects.filter(day__in=old).delete()
    return len(old)


def current_day() -> date | None:
    """The day that lists show."""
    return SignalDay.objects.filter(is_current=True).values_list("day", flat=True).first()


def _make_newest_current(cursor: Any) -> None:
    newest = SignalDay.objects.order_by("-day").first()
    assert newest is not None
    for row in SignalDay.objects.filter(is_current=True).exclude(pk=newest.pk):
        SignalDay.objects.filter(pk=row.pk).update(is_current=False)
        for number in range(len(LIST_INDEXES)):
            cursor.execute(f"drop index if exists {_table(row.day)}_l{number}")
    SignalDay.objects.filter(pk=newest.pk).update(is_current=True)
    for number, columns in enumerate(LIST_INDEXES):
        cursor.execute(f"create index if not exists {_table(newest.day)}_l{number} on {_table(newest.day)} {columns}")


def _table(day: date) -> str:
    return f"carriers_signal_{day:%Y%m%d}"


def _copy(cursor: Any, rows: SignalRows) -> None:
    columns = ", ".join(
        [*(f"{name} {_SQL_KINDS[kind]}" for name, kind in _SCALARS), *(f"{name} integer[]" for name, _ in _ARRAYS)]
    )
    cursor.execute("drop table if exists pg_temp.carriers_signals_in")
    cursor.execute(f"create temp table carriers_signals_in ({columns}) on commit drop")
    with cursor.copy("copy carriers_signals_in from stdin (format binary)") as stream:
        stream.write(b"PGCOPY\n\xff\r\n\0" + bytes(8))
        for piece in _records(rows):
            stream.write(piece)
        stream.write(b"\xff\xff")


def _records(rows: SignalRows) -> Iterator[bytes]:
    """The rows in PostgreSQL's binary copy format, some thousands at a time."""
    layout: list[Any] = [("fields", ">i2")]
    for name, kind in _SCALARS:
        layout += [(f"{name}_length", ">i4"), (name, f">{kind}")]
    for name, size in _ARRAYS:
        layout += [(f"{name}_length", ">i4"), (f"{name}_header", ">i4", 5), (name, _ELEMENT, size)]
    record = np.dtype(layout)
    for start in range(0, len(rows), CHUNK):
        here = slice(start, start + CHUNK)
        out = np.zeros(len(rows.dot_number[here]), record)
        out["fields"] = len(_SCALARS) + len(_ARRAYS)
        for name, kind in _SCALARS:
            out[f"{name}_length"] = int(kind[1])
            out[name] = getattr(rows, name)[here]
        for name, size in _ARRAYS:
            out[f"{name}_length"] = 20 + 8 * size
            out[f"{name}_header"] = (1, 0, _INT4_OID, size, 1)
            out[name]["length"] = 4
            out[name]["value"] = getattr(rows, name)[here]
        yield out.tobytes()


_ELEMENT = np.dtype([("length", ">i4"), ("value", ">i4")])

_TARGET = """
day, dot_number, score_hundredths, n, near, prox, rec, fit, active7, pool, by_equipment, by_job, top_states,
top_state_counts,
confidence, urgency, demand_mask, gate_mask, is_new, is_spike, previous_score_hundredths, previous_n, state, segment,
equipment_mask, units, name, computed_at
"""

# A carrier that the census lost since the columns were read is left out by the join.
_SELECT = """
select %(day)s, i.dot_number, i.score_hundredths, i.n, i.near, i.prox, i.rec, i.fit, i.active7, i.pool, i.by_equipment,
    i.by_job,
    array_remove(array[(%(codes)s::text[])[i.states[1] + 1], (%(codes)s::text[])[i.states[2] + 1],
        (%(codes)s::text[])[i.states[3] + 1]], null),
    i.state_counts[1:(i.states[1] >= 0)::int + (i.states[2] >= 0)::int + (i.states[3] >= 0)::int],
    i.confidence, i.urgency, i.demand_mask, i.gate_mask, i.is_new, i.is_spike,
    nullif(i.previous_score_hundredths, -1), nullif(i.previous_n, -1),
    c.phy_state, c.segment, c.equipment_primary | c.equipment_secondary, c.effective_units,
    case when c.dba_name <> '' then c.dba_name else c.legal_name end, %(at)s
from carriers_signals_in i join carriers_carrier c using (dot_number)
"""
