"""Dispatch: the one road from a request to a change. Read `_perform` from top to bottom."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from django.db import OperationalError, connection, transaction
from psycopg.errors import DeadlockDetected

from headhaul.actions.services import audit, idempotency, limits
from headhaul.actions.services.checking import validated
from headhaul.actions.services.faults import translated
from headhaul.actions.services.replies import Reply
from headhaul.compliance import check_can_reach, keep_refusal
from headhaul.kernel import (
    Action,
    Actor,
    AppError,
    Call,
    Conflict,
    Door,
    Forbidden,
    InvalidData,
    Payload,
    Unauthenticated,
    UnknownAction,
)
from headhaul.kernel.actions import find
from headhaul.security.permissions import check_permission

MAX_BATCH = 100
TRIES = 3  # of a write that meets another one crosswise


@dataclass(slots=True)
class Attempt:
    """One call on its way; `action` and `given` are filled in as far as it gets."""

    name: str
    data: Any
    call: Call
    idempotency_key: str | None = None
    action: Action[Any, Any] | None = None
    given: Payload | None = None


class NotInOne(Conflict):
    """An action that asks the world outside cannot stand in a batch that is one transaction. Send it by itself."""

    code = "not_in_one"


class NotDone(Conflict):
    """Nothing of an all-or-nothing batch was done, because one of its actions was refused."""

    code = "not_done"


def dispatch(
    name: str,
    data: Mapping[str, Any],
    *,
    actor: Actor,
    at: datetime,
    door: Door | str,
    idempotency_key: str | None = None,
    request_id: str | None = None,
    batch_id: str | None = None,
) -> Reply:
    """Do the action on behalf of the actor and give its reply; an AppError says why not.

    A write and its audit entry commit together; a refused write leaves an entry of its own.
    """
    request_id = request_id or uuid.uuid4().hex
    call = Call(actor=actor, at=at, door=Door(door), request_id=request_id, batch_id=batch_id)
    _admit(call)
    attempt = Attempt(name, data, call, idempotency_key)
    try:
        return _perform(attempt)
    except AppError as refusal:
        _record(attempt, refusal)
        raise


def dispatch_batch(
    items: Sequence[Any],
    *,
    actor: Actor,
    at: datetime,
    door: Door | str,
    atomic: bool = False,
    idempotency_key: str | None = None,
    request_id: str | None = None,
) -> list[Reply | AppError]:
    """Do several actions, each `{action, ...data}`: each for itself, or with `atomic` all or none."""
    if not 0 < len(items) <= MAX_BATCH:
        raise InvalidData(f"A batch holds 1 to {MAX_BATCH} actions.")
    request_id, batch_id = request_id or uuid.uuid4().hex, uuid.uuid4().hex
    call = Call(actor=actor, at=at, door=Door(door), request_id=request_id, batch_id=batch_id, is_atomic=atomic)
    _admit(call, count=len(items))
    attempts = [_attempt_of(number, item, call, idempotency_key) for number, item in enumerate(items, start=1)]
    return _all_or_none(attempts) if atomic else [_outcome(attempt) for attempt in attempts]


def _admit(call: Call, *, count: int = 1) -> None:
    """Nobody gets further unknown, nor too often."""
    if not call.actor.is_authenticated:
        raise Unauthenticated("Sign in, or send a valid API token.")
    limits.spend(call.actor, count=count, at=call.at, door=call.door)


def _perform(attempt: Attempt) -> Reply:
    call = attempt.call
    attempt.action = action = find(attempt.name)
    if action is None:
        raise UnknownAction("There is no action of that name. The catalogue lists them all.")
    check_permission(call.actor, action)
    attempt.given = given = validated(action, attempt.data, door=call.door)
    with translated(action=action.name, request_id=call.request_id):
        attempt.call = call = _informed(action, call, given)
        if action.writes:
            return _again_when_crossed(partial(_write, action, attempt, given))
        with transaction.atomic():
            _check_recipient(action, call, given)
        return Reply(action.reply, action.handler(call, given))


def _informed(action: Action[Any, Any], call: Call, given: Payload) -> Call:
    """The call with what the world outside answered, asked while no transaction waits for it."""
    if action.ahead is None:
        return call
    if call.is_atomic:
        raise NotInOne(f"{action.name} asks servers outside, so it cannot be part of an all-or-nothing batch.")
    return replace(call, learnt=action.ahead(call, given))


def _again_when_crossed(write: Callable[[], Reply]) -> Reply:
    """Two writes that wait for each other: PostgreSQL has taken this one back whole, so it begins anew. What is part
    of something larger cannot; that is taken back with it."""
    for _ in range(TRIES - 1):
        try:
            return write()
        except OperationalError as fault:
            if connection.in_atomic_block or not isinstance(fault.__cause__, DeadlockDetected):
                raise
    return write()


def _write(action: Action[Any, Any], attempt: Attempt, given: Payload) -> Reply:
    call, key = replace(attempt.call, reversal=[]), attempt.idempotency_key
    if key is not None:
        idempotency.check_key(key)
    with transaction.atomic():
        if key is not None:
            stored = idempotency.claim(action, given, key=key, actor=call.actor, at=call.at)
            if stored:
                return stored
        _check_recipient(action, call, given)
        payload = action.handler(call, given)
        undo_id = None
        if action.changed is None or action.changed(payload):
            undo_id = audit.record_done(action, call, given, payload, keys=audit.known_keys(action, attempt.data))
        reply = Reply(action.reply, payload, undo_id=undo_id)
        if key is not None:
            idempotency.keep(action, reply, key=key, actor=call.actor)
    return reply


def _check_recipient(action: Action[Any, Any], call: Call, given: Payload) -> None:
    """Compliance decides wherever this call reaches a person."""
    recipient = action.recipient(call, given) if action.recipient else None
    if recipient is not None:
        check_can_reach(recipient, at=call.at, user_id=call.actor.user_id, action=action.name)


def _record(attempt: Attempt, refusal: AppError) -> None:
    """Audit the refusal of a write, and keep the proof of compliance's. Reads and unknown callers leave no row.

    Nor does what Headhaul does itself and tries again until it is done, such as an event of a provider; the log has it.
    """
    action = attempt.action
    keep_refusal(refusal)
    if action is not None and action.writes and (action.changed is None or isinstance(refusal, Forbidden)):
        keys = audit.known_keys(action, attempt.data)
        audit.record_refusal(action, attempt.call, attempt.given, refusal, keys=keys)


def _attempt_of(number: int, item: Any, call: Call, key: str | None) -> Attempt:
    if not isinstance(item, Mapping) or not isinstance(item.get("action"), str):
        raise InvalidData(f"Item {number} of the batch names no action.", fields={str(number): "needs `action`"})
    data = {name: value for name, value in item.items() if name != "action"}
    return Attempt(item["action"], data, call, f"{key}:{number}" if key else None)


def _outcome(attempt: Attempt) -> Reply | AppError:
    try:
        return _perform(attempt)
    except AppError as refusal:
        _record(attempt, refusal)
        return refusal


def _all_or_none(attempts: list[Attempt]) -> list[Reply | AppError]:
    done: list[Reply | AppError] = []
    try:
        with translated(action="batch", request_id=attempts[0].call.request_id), transaction.atomic():
            for attempt in attempts:
                done.append(_perform(attempt))
    except AppError as refusal:
        culprit = len(done) if len(done) < len(attempts) else len(done) - 1
        _record(attempts[culprit], refusal)
        undone = NotDone(f"Nothing of this batch was done, because its action {culprit + 1} was refused.")
        return [refusal if number == culprit else undone for number in range(len(attempts))]
    return done
