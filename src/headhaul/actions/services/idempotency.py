"""The same key and data get the stored reply; the same key with other data is refused.

A reply is stored in the transaction of its write. A second request with the same key waits for the first
one's transaction at the unique constraint: when that commits it reads the reply, when that rolls back it goes
ahead.
Refusals store nothing, so a corrected request may use its key again.
"""

from __future__ import annotations

import hmac
import re
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from pydantic_core import to_json

from headhaul.actions.services.replies import Reply
from headhaul.kernel import Action, Actor, Conflict, InvalidData, Payload

KEPT_FOR = timedelta(hours=24)
_KEY = re.compile(r"[\x21-\x7e]{1,255}")


def check_key(key: str) -> None:
    """Raise InvalidData unless the key is printable ASCII of a sensible length."""
    if not _KEY.fullmatch(key):
        raise InvalidData(
            "An idempotency key is 1 to 255 visible ASCII characters.",
            fields={"idempotencyKey": "not usable"},
        )


def claim(action: Action[Any, Any], given: Payload, *, key: str, actor: Actor, at: datetime) -> Reply | None:
    """Take the key for this transaction, or give the reply that was stored under it."""
    owner, digest = _owner(actor), _digest(given)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO actions_storedreply (actor, action, key, data_hash, stored_at)"
            " VALUES (%s, %s, %s, %s, %s) ON CONFLICT (actor, action, key) DO NOTHING",
            [owner, action.name, key, digest, at],
        )
        if cursor.rowcount == 1:
            return None
        cursor.execute(
            "SELECT data_hash, payload, undo_id FROM actions_storedreply WHERE actor = %s AND action = %s AND key = %s",
            [owner, action.name, key],
        )
        row = cursor.fetchone()
    if row is None or not hmac.compare_digest(bytes(row[0]), digest):
        raise Conflict("This idempotency key was used with other data. Use a new key.")
    if not row[1]:
        raise Conflict("This was done already, and its reply is shown only once.")
    return Reply(action.reply, action.output.model_validate_json(row[1]), replayed=True, undo_id=row[2])


def keep(action: Action[Any, Any], reply: Reply, *, key: str, actor: Actor) -> None:
    """Store the reply under the claimed key, unless it holds a secret."""
    if action.secret:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE actions_storedreply SET payload = %s, undo_id = %s WHERE actor = %s AND action = %s AND key = %s",
            [reply.payload_json(), reply.undo_id, _owner(actor), action.name, key],
        )


def prune(*, at: datetime) -> int:
    """Remove replies older than a day; how many."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM actions_storedreply WHERE stored_at < %s", [at - KEPT_FOR])
        return int(cursor.rowcount)


def _owner(actor: Actor) -> str:
    return str(actor.kind) if actor.user_id is None else f"user:{actor.user_id}"


def _digest(given: Payload) -> bytes:
    """Keyed, so that a stored hash does not help to guess what was sent."""
    return hmac.digest(settings.SECRET_KEY.encode(), to_json(given.model_dump(mode="json")), "sha256")
