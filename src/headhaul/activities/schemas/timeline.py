"""What the timeline takes and gives."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StringConstraints

from headhaul.activities.choices import Priority
from headhaul.activities.schemas.common import Id, Instant, Named
from headhaul.kernel import Page, Paged, Result

Kind = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{1,39}$"), Field(examples=["call"])]


def _words(value: Any) -> Any:
    """A list, or words joined by commas as a page's address carries them."""
    return [word for word in value.split(",") if word] if isinstance(value, str) else value


class GetTimeline(Page):
    """Whose timeline: an account's, a contact's or an opportunity's; and what of it."""

    account_id: Id | None = None
    contact_id: Id | None = None
    opportunity_id: Id | None = None
    kinds: Annotated[list[Kind], BeforeValidator(_words)] = Field(
        default=[], max_length=30, description="call, email, sms, meeting, task, note, stage_change, signal, change, …"
    )
    user_id: Id | None = Field(default=None, description="Only what this colleague did.")
    since: Instant | None = None
    until: Instant | None = None
    text: Annotated[str, StringConstraints(max_length=100)] = ""


class Target(Result):
    """What an entry leads to. A message of the outbox is known by a UUID."""

    type: str
    id: int | str


class FieldChanged(Result):
    """A field with what it was and became. `count` says how often, where several changes are one entry."""

    field: str
    old: Any = None
    new: Any = None
    count: int = 1


class TimelineEntry(Result):
    """One thing that happened. `id` names its source and row."""

    id: str
    kind: str
    at: datetime
    title: str
    body: str = ""
    actor: Named | None = None
    contact: Named | None = None
    target: Target | None = None
    outcome: str = ""
    direction: str = ""
    duration_seconds: int | None = None
    due_at: datetime | None = None
    due_on: date | None = None
    completed_at: datetime | None = None
    priority: Priority | None = None
    owner: Named | None = None
    changes: list[FieldChanged] = []
    mentioned: list[Named] = []
    version: int | None = Field(default=None, description="Of what can be changed.")
    is_editable: bool = False
    edited_at: datetime | None = None
    undo_id: int | None = Field(default=None, description="What undoAction takes, where this can be taken back.")


class TimelinePage(Paged[TimelineEntry]):
    """Entries, newest first. `kinds` are all there are, for filters."""

    kinds: list[str]
