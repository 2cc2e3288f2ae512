"""Tables into NumPy: the server packs columns into arrays, so that a million rows are a few messages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import psycopg
from django.db import connection
from numpy.typing import NDArray

_WIRE = {
    "int2": np.dtype([("length", ">i4"), ("value", ">i2")]),
    "int4": np.dtype([("length", ">i4"), ("value", ">i4")]),
    "int8": np.dtype([("length", ">i4"), ("value", ">i8")]),
}
_KINDS = {"int2": np.int16, "int4": np.int32, "int8": np.int64}
_HEADER = 20  # dimensions, flags, type, length, lower bound: four bytes each


def read_arrays(
    columns: Mapping[str, tuple[str, str]], source: str, parameters: Mapping[str, Any]
) -> dict[str, NDArray[Any]]:
    """The columns of a query, in no order. `columns` is name → (SQL, int2, int4 or int8); no value may be null."""
    listed = ", ".join(f'({sql})::{kind} as "{name}"' for name, (sql, kind) in columns.items())
    packed = ", ".join(f'array_agg("{name}")' for name in columns)
    found = _fetch(f"select {packed} from (select {listed} {source}) q", parameters)
    return {name: _unpack(found[place], kind) for place, (name, (_, kind)) in enumerate(columns.items())}


def read_in_ranges(
    columns: Mapping[str, tuple[str, str]],
    source: str,
    parameters: Mapping[str, Any],
    *,
    ranges: Iterator[tuple[int, int]],
) -> dict[str, NDArray[Any]]:
    """`read_arrays` piece by piece over %(low)s ≤ key < %(high)s, so that memory holds one packed piece at a time."""
    pieces = [read_arrays(columns, source, {**parameters, "low": low, "high": high}) for low, high in ranges]
    kinds = {name: _KINDS[kind] for name, (_, kind) in columns.items()}
    return {
        name: np.concatenate([piece.pop(name) for piece in pieces]) if pieces else np.zeros(0, kind)
        for name, kind in kinds.items()
    }


def dot_ranges(table: str, *, width: int = 1 << 18) -> Iterator[tuple[int, int]]:
    """Ranges that cover every DOT number of a table."""
    with connection.cursor() as cursor:
        cursor.execute(f"select min(dot_number), max(dot_number) from {table}")
        low, high = cursor.fetchone()
    if low is not None:
        for start in range(low // width * width, high + 1, width):
            yield start, start + width


def _fetch(query: str, parameters: Mapping[str, Any]) -> list[bytes | None]:
    connection.ensure_connection()
    # Django's own cursors bind on the client, which cannot ask for binary results.
    with psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(query, parameters, binary=True)
        result = cursor.pgresult
        assert result is not None
        return [result.get_value(0, place) for place in range(result.nfields)]


def _unpack(packed: bytes | None, kind: str) -> NDArray[Any]:
    if packed is None:
        return np.zeros(0, _KINDS[kind])
    return np.frombuffer(packed, _WIRE[kind], offset=_HEADER)["value"].astype(_KINDS[kind])
