"""What a quick action takes and gives."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from headhaul.activities.choices import Priority
from headhaul.activities.schemas.activities import ActivityRow
from headhaul.activities.schemas.common import Body, Day, Id, Instant, Subject, Told
from headhaul.kernel import Payload, Result


class QuickKind(StrEnum):
    """What is done. The first three reach a person outside."""

    CALL = "call"
    EMAIL = "email"
    SMS = "sms"
    TASK = "task"
    NOTE = "note"
    MEETING = "meeting"


class QuickAction(Payload):
    """Call, write, or set something, straight from a list. Without a contact it is about the account itself."""

    kind: QuickKind
    account_id: Id
    contact_id: Id | None = None
    opportunity_id: Id | None = None
    subject: Subject = ""
    text: Body = ""
    happened_at: Instant | None = Field(default=None, description="Of a meeting that was; now when left out.")
    due_at: Instant | None = None
    due_on: Day | None = None
    remind_at: Instant | None = None
    priority: Priority = Priority.NORMAL


class NextStep(Result):
    """What to do now: a link that opens the phone or the mail program, whom it reaches, what time it is there."""

    href: str
    channel: str
    address: str
    who: str
    local_time: datetime | None = Field(description="None where their time zone is not known.")
    timezone: str
    timezone_source: str


class QuickActionDone(Result):
    """What was logged or set, and for a call or a message how to go on."""

    activity: ActivityRow
    next: NextStep | None = None
    told: list[Told] = []
