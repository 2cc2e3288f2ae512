"""Finishing tasks and listing them."""

from __future__ import annotations

from typing import Any

from headhaul.activities.schemas.activities import CompleteTask, ReopenTask, TaskSaved
from headhaul.activities.schemas.tasks import GetTasks, TasksPage
from headhaul.activities.selectors.rows import row
from headhaul.activities.selectors.tasks import task_page
from headhaul.activities.services import tasks
from headhaul.kernel import Call, Role, action


def _of_task(given: Any, answer: Any) -> tuple[str, str]:
    return "activity", str(given.task_id)


@action("getTasks", reply="tasksLoaded", role=Role.VIEWER)
def get_tasks(call: Call, data: GetTasks) -> TasksPage:
    """Tasks of one's own, of one's team or of all: overdue, due today, upcoming or done, in the reader's own days."""
    return task_page(asked=data, by=call.actor, at=call.at)


@action(
    "completeTask",
    reply="taskCompleted",
    role=Role.REP,
    writes=True,
    target=_of_task,
    undo=("reopenTask", "removeActivity"),
)
def complete_task(call: Call, data: CompleteTask) -> TaskSaved:
    """Mark a task as done or called off, with a note, and set the next one if there is one."""
    task, follow_up = tasks.complete(asked=data, at=call.at, by=call.actor, door=call.door)
    call.undo_with("reopenTask", {"taskId": task.pk, "version": task.version})
    if follow_up:
        call.undo_with("removeActivity", {"activityId": follow_up.activity.pk, "version": 1})
    return TaskSaved(task=row(task.pk), follow_up=follow_up.saved().activity if follow_up else None)


@action("reopenTask", reply="taskReopened", role=Role.REP, writes=True, target=_of_task, undo="completeTask")
def reopen_task(call: Call, data: ReopenTask) -> TaskSaved:
    """Make a done task an open one again."""
    outcome, note = tasks.how_done(data.task_id)
    task = tasks.reopen(task_id=data.task_id, version=data.version, by=call.actor)
    done = {"taskId": task.pk, "version": task.version, "outcome": outcome, "note": note}
    call.undo_with("completeTask", done)
    return TaskSaved(task=row(task.pk))
