"""The hash chain over the receipts, made behind the senders' backs so that they never queue for it.

One sealer at a time takes the receipts it can see, which are those of finished transactions, and ties each to the one
before. What names a person enters the seal by a salted digest of its own: when it is forgotten, the chain still holds.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction

from headhaul.compliance.selectors.rows import fetch

log = logging.getLogger(__name__)

BATCH = 1_000
GENESIS = "0" * 64
PUBLIC = (
    *("id", "at", "outcome", "purpose", "channel", "address_hash", "contact_id", "account_id", "sender_id", "user_id"),
    *("message_id", "attempt_id", "action", "until", "reasons", "facts", "rules_hash", "tzdata", "body_hash"),
)
PERSONAL = ("address", "content")
# JSON as PostgreSQL spells it: that is the same for the same value, on every machine.
COLUMNS = ", ".join(f"{name}::text as {name}" if name in ("reasons", "facts", "content") else name
                    for name in (*PUBLIC, *PERSONAL))  # fmt: skip
_PENDING = f"select {COLUMNS} from compliance_receipt where sequence is null order by id limit {BATCH}"
_SEAL = """
update compliance_receipt set sequence = %s, previous = %s, seal = %s, personal_digest = %s where id = %s
"""
_LOCK = "pg_{kind}_xact_lock(hashtext('headhaul'), hashtext('receipt seal'))"


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain. Noted elsewhere, it proves later that the whole chain was not rewritten."""

    sequence: int
    seal: str


def seal_pending(*, at: datetime, waits: bool = False) -> int:
    """Seal what waits, batch by batch; how many. A second sealer leaves it to the first, or `waits` for it."""
    sealed = 0
    while True:
        with transaction.atomic():
            if not _sole_sealer(waits=waits):
                return sealed
            count = _seal_batch()
        sealed += count
        if count < BATCH:
            return sealed


def head() -> Head:
    """Where the chain ends now."""
    found = fetch("select sequence, seal from compliance_receipt where sequence is not null"
                  " order by sequence desc limit 1", [])  # fmt: skip
    return Head(found[0]["sequence"], found[0]["seal"]) if found else Head(0, GENESIS)


def personal_digest(row: Mapping[str, Any]) -> str:
    """What a seal remembers of the address and the words: their salt goes with them when they are forgotten."""
    return digest_of(_text([row[name] for name in PERSONAL]))


def link(previous: str, sequence: int, row: Mapping[str, Any], personal: str) -> str:
    """The next seal of the chain."""
    return digest_of(sealed_text(previous, sequence, row, personal))


def sealed_text(previous: str, sequence: int, row: Mapping[str, Any], personal: str) -> str:
    """What is sealed of a receipt, in one fixed spelling that anybody can hash again."""
    return _text([previous, sequence, personal, *(row[name] for name in PUBLIC)])


def digest_of(text: str) -> str:
    """SHA-256 of it."""
    return hashlib.sha256(text.encode()).hexdigest()


def _text(values: list[Any]) -> str:
    return json.dumps([_spelled(value) for value in values], separators=(",", ":"))


def _spelled(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value if value is None or isinstance(value, (str, int)) else str(value)


def _sole_sealer(*, waits: bool) -> bool:
    if waits:
        fetch(f"select {_LOCK.format(kind='advisory')}", [])
        return True
    return bool(fetch(f"select {_LOCK.format(kind='try_advisory')} as mine", [])[0]["mine"])


def _seal_batch() -> int:
    end = head()
    sequence, seal, seals = end.sequence, end.seal, []
    for row in fetch(_PENDING, []):
        personal = personal_digest(row)
        previous, sequence = seal, sequence + 1
        seal = link(previous, sequence, row, personal)
        seals.append((sequence, previous, seal, personal, row["id"]))
    with connection.cursor() as cursor:
        cursor.executemany(_SEAL, seals)
    return len(seals)
