"""A temporary table that batches are copied into, and the words every kind of file uses to apply it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
from django.db import connection
from django.db.backends.utils import CursorWrapper
from numpy.typing import NDArray

from headhaul.carriers.services.importing.fields import Columns

TABLE = "carriers_staging"


@dataclass(slots=True)
class Counts:
    """What became of the rows that were staged."""

    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    older: int = 0
    duplicates: int = 0
    notes: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Staged:
    """One batch, ready to copy. The hash covers `facts` and not `derived`."""

    facts: Mapping[str, pa.Array]
    derived: Mapping[str, pa.Array] = field(default_factory=dict)


class FileKind(Protocol):
    """A kind of file: which columns it wants, what a batch becomes, and how the staged rows reach their tables."""

    @property
    def wanted(self) -> set[str]:
        """Normal names of the columns to read."""

    @property
    def staging_columns(self) -> Mapping[str, str]:
        """Column → SQL type of the staging table, facts before derived, without row_no and row_hash."""

    def normalise(self, columns: Columns) -> Staged:
        """The staging columns of a batch."""

    def newest_date(self, cursor: CursorWrapper) -> date | None:
        """The newest day the staged rows speak of; None when the file has no dates."""

    def apply(self, cursor: CursorWrapper, *, as_of: date) -> tuple[Counts, list[Sequence[Any]]]:
        """Bring the staged rows in, set by set. Also gives (row_no, key, reason) of duplicates for the report."""


def create(columns: Mapping[str, str]) -> None:
    """An empty staging table; one that an interrupted run left in this session goes first."""
    listed = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    with connection.cursor() as cursor:
        cursor.execute(f"drop table if exists pg_temp.{TABLE}")
        cursor.execute(f"create temp table {TABLE} (row_no bigint, row_hash bigint, {listed})")


def drop() -> None:
    """Remove the staging table, if the session is able to."""
    if connection.connection is not None and not connection.needs_rollback and connection.is_usable():
        with connection.cursor() as cursor:
            cursor.execute(f"drop table if exists pg_temp.{TABLE}")


def copy(staged: Staged, *, columns: Sequence[str], row_numbers: NDArray[np.int64], keep: NDArray[np.bool_]) -> None:
    """Append the rows of a batch that are worth keeping."""
    if not keep.any():
        return
    chosen = pa.array(keep)
    facts = _lines({name: array.filter(chosen) for name, array in staged.facts.items()})
    derived = _lines({name: array.filter(chosen) for name, array in staged.derived.items()}) if staged.derived else None
    hashes = row_hashes(facts)
    numbers = row_numbers[keep].tolist()
    if derived is None:
        lines = [b"%d,%d,%b" % row for row in zip(numbers, hashes, facts, strict=True)]
    else:
        lines = [b"%d,%d,%b,%b" % row for row in zip(numbers, hashes, facts, derived, strict=True)]
    with (
        connection.cursor() as cursor,
        cursor.copy(f"copy {TABLE} (row_no, row_hash, {', '.join(columns)}) from stdin (format csv)") as stream,
    ):
        stream.write(b"\n".join(lines))


def row_hashes(lines: Sequence[bytes]) -> list[int]:
    """A 64-bit hash of each line that stays the same on every machine and in every run."""
    digests = b"".join([hashlib.blake2b(line, digest_size=8).digest() for line in lines])
    hashes: list[int] = np.frombuffer(digests, "<i8").tolist()
    return hashes


def _lines(arrays: Mapping[str, pa.Array]) -> list[bytes]:
    # No value holds a line end: `Columns.text` turned them into spaces.
    buffer = pa.BufferOutputStream()
    pa_csv.write_csv(pa.table(dict(arrays)), buffer, pa_csv.WriteOptions(include_header=False))
    lines: list[bytes] = buffer.getvalue().to_pybytes().split(b"\n")
    lines.pop()
    return lines
