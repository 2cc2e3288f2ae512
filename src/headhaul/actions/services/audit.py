"""Writing the audit: who did or was refused what, by which door; the names of the data, never its values."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import DatabaseError, connection, transaction

from headhaul.kernel import Action, AppError, Call, Failed, Payload, Unavailable

log = logging.getLogger(__name__)

AnyAction = Action[Any, Any]
ANY = "*"  # declared by what can be taken back by any action: undoing itself

_INSERT = """
INSERT INTO actions_auditentry (at, action, outcome, code, actor_kind, user_id, actor, role, token_id, door,
                                request_id, batch_id, target_type, target_id, data_keys)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_INSERT_WITH_REVERSAL = f"""
WITH entry AS ({_INSERT} RETURNING id, at, user_id, action, batch_id)
INSERT INTO actions_reversal (audit_id, at, user_id, action, batch_id, steps)
SELECT id, at, user_id, action, batch_id, %s::jsonb FROM entry RETURNING audit_id
"""


def record_done(action: AnyAction, call: Call, given: Payload, result: Any, *, keys: Iterable[str]) -> int | None:
    """Append the entry of a write, in the write's own transaction, and how to take it back if the call noted that.

    Returns the number under which it can be taken back, or None.
    """
    target = action.target(given, result) if action.target else ("", "")
    return _append(action, call, outcome="done", code="", target=target, keys=keys)


def record_refusal(
    action: AnyAction, call: Call, given: Payload | None, error: AppError, *, keys: Iterable[str]
) -> None:
    """Append the entry of a write that was refused or broke, in a transaction of its own.

    The refusal stands even when it cannot be recorded; then the log has it.
    """
    outcome = "failed" if isinstance(error, (Failed, Unavailable)) else "refused"
    try:
        with transaction.atomic():
            _append(action, call, outcome=outcome, code=error.code, target=_target(action, given), keys=keys)
    except DatabaseError:
        log.exception("refusal of %s (%s) not audited, request %s", action.name, error.code, call.request_id)


def known_keys(action: AnyAction, data: Any) -> list[str]:
    """The top-level names in the data that the action knows; what it does not know might be anything."""
    if not isinstance(data, Mapping):
        return []
    known = {name for field, info in action.input.model_fields.items() for name in (field, info.alias)}
    return sorted(key for key in data if key in known)


def _target(action: AnyAction, given: Payload | None) -> tuple[str, str]:
    if action.target is None or given is None:
        return "", ""
    try:
        return action.target(given, None)
    except (AttributeError, KeyError, TypeError):  # the target is only known from the result
        return "", ""


def _append(
    action: Action[Any, Any],
    call: Call,
    *,
    outcome: str,
    code: str,
    target: tuple[str, str],
    keys: Iterable[str],
) -> int | None:
    actor = call.actor
    row: list[Any] = [
        call.at,
        action.name,
        outcome,
        code,
        actor.kind,
        actor.user_id,
        actor.email or actor.label,
    ]
    row += [actor.role or "", actor.token_id, call.door, call.request_id]
    row += [call.batch_id or "", target[0], str(target[1])[:64], list(keys)]
    with connection.cursor() as cursor:
        if outcome != "done" or not call.reversal:
            cursor.execute(_INSERT, row)
            return None
        unknown = {step.action for step in call.reversal} - set(action.undo)
        if unknown and ANY not in action.undo:
            raise TypeError(f"action {action.name} does not declare that {sorted(unknown)} take it back")
        cursor.execute(_INSERT_WITH_REVERSAL, [*row, json.dumps(call.reversal)])
        return int(cursor.fetchone()[0])
