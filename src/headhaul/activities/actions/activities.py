"""Logging what happened, changing it, removing it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from headhaul.activities.choices import Outcome
from headhaul.activities.schemas.activities import (
    ActivityRemoved,
    ActivitySaved,
    LogActivity,
    RemoveActivity,
    RestoreActivity,
    UpdateActivity,
)
from headhaul.activities.selectors.rows import row
from headhaul.activities.services import editing, entering, removing
from headhaul.kernel import Call, Role, action


def _of_activity(given: Any, answer: Any) -> tuple[str, str]:
    saved = getattr(answer, "activity", None)
    return "activity", str(saved.id if saved else getattr(given, "activity_id", ""))


def _of_account(given: Any, answer: Any) -> tuple[str, str]:
    return ("account", str(answer.account_id)) if answer else ("activity", str(given.activity_id))


@action("logActivity", reply="activityLogged", role=Role.REP, writes=True, target=_of_activity, undo="removeActivity")
def log_activity(call: Call, data: LogActivity) -> ActivitySaved:
    """Log a call, e-mail, text, meeting or note, or set a task, at an account, contact or opportunity."""
    entered = entering.enter(asked=data, at=call.at, by=call.actor, door=call.door)
    made = {"activityId": entered.activity.pk, "version": 1, "liftsDenial": bool(entered.denied)}
    call.undo_with("removeActivity", made)
    return entered.saved()


@action(
    "updateActivity", reply="activityUpdated", role=Role.REP, writes=True, target=_of_activity, undo="updateActivity"
)
def update_activity(call: Call, data: UpdateActivity) -> ActivitySaved:
    """Change what was logged, snooze a task or give it to somebody, unless somebody changed it since it was read."""
    activity = editing.lock(data.activity_id, by=call.actor, version=data.version)
    before, told, denied = editing.change(activity=activity, asked=data, at=call.at, by=call.actor)
    if before:
        back = {_wire(name): _plain(value) for name, value in before.items()}
        lifts = {"liftsDenial": True} if denied or before.get("outcome") == Outcome.DO_NOT_CONTACT else {}
        call.undo_with("updateActivity", {"activityId": activity.pk, "version": activity.version} | back | lifts)
    return ActivitySaved(activity=row(activity.pk), told=told, do_not_contact=denied)


@action(
    "removeActivity", reply="activityRemoved", role=Role.REP, writes=True, target=_of_account, undo="restoreActivity"
)
def remove_activity(call: Call, data: RemoveActivity) -> ActivityRemoved:
    """Take one's own activity off the timeline; managers any."""
    activity, lifted = removing.remove(
        activity_id=data.activity_id, version=data.version, lifts_denial=data.lifts_denial, at=call.at, by=call.actor
    )
    call.undo_with("restoreActivity", {"activityId": data.activity_id})
    return ActivityRemoved(id=data.activity_id, account_id=activity.account_id, lifted=lifted)


@action(
    "restoreActivity", reply="activityRestored", role=Role.REP, writes=True, target=_of_activity, undo="removeActivity"
)
def restore_activity(call: Call, data: RestoreActivity) -> ActivitySaved:
    """Put a removed activity back as it was, with its id."""
    activity = removing.restore(activity_id=data.activity_id, by=call.actor)
    call.undo_with("removeActivity", {"activityId": activity.pk, "version": activity.version})
    return ActivitySaved(activity=row(activity.pk))


_WIRES = {
    "contact_id": "contactId", "opportunity_id": "opportunityId", "happened_at": "happenedAt",
    "duration_seconds": "durationSeconds", "due_at": "dueAt", "due_on": "dueOn", "remind_at": "remindAt",
    "owner_id": "ownerId",
}  # fmt: skip


def _wire(name: str) -> str:
    return _WIRES.get(name, name)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, (date, datetime)) else value
