"""Whom to contact next, and what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from headhaul.advisor.models import ProposedAction
from headhaul.advisor.schemas.next_actions import (
    ActionRef,
    ActionState,
    GetNextActions,
    NextActionsLoaded,
    RecordActionOutcome,
    RecordActionTaken,
    RestoreAction,
    SnoozeAction,
)
from headhaul.advisor.selectors import queue
from headhaul.advisor.services import proposals
from headhaul.kernel import Call, Role, action


def _of_account(given: Any, answer: ActionState | None) -> tuple[str, str]:
    return ("account", str(answer.account_id)) if answer else ("proposal", str(given.key))


@action("getNextActions", reply="nextActionsLoaded", role=Role.VIEWER)
def get_next_actions(call: Call, data: GetNextActions) -> NextActionsLoaded:
    """Whom to contact next, the most pressing first, with the reasons, the person and an allowed way to reach them."""
    owner_id = call.actor.user_id if data.owner == "me" else data.owner
    return queue.next_actions(owner_id=owner_id, limit=data.limit, timezone=data.timezone, by=call.actor, at=call.at)


@action("snoozeAction", reply="actionSnoozed", role=Role.REP, writes=True, target=_of_account, undo="restoreAction")
def snooze_action(call: Call, data: SnoozeAction) -> ActionState:
    """Keep an account off one's own queue until a moment."""
    return _said(call, *proposals.snooze(until=data.until, **_line(call, data)))


@action("skipAction", reply="actionSkipped", role=Role.REP, writes=True, target=_of_account, undo="restoreAction")
def skip_action(call: Call, data: ActionRef) -> ActionState:
    """Take a line off one's own queue; another reason brings the account back."""
    return _said(call, *proposals.skip(**_line(call, data)))


@action(
    "recordActionTaken",
    reply="actionTakenRecorded",
    role=Role.REP,
    writes=True,
    target=_of_account,
    undo="restoreAction",
)
def record_action_taken(call: Call, data: RecordActionTaken) -> ActionState:
    """Say that a line of one's own queue was acted on. It leaves the queue; a task does so when it is completed."""
    return _said(call, *proposals.taken(activity_id=data.activity_id, **_line(call, data)))


@action(
    "recordActionOutcome",
    reply="actionOutcomeRecorded",
    role=Role.REP,
    writes=True,
    target=_of_account,
    undo="restoreAction",
)
def record_action_outcome(call: Call, data: RecordActionOutcome) -> ActionState:
    """Say what came of acting on a line of one's own queue."""
    return _said(call, *proposals.came_of_it(outcome=data.outcome, **_line(call, data)))


@action("restoreAction", reply="actionRestored", role=Role.REP, writes=True, target=_of_account, undo="restoreAction")
def restore_action(call: Call, data: RestoreAction) -> ActionState:
    """Put back what stood about a line of one's own queue; nothing given puts the line back itself."""
    state = data.model_dump(exclude={"key", "timezone"})
    return _said(call, *proposals.restore(key=data.key, state=state, at=call.at, by=call.actor))


def _line(call: Call, data: ActionRef) -> dict[str, Any]:
    return {"key": data.key, "timezone": data.timezone, "at": call.at, "by": call.actor}


def _said(call: Call, row: ProposedAction, before: dict[str, Any]) -> ActionState:
    wire = {"snoozed_until": "snoozedUntil", "skipped_at": "skippedAt", "taken_at": "takenAt"}
    wire |= {"activity_id": "activityId", "outcome": "outcome", "outcome_at": "outcomeAt"}
    stood = {wire[name]: _plain(value) for name, value in before.items() if value}
    call.undo_with("restoreAction", {"key": row.key} | stood)
    return ActionState.model_validate(row, from_attributes=True)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
