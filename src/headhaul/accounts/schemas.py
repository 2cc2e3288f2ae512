"""What the accounts' actions take and give."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from headhaul.accounts.choices import AccountSource, AccountStatus
from headhaul.carriers.choices import Segment
from headhaul.carriers.schemas.words import EquipmentCode
from headhaul.kernel import DotNumber, Page, Paged, Payload, Result, StateCode

Line = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]*$")
]
Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^[^\x00-\x1f]*$")]
Id = Annotated[int, Field(ge=1, le=2**63 - 1)]


def _words(value: Any) -> Any:
    """A list, or words joined by commas as a page's address carries them."""
    return [word for word in value.split(",") if word] if isinstance(value, str) else value


class Owner(Result):
    """Who looks after an account."""

    id: int
    name: str


class AccountRow(Result):
    """An account as lists show it. Score, drivers, urgency and confidence are the current signals'."""

    id: int
    version: int
    dot_number: int | None
    name: str
    status: AccountStatus
    segment: Segment
    region: str
    state: str
    city: str
    phone: str
    fleet_size: int | None
    fleet_source: str
    owner: Owner | None
    source: AccountSource
    tags: list[str]
    score: float | None
    driver_count: int | None
    urgency: str | None
    confidence: str | None
    is_spike: bool
    is_new_this_week: bool
    opened_on: date | None
    created_at: datetime
    updated_at: datetime


class Change(Result):
    """A field's former and new value."""

    field: str
    old: Any
    new: Any
    at: datetime
    by: str


class AccountDetail(AccountRow):
    """An account with what only its own page shows."""

    website: str
    fleet_as_of: date | None
    opening_score: float | None
    enriched_at: datetime | None
    signal_day: date | None
    changes: list[Change]


class GetAccount(Payload):
    """By its own id, or by USDOT number."""

    account_id: Id | None = None
    dot_number: DotNumber | None = None


class AccountFilters(Payload):
    """What narrows the list; all conditions hold together."""

    q: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100, pattern=r"^[^\x00]*$")] = ""
    status: Annotated[list[AccountStatus], BeforeValidator(_words), Field(max_length=5)] = []
    segment: Annotated[list[Segment], BeforeValidator(_words), Field(max_length=6)] = []
    state: StateCode | None = None
    region: Annotated[str, StringConstraints(max_length=30, pattern=r"^[a-z_]*$")] = ""
    source: AccountSource | None = None
    owner: Literal["me", "none"] | Id | None = Field(default=None, description="me, none, or a user's id")
    tag: Annotated[str, StringConstraints(max_length=60, pattern=r"^[^\x00]*$")] = ""
    equipment: EquipmentCode | None = None
    min_score: Annotated[float, Field(ge=0, le=100)] | None = None
    created_since: date | None = None


class ListAccounts(AccountFilters, Page):
    """A page of accounts. Sorted by score, those without a signal come last."""

    sort: Literal["score", "newest", "name"] = "score"


class AccountsPage(Paged[AccountRow]):
    """A page of accounts."""


class CreateAccount(Payload):
    """A new account. With a USDOT number of the census, what is left out comes from there."""

    name: Line | None = None
    dot_number: DotNumber | None = None
    status: AccountStatus | None = None
    segment: Segment | None = None
    state: StateCode | None = None
    city: Short | None = None
    phone: Short | None = None
    website: Short | None = None
    fleet_size: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    mine: bool = Field(default=True, description="Whether it becomes the caller's own account")


class UpdateAccount(Payload):
    """Fields to change; a field that is left out stays. `version` is the one that was read."""

    account_id: Id
    version: int
    name: Line | None = None
    status: AccountStatus | None = None
    segment: Segment | None = None
    state: StateCode | None = None
    city: Short | None = None
    phone: Short | None = None
    website: Short | None = None
    fleet_size: Annotated[int, Field(ge=0, le=1_000_000)] | None = None


class OpenFromSignal(Payload):
    """The carrier to open an account for."""

    dot_number: DotNumber
    mine: bool = Field(default=True, description="Whether it becomes the caller's own account")


class AccountOpened(Result):
    """The carrier's account, and whether this call made it."""

    account: AccountRow
    created: bool


class AssignAccount(Payload):
    """The account and its new owner; nobody when `ownerId` is null."""

    account_id: Id
    owner_id: Id | None
    version: int | None = None


class TakeAccount(Payload):
    """An account that nobody has."""

    account_id: Id


class TagAccount(Payload):
    """A tag of an account."""

    account_id: Id
    tag: Annotated[str, StringConstraints(max_length=120)]


class Tags(Result):
    """All tags of an account, in alphabetical order."""

    account_id: int
    tags: list[str]


class GetTopProspects(Payload):
    """Filters of the ranked list. `range` says how long an account counts as new and a rise as recent."""

    limit: int = Field(default=20, ge=1, le=100)
    range: Literal[7, 30, 90] = 7
    segment: Segment | None = None
    state: StateCode | None = None
    equipment: EquipmentCode | None = None
    owner: Literal["me", "none"] | None = None


class Prospect(Result):
    """A carrier worth a call, best first."""

    dot_number: int
    name: str
    city: str
    state: str
    segment: Segment
    fleet_size: int | None
    phone: str
    score: float
    previous_score: float | None
    driver_count: int
    previous_driver_count: int | None
    active_this_week: int
    nearby: int
    confidence: str
    urgency: str
    is_spike: bool
    is_new_this_week: bool
    equipment: list[str]
    jobs: list[str]
    reasons: list[str]
    account_id: int | None
    account_status: AccountStatus | None
    owner: Owner | None


class TopProspects(Result):
    """The ranked list and the day its signals are of."""

    day: date | None
    computed_at: datetime | None
    items: list[Prospect]


class Search(Payload):
    """A USDOT number or its beginning, or a part of a name."""

    q: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=r"^[^\x00]*$")]
    limit: int = Field(default=8, ge=1, le=25)


class Hit(Result):
    """One thing found."""

    kind: Literal["account", "carrier"]
    id: int
    dot_number: int | None
    name: str
    place: str
    segment: Segment
    score: float | None


class SearchResult(Result):
    """What was found: accounts first, then carriers without an account."""

    items: list[Hit]
