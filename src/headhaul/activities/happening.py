"""What this room tells the rooms above: what was logged, tasks that were completed, and what did not stay as it was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from headhaul.activities.choices import ActivityType
from headhaul.kernel import Actor
from headhaul.kernel.listening import Port

LOGGED, COMPLETED, RESETTLED = "activity_logged", "task_completed", "timeline_resettled"
_NOT_LOGGED = (ActivityType.TASK, ActivityType.STAGE_CHANGE)  # the one is still to happen, the other tells itself


@dataclass(frozen=True, slots=True)
class ActivityHappening:
    """Something that happened with an activity. The same `key` is the same happening."""

    kind: str
    activity_id: int
    account_id: int
    key: str
    at: datetime
    by: Actor


@dataclass(frozen=True, slots=True)
class Resettled:
    """Something on an account's timeline was taken away, put back, or moved in time or to somebody else."""

    kind: str
    account_id: int


port: Port[ActivityHappening] = Port()
resettled: Port[Resettled] = Port()


def tell_resettled(*, account_id: int) -> None:
    """What rests on the timeline of an account is to be looked at anew."""
    resettled.tell([Resettled(RESETTLED, account_id)])


def tell_logged(*, activity_id: int, account_id: int, kind: str, at: datetime, by: Actor) -> None:
    """Somebody logged a call, e-mail, text, meeting, note or step."""
    if kind not in _NOT_LOGGED and port.is_wanted(LOGGED):
        port.tell([ActivityHappening(LOGGED, activity_id, account_id, f"activity:{activity_id}:logged", at, by)])


def tell_completed(*, activity_id: int, account_id: int, version: int, at: datetime, by: Actor) -> None:
    """Somebody completed a task."""
    if port.is_wanted(COMPLETED):
        key = f"activity:{activity_id}:v{version}:completed"
        port.tell([ActivityHappening(COMPLETED, activity_id, account_id, key, at, by)])
