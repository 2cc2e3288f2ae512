"""What competitor intel takes and gives."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, StringConstraints

from headhaul.accounts.choices import REGION_NAMES
from headhaul.analytics.schemas.money import Id, Key, MoneyScope, Range, Share, Words
from headhaul.kernel import Page, Paged, Payload, Result
from headhaul.pipeline.schemas.words import Text, Version


def _https(address: str) -> str:
    if not address:
        return address
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as fault:
        raise ValueError("an address such as https://example.com/prices") from fault
    if parts.scheme.lower() != "https" or not parts.hostname or "." not in parts.hostname:
        raise ValueError("an address such as https://example.com/prices")
    if parts.username or parts.password or (port is not None and not 0 < port < 65_536):
        raise ValueError("an address without a name or password in it")
    return f"https{address[5:]}"


def _region(code: str) -> str:
    if code and code not in REGION_NAMES:
        raise ValueError(f"one of {', '.join(REGION_NAMES)}, or empty for everywhere")
    return code


Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120, pattern=r"^[^\x00-\x1f]*$")
]
Address = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=2_000, pattern=r"^[^\x00-\x20<>\"\\^`{|}]*$"),
    AfterValidator(_https),
    Field(examples=["https://example.com/prices"]),
]
Region = Annotated[str, StringConstraints(max_length=40), AfterValidator(_region), Field(examples=["southeast"])]


class SaveCompetitorIntel(Payload):
    """What is known of a competitor in a region. A change names the row and the version that was read; what is left
    out stays."""

    intel_id: Id | None = None
    version: Version | None = None
    competitor: Name | None = Field(default=None, description="Its name; needed for a new row. A new name renames it")
    also_called: Annotated[list[Name], Field(max_length=20)] | None = Field(
        default=None, description="Other names under which reps write it; those that are left out are forgotten"
    )
    region: Region | None = Field(default=None, description="A sales region; empty is everywhere")
    offerings: Text | None = None
    pricing_notes: Text | None = None
    source_url: Address | None = Field(default=None, description="Where it is known from: an https address")


class RemoveCompetitorIntel(Payload):
    """A row that is to go, or to come back."""

    intel_id: Id
    version: Version | None = None


class IntelRow(Result):
    """What is known of a competitor in a region."""

    id: int
    version: int
    competitor_id: int
    competitor: str
    region: str
    region_label: str
    offerings: str
    pricing_notes: str
    source_url: str
    updated_at: datetime
    updated_by: str


class IntelChange(Result):
    """What was known before, and what became of it."""

    intel_id: int
    region_label: str
    version: int
    field: str
    old: str
    new: str
    at: datetime
    by: str


class Met(Result):
    """Where a competitor was met, and how it went."""

    region: str
    region_label: str
    open: int
    won: int
    lost: int


class CompetitorRow(Result):
    """A competitor: what is known, where it was met, and how often we won against it."""

    key: str = Field(description="What getCompetitorDeals takes")
    competitor_id: int | None = Field(description="None: reps write this name, and nothing is noted of it yet")
    name: str
    also_called: list[str]
    intel: list[IntelRow]
    deals: int
    open: int
    won: int = Field(description="Deals we won against it, closed in these days")
    lost: int
    won_cents: int
    lost_cents: int
    open_cents: int
    win_rate: Share
    regions: list[Met]
    last_seen_at: datetime | None


class GetCompetitorIntel(Page, MoneyScope):
    """Which competitors; deals that are open now or were closed in these days, and whose."""

    q: Words = Field(default="", description="Part of a name")
    region: Region | None = Field(default=None, description="Noted or met there")
    key: Key | None = Field(default=None, description="One competitor, with its history")
    intel_id: Id | None = Field(default=None, description="The competitor that this note is about")


class CompetitorIntelList(Paged[CompetitorRow]):
    """Those met most often first."""

    range: Range
    history: list[IntelChange] = Field(description="Of the one competitor asked for, newest first, at most 200")


class GetCompetitorDeals(Page, MoneyScope):
    """The deals in which a competitor was met."""

    key: Key
    state: Literal["all", "open", "won", "lost"] = "all"
    region: Region | None = None


class CompetitorDeal(Result):
    """A deal in which a competitor was met."""

    opportunity_id: int
    name: str
    account_id: int
    account: str
    region: str
    owner: str
    state: str
    competitor: str = Field(description="As it is written there")
    lost_reason: str
    amount_cents: int | None
    at: datetime = Field(description="When it was closed; of an open one, when it was opened")


class CompetitorDeals(Paged[CompetitorDeal]):
    """Newest first. `cents` adds up the amounts of all of them; it comes with the first page."""

    name: str
    cents: int | None = None
