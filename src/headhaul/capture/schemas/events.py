"""Events and sources."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from headhaul.capture.choices import EventKind
from headhaul.capture.schemas.words import Day, Id, Line, Origin, Person, Short, SourceKey, Text, Version, Zone
from headhaul.kernel import Page, Paged, Payload, Result, StateCode

Quality = Annotated[int, Field(ge=0, le=100, description="How good its leads are held to be")]


class GetCaptureEvents(Page):
    """Events, the latest first."""

    event_id: Id | None = Field(default=None, description="This one alone")
    is_active: bool | None = True
    kind: EventKind | None = None
    search: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^[^\x00]*$")] = Field(
        default="", description="Words of the name or the town"
    )
    when: Literal["now", "all"] = Field(default="all", description="now: those of today, and those without dates")


class SourceName(Result):
    """A source as other rows name it."""

    key: str
    name: str


class EventRow(Result):
    """An event with how its leads do. Junk and doubles are not counted."""

    id: int
    version: int
    name: str
    kind: EventKind
    city: str
    state: str
    timezone: str
    starts_on: date | None
    ends_on: date | None
    is_now: bool
    owner: Person | None
    campaign: str
    source: SourceName
    consent_wording: str
    follow_up_days: int
    is_active: bool
    public_key: str
    form_is_open: bool
    form_sites: list[str] | None = Field(description="Sites that may show the form; null: those of the settings")
    leads: int
    hot: int
    open: int
    converted: int
    held: int = Field(description="Held back as junk, to look through")
    dropped: int = Field(description="Junk of the last week that was counted and not kept")
    last_lead_at: datetime | None
    created_at: datetime
    updated_at: datetime


class EventsPage(Paged[EventRow]):
    """A page of events."""


class SaveCaptureEvent(Payload):
    """An event: without an id a new one. What is left out of an existing one stays; null clears."""

    event_id: Id | None = None
    version: Version | None = Field(default=None, description="The one that was read; needed with an id")
    name: Line | None = Field(default=None, examples=["Mid-America Trucking Show"])
    kind: EventKind | None = None
    city: Short | None = None
    state: StateCode | None = None
    timezone: Zone | None = None
    starts_on: Day | None = None
    ends_on: Day | None = None
    owner_id: Id | None = None
    campaign: Short | None = None
    source: SourceKey | None = Field(default=None, description="Left out, the one of its kind")
    consent_wording: Text | None = Field(
        default=None, description="What people agree to when they say yes; kept with every consent as its proof"
    )
    follow_up_days: Annotated[int, Field(ge=0, le=60, description="Working days until the follow-up")] | None = None
    is_active: bool | None = None
    form_is_open: bool | None = Field(default=None, description="Whether the public form of the event takes anything")
    form_sites: Annotated[list[Origin], Field(max_length=50)] | None = Field(
        default=None,
        description="Sites whose pages may show the form, in place of those of the settings; an empty list: none may;"
        " null: those of the settings",
        examples=[["https://www.example.com"]],
    )
    new_key: bool = Field(default=False, description="Make another key: QR codes and forms with the old one end")

    @model_validator(mode="after")
    def _ends_later(self) -> SaveCaptureEvent:
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise ValueError("endsOn has to be startsOn or later")
        return self


class ListLeadSources(Payload):
    """Sources by name."""

    with_inactive: bool = False


class SourceRow(Result):
    """A source, and how many leads came by it."""

    key: str
    version: int
    name: str
    medium: str
    quality: int
    is_active: bool
    leads: int
    converted: int


class Sources(Result):
    """All of them, by name."""

    items: list[SourceRow]


class SaveLeadSource(Payload):
    """A source by its key, which stays: a new key is a new source, a known one is changed."""

    key: SourceKey
    version: Version | None = Field(default=None, description="The one that was read; needed for a known key")
    name: Line | None = None
    medium: Short | None = None
    quality: Quality | None = None
    is_active: bool | None = None
