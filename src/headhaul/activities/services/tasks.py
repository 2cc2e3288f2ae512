"""Completing and reopening tasks."""

from __future__ import annotations

from datetime import datetime

from headhaul.accounts.services import pulse
from headhaul.activities import happening
from headhaul.activities.choices import ActivityType
from headhaul.activities.errors import TaskState
from headhaul.activities.models import Activity
from headhaul.activities.schemas.activities import CompleteTask
from headhaul.activities.services import editing, entering, placing
from headhaul.activities.services.entering import Entered
from headhaul.kernel import Actor, NotFound


def lock(task_id: int, *, by: Actor, version: int | None) -> Activity:
    """The task, held until the transaction ends. Whoever sees the account may finish what is to be done there."""
    task = editing.lock(task_id, by=by, version=version)
    if task.type != ActivityType.TASK:
        raise NotFound(f"There is no task {task_id}.", fields={"taskId": "not a task"})
    return task


def complete(*, asked: CompleteTask, at: datetime, by: Actor, door: str) -> tuple[Activity, Entered | None]:
    """Mark a task as done or called off, and set the next one in the same breath."""
    task = lock(asked.task_id, by=by, version=asked.version)
    if task.completed_at is not None:
        raise TaskState("This task is done already.")
    task.completed_at, task.outcome, task.version = at, asked.outcome.value, task.version + 1
    task.data = {name: value for name, value in task.data.items() if name != "completion_note"}
    if asked.note.strip():
        task.data["completion_note"] = asked.note
    task.save(update_fields=["completed_at", "outcome", "version", "data"])
    pulse.touch(account_id=task.account_id, at=at, is_touch=False)
    happening.tell_completed(activity_id=task.pk, account_id=task.account_id, version=task.version, at=at, by=by)
    if asked.follow_up is None:
        return task, None
    place = placing.place(
        account_id=task.account_id, contact_id=task.contact_id, opportunity_id=task.opportunity_id, by=by
    )
    owner_id = task.owner_id if task.owner_id is not None else by.user_id
    return task, entering.follow_up(asked=asked.follow_up, place=place, owner_id=owner_id, at=at, by=by, door=door)


def how_done(task_id: int) -> tuple[str, str]:
    """How the task ended, and what was noted then."""
    task = Activity.objects.only("outcome", "data").filter(pk=task_id).first()
    return (task.outcome, task.data.get("completion_note", "")) if task else ("", "")


def reopen(*, task_id: int, version: int | None, by: Actor) -> Activity:
    """Make a done task an open one again. What was noted when it was done stays in it."""
    task = lock(task_id, by=by, version=version)
    if task.completed_at is None:
        raise TaskState("This task is open.")
    task.completed_at, task.outcome, task.version = None, "", task.version + 1
    task.save(update_fields=["completed_at", "outcome", "version"])
    return task
