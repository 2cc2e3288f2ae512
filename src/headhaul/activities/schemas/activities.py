"""What logging, changing and finishing activities takes and gives."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal, Self

from pydantic import Field, model_validator

from headhaul.activities.choices import ActivityType, Direction, Outcome, Priority
from headhaul.activities.schemas.common import Body, Day, Id, Instant, Named, Seconds, Subject, Told, Version
from headhaul.kernel import Payload, Result

HandLogged = Literal[
    ActivityType.CALL,
    ActivityType.EMAIL,
    ActivityType.SMS,
    ActivityType.MEETING,
    ActivityType.TASK,
    ActivityType.NOTE,
]


class LogActivity(Payload):
    """What happened, or for a task what is to happen. With a contact the account may be left out."""

    type: HandLogged
    account_id: Id | None = None
    contact_id: Id | None = None
    opportunity_id: Id | None = None
    direction: Direction | None = Field(default=None, description="out when left out, for what has a direction.")
    outcome: Outcome | None = Field(default=None, description="One that this type can have.")
    subject: Subject = ""
    body: Body = Field(default="", description="@Name or @[id] names colleagues, who are told.")
    happened_at: Instant | None = Field(default=None, description="Now when left out; at most a day ahead.")
    duration_seconds: Seconds | None = None
    due_at: Instant | None = Field(default=None, description="Of a task: the moment it is due.")
    due_on: Day | None = Field(default=None, description="Of a task: the day it is due, instead of a moment.")
    remind_at: Instant | None = None
    priority: Priority = Priority.NORMAL
    owner_id: Id | None = Field(default=None, description="Whose it is; the writer's when left out.")


class UpdateActivity(Payload):
    """Fields to change; what is left out stays, null clears."""

    activity_id: Id
    version: Version
    contact_id: Id | None = None
    opportunity_id: Id | None = None
    direction: Direction | None = None
    outcome: Outcome | None = None
    subject: Subject | None = None
    body: Body | None = None
    happened_at: Instant | None = None
    duration_seconds: Seconds | None = None
    due_at: Instant | None = None
    due_on: Day | None = None
    remind_at: Instant | None = None
    priority: Priority | None = None
    owner_id: Id | None = None
    lifts_denial: bool = Field(default=False, description="Take back a do-not-contact when its outcome is changed.")

    @model_validator(mode="after")
    def _some(self) -> Self:
        cleared = {"subject", "body", "priority", "happened_at"} & self.model_fields_set
        if empty := [name for name in cleared if getattr(self, name) is None]:
            raise ValueError(f"{', '.join(sorted(empty))} cannot be null; send an empty text, or leave it out")
        return self


class ActivityRow(Result):
    """An activity as it is stored, with the names of who and what it is about."""

    id: int
    version: int
    type: ActivityType
    account: Named
    contact: Named | None
    opportunity_id: int | None
    direction: str
    outcome: str
    subject: str
    body: str
    happened_at: datetime
    duration_seconds: int | None
    owner: Named | None
    due_at: datetime | None
    due_on: date | None
    remind_at: datetime | None
    completed_at: datetime | None
    completion_note: str
    priority: Priority
    source: str
    mentioned_ids: list[int]
    created_at: datetime
    created_by_id: int | None
    edited_at: datetime | None


class ActivitySaved(Result):
    """The activity as it is now, whom it told, and whom it marked as not to be contacted."""

    activity: ActivityRow
    told: list[Told] = []
    do_not_contact: list[str] = Field(default=[], description="Addresses that were marked as do-not-contact.")


class RemoveActivity(Payload):
    """The activity to remove. `liftsDenial` also takes back a do-not-contact that logging it recorded."""

    activity_id: Id
    version: Version | None = None
    lifts_denial: bool = False


class RestoreActivity(Payload):
    """A removed activity to put back as it was."""

    activity_id: Id


class ActivityRemoved(Result):
    """The activity that is gone, and the addresses whose do-not-contact was taken back."""

    id: int
    account_id: int
    lifted: list[str] = []


class FollowUp(Payload):
    """The next task, made in the same write."""

    subject: Subject = Field(min_length=1)
    body: Body = ""
    due_at: Instant | None = None
    due_on: Day | None = None
    remind_at: Instant | None = None
    priority: Priority = Priority.NORMAL


class CompleteTask(Payload):
    """The task that is done, or was called off."""

    task_id: Id
    version: Version | None = None
    outcome: Literal[Outcome.DONE, Outcome.CANCELLED] = Outcome.DONE
    note: Body = ""
    follow_up: FollowUp | None = None


class ReopenTask(Payload):
    """The task that is open again."""

    task_id: Id
    version: Version | None = None


class TaskSaved(Result):
    """The task as it is now, and the one that follows from it."""

    task: ActivityRow
    follow_up: ActivityRow | None = None


class GetActivity(Payload):
    """The activity to read."""

    activity_id: Id


class GetLoggingChoices(Payload):
    """The account at which something is to be logged."""

    account_id: Id


class TypeChoice(Result):
    """A type that people log, and how it can end."""

    type: ActivityType
    outcomes: list[Outcome]


class LoggingChoices(Result):
    """The account, its contacts by name (the first 200), and the types."""

    account: Named
    contacts: list[Named]
    types: list[TypeChoice]
