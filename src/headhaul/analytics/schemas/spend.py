"""What spend takes and gives."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from headhaul.analytics.schemas.money import Id, Key, Words
from headhaul.analytics.schemas.sources import Line
from headhaul.kernel import Page, Paged, Payload, Result
from headhaul.kernel.days import Day
from headhaul.pipeline.schemas.words import Text, Version

Amount = Annotated[int, Field(ge=1, le=10**13, description="In cents", examples=[250_000])]
Date = Annotated[date, Field(ge=date(1990, 1, 1), le=date(2199, 12, 31), examples=["2026-11-01"])]
Channel = Annotated[
    str,
    StringConstraints(strip_whitespace=True, to_lower=True, min_length=1, max_length=40, pattern=r"^[A-Za-z0-9_ /-]+$"),
    Field(
        examples=["event"],
        description="One that leads come by (getSpend names them), or general for what belongs to no line",
    ),
]


class SpendFacts(Payload):
    """What was spent, on what, and over which days (both included); it is spread evenly over them."""

    channel: Channel | None = Field(default=None, description="Left out: that of the source or event")
    source_id: Id | None = None
    campaign: Words = ""
    event_id: Id | None = None
    starts_on: Date
    ends_on: Date
    amount_cents: Amount
    note: Text = ""


class RecordSpend(SpendFacts):
    """Money that was spent. The same row twice is refused; overlapping days of other rows add up."""


class UpdateSpend(Payload):
    """What is to be different. A change names the version that was read; what is left out stays."""

    spend_id: Id
    version: Version | None = None
    channel: Channel | None = None
    source_id: Id | None = None
    campaign: Words | None = None
    event_id: Id | None = None
    starts_on: Date | None = None
    ends_on: Date | None = None
    amount_cents: Amount | None = None
    note: Text | None = None


class RemoveSpend(Payload):
    """A row that is to go, or to come back."""

    spend_id: Id
    version: Version | None = None


class SpendRow(Result):
    """One row of spend."""

    id: int
    version: int
    channel: str
    channel_label: str
    source_id: int | None
    source: str
    campaign: str
    event_id: int | None
    event: str
    starts_on: date
    ends_on: date
    days: int
    amount_cents: int
    note: str
    entered_by: str
    updated_at: datetime
    in_period_cents: int | None = Field(default=None, description="In a list: what falls into the days asked for")


class SpendSaved(SpendRow):
    """The row, and which others of the same channel, source, campaign and event lie in the same days: they add up."""

    overlaps: list[int]
    overlap_note: str


class ListSpend(Page):
    """Rows whose days touch these."""

    from_: Day | None = Field(default=None, alias="from")
    to: Day | None = None
    channel: Words | None = None
    source_id: Id | Literal["none"] | None = None
    campaign: Words | None = None
    event_id: Id | Literal["none"] | None = None
    by: Line | None = Field(default=None, description="As getCPA lays spend out: without what is general")
    key: Key | None = Field(default=None, description="Of the line; left out, all lines")
    spend_id: Id | None = Field(default=None, description="One row alone")


class ChannelChoice(Result):
    """A channel that money can be spent on."""

    key: str
    label: str


class SourceChoice(Result):
    """A source or an event that money can be spent on, and its channel."""

    id: int
    name: str
    channel: str


class SpendList(Paged[SpendRow]):
    """Newest days first. `inPeriodCents` is what falls into the days asked for: with the first page, of all rows.

    `label` is what the line is called whose spend is asked for.
    """

    in_period_cents: int | None
    label: str = ""
    channels: list[ChannelChoice]
    sources: list[SourceChoice]
    events: list[SourceChoice]
