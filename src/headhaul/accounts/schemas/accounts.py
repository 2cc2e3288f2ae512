"""What the accounts' actions take and give."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from headhaul.accounts.choices import AccountSource, AccountStatus, FleetSource
from headhaul.accounts.schemas.custom import CustomValue
from headhaul.accounts.schemas.words import Given, Id, Name, Short, Text, Version, ZoneName
from headhaul.carriers.choices import Segment
from headhaul.carriers.schemas.words import EquipmentCode
from headhaul.kernel import DotNumber, Page, Paged, Payload, Result, StateCode

RegionCode = Annotated[str, StringConstraints(max_length=30, pattern=r"^[a-z_]*$"), Field(examples=["south_central"])]
Zip = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=10, pattern=r"^[A-Za-z0-9 \-]*$"),
    Field(examples=["75201"]),
]
Fleet = Annotated[int, Field(ge=0, le=1_000_000)]


class Owner(Result):
    """Who looks after an account."""

    id: int
    name: str


class TeamName(Result):
    """The team an account belongs to."""

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
    street: str
    zip: str
    phone: str
    email: str
    website: str
    domain: str
    timezone: str
    fleet_size: int | None
    fleet_source: str
    owner: Owner | None
    team: TeamName | None
    source: AccountSource
    tags: list[str]
    score: float | None
    driver_count: int | None
    urgency: str | None
    confidence: str | None
    is_spike: bool
    is_new_this_week: bool
    custom: dict[str, Any]
    opened_on: date | None
    created_at: datetime
    updated_at: datetime
    last_activity_at: datetime | None
    last_touch_at: datetime | None


class Change(Result):
    """A field's former and new value: who changed it, and by which door or on whose word."""

    field: str
    old: Any
    new: Any
    at: datetime
    by: str
    source: str
    contact_id: int | None = None


class ContactSummary(Result):
    """How many people we know there, and who decides."""

    total: int
    decision_makers: list[str]


class AccountDetail(AccountRow):
    """An account with what only its own page shows. A time zone says where it is known from and how sure it is."""

    description: str
    timezone_source: str
    timezone_confidence: str
    fleet_as_of: date | None
    opening_score: float | None
    enriched_at: datetime | None
    signal_day: date | None
    contacts: ContactSummary
    custom_fields: list[CustomValue]
    changes: list[Change]


class GetAccount(Payload):
    """By its own id, or by USDOT number."""

    account_id: Id | None = None
    dot_number: DotNumber | None = None


class GetChanges(Page):
    """The history of an account with its contacts, of a contact alone, or of one field of them, newest first."""

    account_id: Id | None = None
    contact_id: Id | None = None
    field: Annotated[str, StringConstraints(max_length=60, pattern=r"^[a-z0-9_.]*$")] = ""


class ChangesPage(Paged[Change]):
    """A page of changes."""


class AccountFacts(Payload):
    """What people enter about an account."""

    name: Name | None = None
    status: AccountStatus | None = None
    segment: Segment | None = None
    region: RegionCode | None = Field(default=None, description="Left out, it follows from the state")
    state: StateCode | None = None
    city: Short | None = None
    street: Short | None = None
    zip: Zip | None = None
    phone: Short | None = None
    email: Short | None = None
    website: Short | None = None
    fleet_size: Fleet | None = None
    fleet_source: FleetSource | None = Field(default=None, description="Left out, whoever changes it says so")
    fleet_as_of: date | None = None
    description: Text | None = None
    timezone: ZoneName | None = Field(default=None, description="Left out or null, it is derived from ZIP or state")
    custom: Given | None = None


class CreateAccount(AccountFacts):
    """A new account. With a USDOT number of the census, what is left out comes from there.

    Managers may name an owner and a team; the team is the owner's unless it is named.
    """

    dot_number: DotNumber | None = None
    mine: bool = Field(default=True, description="Whether it becomes the caller's own account")
    owner_id: Id | None = None
    team_id: Id | None = None
    allow_duplicate: bool = Field(default=False, description="Enter it although it looks like one that is there")


class UpdateAccount(AccountFacts):
    """Fields to change: one that is left out stays, null clears. `version` is the one that was read."""

    account_id: Id
    version: Version
    dot_number: DotNumber | None = None


class RemoveAccount(Payload):
    """The account to remove; with a version, only if nobody changed it meanwhile."""

    account_id: Id
    version: Version | None = None


class AccountRemoved(Result):
    """The account that is gone, until it is restored."""

    id: int
    name: str


class RestoreAccount(Payload):
    """An account that was removed."""

    account_id: Id


class GetSimilarAccounts(Payload):
    """The account to find others like."""

    account_id: Id
    limit: int = Field(default=5, ge=1, le=20)


class SimilarAccount(Result):
    """Another account, and in words what both have in common."""

    id: int
    name: str
    status: AccountStatus
    segment: Segment
    state: str
    city: str
    owner: Owner | None
    score: float | None
    reasons: list[str]


class SimilarAccounts(Result):
    """The likest first."""

    items: list[SimilarAccount]


class OpenFromSignal(Payload):
    """The carrier to open an account for."""

    dot_number: DotNumber
    mine: bool = Field(default=True, description="Whether it becomes the caller's own account")


class AccountOpened(Result):
    """The carrier's account, and whether this call made it."""

    account: AccountRow
    created: bool


class AccountAssigned(AccountRow):
    """The account with its owner. `dealsMoved`: how many opportunities went along, or back, under `dealsBatchId`."""

    deals_moved: int = 0
    deals_batch_id: str = ""
    undo_note: str = ""


class AssignAccount(Payload):
    """The account and its new owner; nobody when `ownerId` is null."""

    account_id: Id
    owner_id: Id | None
    team_id: Id | None = Field(default=None, description="Left out, it is the new owner's team; null is no team")
    version: Version | None = None
    with_open_deals: bool = Field(default=False, description="If the owner changes, its open opportunities go along")
    deals_batch_id: Annotated[str, StringConstraints(max_length=32, pattern=r"^[0-9a-f]*$")] = Field(
        default="", description="Of the answer to an assignment: the opportunities that went along with it go back"
    )


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
    """A USDOT number or its beginning, words of a name in any order, a telephone number, an e-mail or a domain."""

    q: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=r"^[^\x00]*$")]
    limit: int = Field(default=8, ge=1, le=25)


class Hit(Result):
    """One thing found. `id` is the account's, the contact's, or the carrier's USDOT number.

    `detail` says what was hit when it was not the name: a number, an address.
    """

    kind: Literal["account", "contact", "carrier"]
    id: int
    dot_number: int | None
    name: str
    place: str
    segment: Segment
    score: float | None
    account_id: int | None = None
    account_name: str = ""
    detail: str = ""


class SearchResult(Result):
    """What was found: accounts first, then contacts, then carriers without an account.

    `isClose` says that nothing is called just so, and these come close, within a typo or two.
    """

    items: list[Hit]
    is_close: bool = False
