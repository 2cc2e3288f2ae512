"""Quick actions, straight from a list."""

from __future__ import annotations

from typing import Any

from headhaul.activities.schemas.quick import QuickAction, QuickActionDone
from headhaul.activities.services import quick
from headhaul.kernel import Call, Recipient, Role, action


def _recipient(call: Call, given: QuickAction) -> Recipient | None:
    return quick.recipient(given, by=call.actor)


def _of_activity(given: Any, answer: QuickActionDone | None) -> tuple[str, str]:
    return ("activity", str(answer.activity.id)) if answer else ("account", str(given.account_id))


@action(
    "quickAction",
    reply="quickActionDone",
    role=Role.REP,
    writes=True,
    recipient=_recipient,
    target=_of_activity,
    undo="removeActivity",
)
def quick_action(call: Call, data: QuickAction) -> QuickActionDone:
    """Call, e-mail or text somebody, after the compliance check; or set a task, a note or a meeting."""
    done = quick.do(asked=data, at=call.at, by=call.actor, door=call.door)
    call.undo_with("removeActivity", {"activityId": done.activity.id, "version": 1})
    return done
