"""The hash chain over the audit, made behind the writers' backs so that they never queue for it.

A trigger notes every new entry as pending. One sealer at a time takes the pending entries it can see, which
are those of finished transactions, and appends a link for each: the digest of the entry, and the digest of that
together with the link before. Whoever changes, removes or moves an entry breaks a link that can be named.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction

log = logging.getLogger(__name__)

BATCH = 2_000
GENESIS = b"\x00" * 32
COLUMNS = (
    *("id", "at", "action", "outcome", "code", "actor_kind", "user_id", "actor", "role", "token_id", "door"),
    *("request_id", "batch_id", "target_type", "target_id", "data_keys"),
)

_ENTRY = ", ".join(f"e.{column}" for column in COLUMNS)
_PENDING = f"""
SELECT p.entry_id, {_ENTRY} FROM (SELECT entry_id FROM actions_auditpending ORDER BY entry_id LIMIT {BATCH}) p
LEFT JOIN actions_auditentry e ON e.id = p.entry_id ORDER BY p.entry_id
"""


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain. Noted elsewhere, it proves later that the whole chain was not rewritten."""

    position: int
    digest: bytes

    def __str__(self) -> str:
        return f"{self.position}:{self.digest.hex()}"


def seal_pending(*, at: datetime) -> int:
    """Seal what waits, batch by batch; how many. A second sealer at the same time does nothing."""
    sealed = 0
    while True:
        with transaction.atomic():
            if not _sole_sealer():
                return sealed
            count = _seal_batch(at=at)
        sealed += count
        if count < BATCH:
            if sealed:
                log.info("sealed %s audit entries; the chain ends at %s", sealed, head())
            return sealed


def head() -> Head:
    """Where the chain ends now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT position, chain_digest FROM actions_auditseal ORDER BY position DESC LIMIT 1")
        row = cursor.fetchone()
    return Head(row[0], bytes(row[1])) if row else Head(0, GENESIS)


def entry_digest(entry: Sequence[Any]) -> bytes:
    """What an entry's seal remembers of it: SHA-256 over its columns in one fixed spelling."""
    spelled = [_spelled(value) for value in entry]
    return hashlib.sha256(json.dumps(spelled, separators=(",", ":")).encode()).digest()


def chain_digest(before: bytes, digest: bytes) -> bytes:
    """The next link of the chain."""
    return hashlib.sha256(before + digest).digest()


def _sole_sealer() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('headhaul'), hashtext('audit seal'))")
        return bool(cursor.fetchone()[0])


def _seal_batch(*, at: datetime) -> int:
    end = head()
    position, chain, seals = end.position, end.digest, []
    with connection.cursor() as cursor:
        cursor.execute(_PENDING)
        for entry_id, *entry in cursor.fetchall():
            if entry[0] is None:
                log.error("audit entry %s vanished before it was sealed", entry_id)
                continue  # it stays pending, so that every check names it
            digest = entry_digest(entry)
            position, chain = position + 1, chain_digest(chain, digest)
            seals.append((position, entry_id, digest, chain, at))
        cursor.executemany(
            "INSERT INTO actions_auditseal (position, entry_id, entry_digest, chain_digest, sealed_at)"
            " VALUES (%s, %s, %s, %s, %s)",
            seals,
        )
        cursor.execute(
            "DELETE FROM actions_auditpending WHERE entry_id = ANY(%s)",
            [[entry_id for _, entry_id, *_ in seals]],
        )
    return len(seals)


def _spelled(value: Any) -> Any:
    return value.astimezone(UTC).isoformat(timespec="microseconds") if isinstance(value, datetime) else value
