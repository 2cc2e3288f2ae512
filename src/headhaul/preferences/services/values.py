"""Reading and saving sections. A read costs a query at most once a second in each process."""

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


_cache: dict[str, tuple[float, Stored]] = {}
_cache_lock = threading.Lock()


def get(section: type[S]) -> S:
    """The current settings of a section."""
    return cast(S, get_stored(section).values)


def get_stored(section: type[Section], *, fresh: bool = False) -> Stored:
    """The current settings with their version; `fresh` asks the database for certain."""
    known = _cache.get(section.key)
    if known and not fresh and time.monotonic() - known[0] < FRESH_FOR:
        return known[1]
    stored = _read(section)
    if not connection.in_atomic_block:  # what a transaction sees may never come true
        with _cache_lock:
            _cache[section.key] = (time.monotonic(), stored)
    return stored


def forget() -> None:
    """Read anew next time (after a save here, or between tests)."""
    with _cache_lock:
        _cache.clear()


def save(*, section: type[Section], values: dict[str, Any], expected_version: int, by: Actor, at: datetime) -> Stored:
    """Store changed values; StaleVersion when somebody saved in between, InvalidData names the field."""
    with transaction.atomic():
        before = _read(section, lock=True)
        if before.version != expected_version:
            said = "Somebody changed these settings meanwhile. Look at them again, then repeat your change."
            raise StaleVersion(said, current=before.version, field="expectedVersion")
        merged = before.values.model_dump(by_alias=True) | values
        after = Stored(_checked(section, merged), before.version + 1)
        _write(section.key, before=before, after=after, by=by, at=at)
    transaction.on_commit(forget)
    return after


def _checked(section: type[Section], values: dict[str, Any]) -> Section:
    try:
        return section.model_validate(values)
    except ValidationError as fault:
        faults = [(e["loc"], e["msg"].removeprefix("Value error, ")) for e in fault.errors(include_url=False)]
        fields = {".".join(["values", *map(str, where)]): said for where, said in faults}
        together = "".join(f": {said}" for where, said in faults if not where)  # of no single field
        raise InvalidData(f"These settings cannot be saved as they are{together}.", fields=fields) from fault


def _read(section: type[Section], *, lock: bool = False) -> Stored:
    with connection.cursor() as cursor:
        if lock:  # also where no row exists yet, so that two first saves meet
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('settings'), hashtext(%s))", [section.key])
        cursor.execute("SELECT values::text, version FROM preferences_storedsection WHERE key = %s", [section.key])
        row = cursor.fetchone()
    return Stored(_tolerant(section, json.loads(row[0])), row[1]) if row else Stored(section(), 0)


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
