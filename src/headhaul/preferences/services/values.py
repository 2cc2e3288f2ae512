"""Reading and saving sections.

All sections are read by one query, at most once a second in each process, inside a transaction or not. What must
not act on settings that are a second old, as a message that is about to leave, calls `renew` first. A transaction that
saved settings sees its own at once; other processes see them within a second of its commit.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar, cast

from django.db import connection, transaction
from pydantic import ValidationError

from headhaul.kernel import Actor, InvalidData, StaleVersion
from headhaul.preferences.sections import Section

log = logging.getLogger(__name__)

FRESH_FOR = 1.0  # seconds a process trusts what it has read

S = TypeVar("S", bound=Section)


@dataclass(frozen=True, slots=True)
class Stored:
    """A section as it is now."""

    values: Section
    version: int


Rows = dict[str, tuple[str, int]]  # by key: the values as JSON, and their version

_lock = threading.Lock()
_kept: tuple[float, Rows] | None = None  # when the query began, and what it found
_forgotten = 0  # counts, so that a query which began before a change does not come back with what was
_made: dict[str, tuple[tuple[str, int] | None, Stored]] = {}  # by key: the row if any, and the section made of it


def get(section: type[S]) -> S:
    """The current settings of a section."""
    return cast(S, get_stored(section).values)


def get_stored(section: type[Section], *, fresh: bool = False) -> Stored:
    """The current settings with their version; `fresh` asks the database for certain."""
    known = _kept
    if fresh or known is None or time.monotonic() - known[0] >= FRESH_FOR or _saved_here():
        return _stored(section, renew())
    return _stored(section, known[1])


def renew() -> Rows:
    """Ask the database now: whatever was committed before this call holds for what is read after it."""
    global _kept
    began, generation = time.monotonic(), _forgotten
    with connection.cursor() as cursor:
        cursor.execute("SELECT key, values::text, version FROM preferences_storedsection")
        rows: Rows = {key: (values, version) for key, values, version in cursor.fetchall()}
    if not _saved_here():  # what this transaction saved may never come true
        with _lock:
            if generation == _forgotten and (_kept is None or _kept[0] <= began):
                _kept = (began, rows)
    return rows


def forget() -> None:
    """Read anew next time (after a save here, or between tests)."""
    global _kept, _forgotten
    with _lock:
        _kept, _forgotten = None, _forgotten + 1
        _made.clear()


def save(*, section: type[Section], values: dict[str, Any], expected_version: int, by: Actor, at: datetime) -> Stored:
    """Store changed values; StaleVersion when somebody saved in between, InvalidData names the field."""
    with transaction.atomic():
        before = _locked(section)
        if before.version != expected_version:
            said = "Somebody changed these settings meanwhile. Look at them again, then repeat your change."
            raise StaleVersion(said, current=before.version, field="expectedVersion")
        transaction.on_commit(forget)  # and until then a sign of what this transaction did: see `_saved_here`
        merged = before.values.model_dump(by_alias=True) | values
        after = Stored(_checked(section, merged), before.version + 1)
        _write(section.key, before=before, after=after, by=by, at=at)
    return after


def _saved_here() -> bool:
    """Whether the open transaction saved settings. A rollback, to a savepoint too, takes the sign away with them."""
    return any(hook[1] is forget for hook in connection.run_on_commit)


def _checked(section: type[Section], values: dict[str, Any]) -> Section:
    try:
        return section.model_validate(values)
    except ValidationError as fault:
        faults = [(e["loc"], e["msg"].removeprefix("Value error, ")) for e in fault.errors(include_url=False)]
        fields = {".".join(["values", *map(str, where)]): said for where, said in faults}
        together = "".join(f": {said}" for where, said in faults if not where)  # of no single field
        raise InvalidData(f"These settings cannot be saved as they are{together}.", fields=fields) from fault


def _locked(section: type[Section]) -> Stored:
    """The section, its row held until the transaction ends; also where there is none yet, so two first saves meet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('settings'), hashtext(%s))", [section.key])
    return _stored(section, renew())


def _stored(section: type[Section], rows: Rows) -> Stored:
    row, made = rows.get(section.key), _made.get(section.key)
    if made is not None and made[0] == row:
        return made[1]
    stored = Stored(_tolerant(section, json.loads(row[0])), row[1]) if row else Stored(section(), 0)
    _made[section.key] = (row, stored)
    return stored


def _tolerant(section: type[Section], values: dict[str, Any]) -> Section:
    """What is stored may be older than the code: a field that no longer fits falls back to its default."""
    while True:
        try:
            return section.model_validate(values)
        except ValidationError as fault:
            bad = {str(e["loc"][0]) for e in fault.errors() if e["loc"]} & values.keys()
            log.warning("settings %s: stored %s do not fit and were ignored", section.key, sorted(bad))
            if not bad:
                return section()
            values = {name: value for name, value in values.items() if name not in bad}


def _write(key: str, *, before: Stored, after: Stored, by: Actor, at: datetime) -> None:
    old, new = (s.values.model_dump_json(by_alias=True) for s in (before, after))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO preferences_storedsection (key, version, values) VALUES (%s, %s, %s::jsonb)"
            " ON CONFLICT (key) DO UPDATE SET version = excluded.version, values = excluded.values",
            [key, after.version, new],
        )
        cursor.execute(
            "INSERT INTO preferences_sectionchange (key, version, at, user_id, actor, before, after)"
            " VALUES (%s, %s, %s, %s, %s, %s::jsonb, %s::jsonb)",
            [key, after.version, at, by.user_id, by.email or by.label, old, new],
        )
