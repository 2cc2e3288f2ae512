"""Taking back what was done: the actions that a write named as its reversal, done in reverse order, all or none."""

from __future__ import annotations

from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel

from headhaul.actions.models import Reversal
from headhaul.actions.services import audit
from headhaul.actions.services.checking import validated
from headhaul.kernel import (
    Action,
    Actor,
    AppError,
    Call,
    Conflict,
    Forbidden,
    InvalidData,
    NotFound,
    Payload,
    Role,
    Step,
)
from headhaul.kernel.actions import find
from headhaul.security.permissions import check_permission

KEPT_FOR = timedelta(days=30)
UNDO = "undoAction"

_taking_back: ContextVar[bool] = ContextVar("taking_back", default=False)


def is_taking_back() -> bool:
    """Whether what happens now takes something back, so that nothing new should follow from it."""
    return _taking_back.get()


class AlreadyUndone(Conflict):
    """Somebody took it back before."""

    code = "already_undone"


class UndoTooLate(Conflict):
    """What came after stands in the way; the message says what."""

    code = "undo_too_late"


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back, newest first, and what its reversals had to say in an `undo_note` of their result."""

    actions: list[str]
    notes: list[str]


def undo(*, call: Call, undo_id: int | None = None, batch_id: str | None = None) -> Undone:
    """Take back one write, or all writes of a batch that are still standing, newest first.

    Whoever did it may take it back, and so may managers who could have done it themselves. The reversals are audited
    as actions of their own and noted in `call`, so that undoing can itself be undone. Raises UndoTooLate when a later
    change stands in the way: then nothing is taken back.
    """
    wanted = Reversal.objects.select_for_update().order_by("-audit_id")
    found = list(wanted.filter(audit_id=undo_id) if batch_id is None else wanted.filter(batch_id=batch_id))
    standing = [entry for entry in found if entry.undone_at is None]
    _check(found, standing, call=call)
    token = _taking_back.set(True)
    seen = Versions()
    try:
        notes = [
            _take_back(entry, step, call=call, seen=seen)
            for entry in standing
            for step in reversed([Step(*step) for step in entry.steps])
        ]
    finally:
        _taking_back.reset(token)
    Reversal.objects.filter(pk__in=[entry.pk for entry in standing]).update(
        undone_at=call.at, undone_by_id=call.actor.user_id
    )
    return Undone([entry.action for entry in standing], [note for note in notes if note])


def prune(*, at: datetime) -> int:
    """Forget how to take back what is too old to be taken back; how many."""
    return Reversal.objects.filter(at__lt=at - KEPT_FOR).delete()[0]


def _check(found: Sequence[Reversal], standing: Sequence[Reversal], *, call: Call) -> None:
    if not found:
        raise NotFound("There is nothing of that number to take back.", fields={"undoId": "undoId of an answer"})
    if not standing:
        raise AlreadyUndone("This was taken back already.")
    is_manager = call.actor.role is not None and call.actor.role.allows(Role.MANAGER)
    if not is_manager and any(entry.user_id != call.actor.user_id for entry in standing):
        raise Forbidden("Somebody else did this. They or a manager can take it back.")
    for entry in standing:
        for needed in _needed(entry, by=call.actor):
            check_permission(call.actor, needed)
    if any(call.at - entry.at > KEPT_FOR for entry in standing):
        raise UndoTooLate(f"This is more than {KEPT_FOR.days} days ago and can no longer be taken back.")


def _needed(entry: Reversal, *, by: Actor) -> list[Action[Any, Any]]:
    """What the actor must be allowed to do in order to take it back: the action itself, by now and by this door.

    Taking back what was taken back does it again. That is asked of others; of oneself only what is for administrators
    or for people alone, because the way back of a rep's action may be an action of managers.
    """
    if entry.action != UNDO:
        return [found for found in [find(entry.action)] if found]
    again = [found for found in (find(Step(*step).action) for step in entry.steps) if found]
    is_own = entry.user_id is not None and entry.user_id == by.user_id
    return [each for each in again if not is_own or each.people_only or each.role is Role.ADMIN]


def _take_back(entry: Reversal, step: Step, *, call: Call, seen: Versions) -> str:
    """Do one reversing action, and give what it has to say. What must be allowed for it, `_check` has asked."""
    action = find(step.action)
    if action is None:
        raise UndoTooLate(f"{entry.action} can no longer be taken back: Headhaul has changed since.")
    inner = replace(call, reversal=[])
    try:
        target = _target(action, validated(action, step.data, door=call.door))
        given = validated(action, seen.brought_up(step.data, target), door=call.door)
        payload = action.handler(inner, given)
    except InvalidData as fault:
        raise UndoTooLate(f"{entry.action} cannot be taken back: {fault.message}", fields=fault.fields) from fault
    except AppError as fault:
        raise UndoTooLate(f"{entry.action} cannot be taken back any more: {fault.message}") from fault
    seen.note(step.data, target, payload)
    audit.record_done(action, replace(inner, reversal=[]), given, payload, keys=audit.known_keys(action, step.data))
    call.reversal.extend(inner.reversal)
    return str(getattr(payload, "undo_note", ""))


def _target(action: Action[Any, Any], given: Payload) -> tuple[str, str]:
    try:
        return action.target(given, None) if action.target else ("", "")
    except (AttributeError, KeyError, TypeError):  # the target is only known from the result
        return "", ""


@dataclass(slots=True)
class Versions:
    """Which versions were passed on the way back.

    When several writes of a batch changed one record, taking back the last makes a new version of it. The write before
    expects the version that it left, and what that version held is there again: so the new one counts in its place.
    """

    passed: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)

    def brought_up(self, data: dict[str, Any], target: tuple[str, str]) -> dict[str, Any]:
        """The data with the version that the record has by now, if only this way back led to it."""
        left, now = self.passed.get(target, (None, None))
        return data | {"version": now} if left is not None and data.get("version") == left else data

    def note(self, data: dict[str, Any], target: tuple[str, str], payload: BaseModel) -> None:
        """A write was taken back: it had found the version before the one it left."""
        left, now = data.get("version"), version_in(payload)
        if isinstance(left, int) and now is not None and target != ("", ""):
            self.passed[target] = (left - 1, now)


def version_in(payload: BaseModel) -> int | None:
    """The version of the record in an answer, its own or that of the one record it holds."""
    own = getattr(payload, "version", None)
    if isinstance(own, int):
        return own
    held = [value for _, value in payload if isinstance(value, BaseModel)]
    inner = getattr(held[0], "version", None) if len(held) == 1 else None
    return inner if isinstance(inner, int) else None
