"""What reading notifications and choosing the daily mail take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from headhaul.activities.choices import NotificationKind
from headhaul.activities.schemas.common import Id, Instant, Named, Version
from headhaul.activities.schemas.timeline import Target
from headhaul.kernel import Page, Paged, Payload, Result


class GetNotifications(Page):
    """One's own notifications, newest first."""

    which: Literal["all", "unread"] = "all"
    kind: NotificationKind | None = None


class GetNotification(Payload):
    """One's own notification to read."""

    notification_id: Id


class NotificationRow(Result):
    """Something one was told."""

    id: int
    kind: NotificationKind
    text: str
    account: Named | None
    activity_id: int | None
    target: Target | None = Field(description="What it leads to beside the account.")
    created_at: datetime
    read_at: datetime | None


class NotificationsPage(Paged[NotificationRow]):
    """Notifications, and how many are unread: exact up to 1,000."""

    unread: int


class MarkNotificationsRead(Payload):
    """Some by their ids, or all."""

    ids: Annotated[list[Id], Field(max_length=10_000)] = []
    all: bool = False


class MarkNotificationsUnread(Payload):
    """Some by their ids, or those that were marked as read at an instant."""

    ids: Annotated[list[Id], Field(max_length=10_000)] = []
    read_at: Instant | None = None


class NotificationsMarked(Result):
    """How many changed, and how many are unread now."""

    marked: int
    unread: int


class GetDigest(Payload):
    """One's own choice about the daily mail."""


class SaveDigest(Payload):
    """Whether the daily mail comes, and at which hour of one's own day; null takes what the settings say."""

    is_on: bool
    hour: Annotated[int, Field(ge=0, le=23)] | None = None
    version: Version | None = None


class DigestChosen(Result):
    """The choice as it is. `canSend` is false where no mail server is set up."""

    is_on: bool
    hour: int | None
    usual_hour: int
    timezone: str
    version: int
    can_send: bool


class ListPeople(Page):
    """Colleagues whose name or e-mail has a word that begins with the text."""

    text: Annotated[str, Field(max_length=80)] = ""
    account_id: Id | None = Field(default=None, description="Says of each whether they see this account.")


class PersonRow(Result):
    """A colleague who can be named or be given work."""

    id: int
    name: str
    email: str
    role: str
    sees: bool | None = Field(description="Whether they see the account that was asked about.")


class PeoplePage(Paged[PersonRow]):
    """Colleagues by name."""
