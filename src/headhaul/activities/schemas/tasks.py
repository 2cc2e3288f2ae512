"""What the task list takes and gives."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from headhaul.activities.choices import Priority, TaskList
from headhaul.activities.schemas.common import Id, Named, Zone
from headhaul.kernel import Page, Paged, Result


class GetTasks(Page):
    """Whose tasks, and which. Days are the reader's: of `timezone`, or of the zone in their profile."""

    whose: Literal["mine", "team", "all"] = "mine"
    which: TaskList = TaskList.OPEN
    account_id: Id | None = None
    timezone: Zone = ""


class TaskRow(Result):
    """A task as lists show it."""

    id: int
    version: int
    subject: str
    body: str
    account: Named
    contact: Named | None
    opportunity_id: int | None
    owner: Named | None
    due_at: datetime | None
    due_on: date | None
    remind_at: datetime | None
    completed_at: datetime | None
    outcome: str
    priority: Priority
    where: TaskList = Field(description="overdue, today, upcoming or done, as the reader's clock has it.")


class TasksPage(Paged[TaskRow]):
    """Tasks: open ones by when they are due, done ones latest first."""

    timezone: str
    today: date
