"""A restored or cloned Headhaul starts with sending held: what it thinks is due may have left long ago.

The database and the home directory share a mark, and each remembers the other: the database on which server it is, the
home how far the database had got. Where they differ, all sending is held until an administrator looked and lifts it.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import uuid
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import DatabaseError, transaction

from headhaul.compliance import hashing
from headhaul.compliance.choices import HoldScope
from headhaul.compliance.models import Instance
from headhaul.compliance.selectors.rows import fetch
from headhaul.compliance.services import holds
from headhaul.kernel import SYSTEM

log = logging.getLogger(__name__)

FILE = "instance.json"
LIFT = "Look at the outbox, cancel what must not leave (again), then lift this stop."
_SERVER = """
select s.system_identifier || '/' || c.timeline_id || '/' || d.oid as server
from pg_control_system() s, pg_control_checkpoint() c, pg_database d where d.datname = current_database()
"""
_NAMELESS = "select oid || '/' || datname as server from pg_database where datname = current_database()"
_SEEN = "select coalesce(max(id), 0) as receipts from compliance_receipt"


def check(*, home: Path, at: datetime) -> str:
    """Compare the marks, and hold all sending where they differ: why, or "". Safe to repeat, at every start."""
    with transaction.atomic():
        fetch("select pg_advisory_xact_lock(hashtext('headhaul'), hashtext('instance'))", [])
        here, receipts = _server(), int(fetch(_SEEN, [])[0]["receipts"])
        known = Instance.objects.filter(pk=1).first()
        noted = _read(home)
        why = _difference(known, noted, server=here, receipts=receipts) if known else ""
        if why:
            log.error("sending is held: %s", why)
            holds.open_hold(scope=HoldScope.ALL, reason=f"{why} {LIFT}", at=at, by=SYSTEM)
        if known is None or why:
            known = Instance(mark=uuid.uuid4(), server=here, key_print=hashing.key_prints()[0], marked_at=at)
            Instance.objects.update_or_create(pk=1, defaults={name: getattr(known, name) for name in _FIELDS})
    _write(home, {"mark": str(known.mark), "receipts": receipts})
    return why


def hold_restored(*, source: str, at: datetime) -> None:
    """After a restore: nothing leaves before somebody looked."""
    reason = f"This database was restored from {source}. {LIFT}"
    holds.open_hold(scope=HoldScope.ALL, reason=reason, at=at, by=SYSTEM)


_FIELDS = ("mark", "server", "key_print", "marked_at")


def _difference(known: Instance, noted: dict[str, Any], *, server: str, receipts: int) -> str:
    if known.server != server:
        return "This database runs on another server than before: it was copied, restored or failed over."
    if known.key_print not in hashing.key_prints():
        return "The secret key is another one, so denials of people who were forgotten cannot be recognised."
    if noted and noted.get("mark") != str(known.mark):
        return "This home directory belongs to another database: one of the two was copied or restored."
    if int(noted.get("receipts", 0)) > receipts:
        return f"This database has gone back in time: it had {noted['receipts']} decisions, and has {receipts}."
    return ""


def _server() -> str:
    try:
        with transaction.atomic():
            return str(fetch(_SERVER, [])[0]["server"])
    except DatabaseError:  # a hosted server may not tell its control data
        return str(fetch(_NAMELESS, [])[0]["server"])


def _read(home: Path) -> dict[str, Any]:
    try:
        noted = json.loads((home / FILE).read_text())
    except (OSError, ValueError):  # a new machine beside others, or the first start
        return {}
    return noted if isinstance(noted, dict) else {}


def _write(home: Path, noted: dict[str, Any]) -> None:
    fresh = home / f"{FILE}.{os.getpid()}.new"
    with contextlib.suppress(OSError):  # a home that cannot be written to says so elsewhere
        home.mkdir(parents=True, exist_ok=True)
        fresh.write_text(json.dumps(noted))
        fresh.replace(home / FILE)
