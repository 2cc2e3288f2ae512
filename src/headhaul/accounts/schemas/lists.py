"""What the lists of accounts and contacts take and give: one language of filters for pages, groups, edits and files."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from headhaul.accounts.choices import AccountSource, AccountStatus, BuyingRole, ContactRole
from headhaul.accounts.schemas.accounts import AccountRow, Owner
from headhaul.accounts.schemas.words import SPLIT, CustomConditions, Direction, Id, Q, TagWord
from headhaul.carriers.choices import Segment
from headhaul.carriers.schemas.words import EquipmentCode
from headhaul.kernel import Page, Paged, Payload, Result, StateCode
from headhaul.kernel.days import Day, ZoneName

Several = Field(max_length=50)
Whose = Annotated[list[Literal["me", "none"] | Id], Several, SPLIT]
Teams = Annotated[list[Literal["mine", "none"] | Id], Several, SPLIT]
Statuses = Annotated[list[AccountStatus], Field(max_length=10), SPLIT]
Segments = Annotated[list[Segment], Field(max_length=10), SPLIT]
States = Annotated[list[Literal["none"] | StateCode], Field(max_length=60, examples=[["TX"]]), SPLIT]
TagWords = Annotated[list[TagWord], Field(max_length=20), SPLIT]
Fleet = Annotated[int, Field(ge=0, le=1_000_000)]
RegionCode = Annotated[str, StringConstraints(max_length=30, pattern=r"^[a-z_]*$")]
_ACCOUNT_WORDS = (
    "Words of the name in any order, a USDOT number; or a phone number, e-mail or domain, also of one of its people. "
    "Where nothing is called so, a page has what comes close and says `isClose`; files and changes never do."
)
_CONTACT_WORDS = (
    "Words of the name in any order, an e-mail address or its domain, or a phone number. "
    "Where nobody is called so, a page has who comes close and says `isClose`; files and changes never do."
)
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^[^\x00]*$")]


class AccountFilters(Payload):
    """What narrows the list; all conditions hold together. A list of values means any of them."""

    ids: Annotated[list[Id], Field(max_length=1_000, description="Of these rows alone."), SPLIT] = []
    q: Annotated[Q, Field(description=_ACCOUNT_WORDS)] = ""
    status: Statuses = []
    segment: Segments = []
    state: States = []
    city: Text = ""
    zip: Annotated[str, StringConstraints(pattern=r"^([0-9]{1,5})?$"), Field(description="Or its beginning.")] = ""
    region: Annotated[list[RegionCode], Several, SPLIT] = []
    source: Annotated[list[AccountSource], Field(max_length=10), SPLIT] = []
    owner: Annotated[Whose, Field(description="me, none, or users' ids")] = []
    team: Annotated[Teams, Field(description="mine, none, or teams' ids")] = []
    tag: Annotated[str, StringConstraints(max_length=60, pattern=r"^[^\x00]*$")] = ""
    tags_any: TagWords = []
    tags_all: TagWords = []
    tags_none: TagWords = []
    equipment: EquipmentCode | None = None
    min_score: Annotated[float, Field(ge=0, le=100)] | None = None
    is_spike: bool | None = None
    min_fleet: Fleet | None = None
    max_fleet: Fleet | None = None
    has_contact: bool | None = None
    has_phone: bool | None = None
    has_email: bool | None = None
    last_activity_after: Annotated[Day | None, Field(description="That day or later.")] = None
    last_activity_before: Annotated[Day | None, Field(description="Before that day.")] = None
    created_after: Annotated[Day | None, Field(description="That day or later.")] = None
    created_before: Annotated[Day | None, Field(description="Before that day.")] = None
    created_since: Annotated[Day | None, Field(description="The same as createdAfter.")] = None
    updated_since: Annotated[Day | None, Field(description="That day or later.")] = None
    custom: CustomConditions = []
    zone: Annotated[ZoneName, Field(description="Where days begin; by default the zone of one's profile.")] = ""


AccountSort = Literal["score", "newest", "name", "lastActivity", "fleetSize", "updated", "place"]


class ListAccounts(AccountFilters, Page):
    """A page of accounts. Sorted by score or trucks, those without one come last (first when ascending)."""

    sort: AccountSort = "score"
    direction: Annotated[Direction | None, Field(description="Left out: as is usual for that sort.")] = None


IsClose = Annotated[bool, Field(description="Nothing is called what `q` says: these come close to it, within a typo.")]


class AccountsPage(Paged[AccountRow]):
    """A page of accounts."""

    is_close: IsClose = False


class ContactFilters(Payload):
    """What narrows the list of contacts; all conditions hold together. A list of values means any of them."""

    ids: Annotated[list[Id], Field(max_length=1_000, description="Of these rows alone."), SPLIT] = []
    q: Annotated[Q, Field(description=_CONTACT_WORDS)] = ""
    account_id: Id | None = None
    role: Annotated[list[ContactRole], Field(max_length=20), SPLIT] = []
    buying_role: Annotated[list[BuyingRole], Field(max_length=20), SPLIT] = []
    is_decision_maker: bool | None = None
    has_left: bool | None = None
    has_email: bool | None = None
    has_phone: bool | None = None
    account_status: Statuses = []
    account_segment: Segments = []
    account_state: States = []
    account_owner: Annotated[Whose, Field(description="me, none, or users' ids")] = []
    account_tag: Annotated[str, StringConstraints(max_length=60, pattern=r"^[^\x00]*$")] = ""
    created_after: Annotated[Day | None, Field(description="That day or later.")] = None
    created_before: Annotated[Day | None, Field(description="Before that day.")] = None
    custom: CustomConditions = []
    zone: Annotated[ZoneName, Field(description="Where days begin; by default the zone of one's profile.")] = ""


class ListContacts(ContactFilters, Page):
    """A page of contacts."""

    sort: Literal["name", "newest"] = "name"
    direction: Annotated[Direction | None, Field(description="Left out: as is usual for that sort.")] = None


class ContactOf(Result):
    """The account somebody works at, as a list of people shows it."""

    id: int
    name: str
    status: AccountStatus
    segment: Segment
    state: str
    owner: Owner | None


class ListedContact(Result):
    """A person as lists show them, with the first of their addresses and numbers."""

    id: int
    version: int
    name: str
    title: str
    role: ContactRole
    buying_role: BuyingRole
    is_decision_maker: bool
    has_left: bool
    email: str
    phone: str
    phone_extension: str
    preferred_channel: str
    timezone: str
    custom: dict[str, Any]
    source: AccountSource
    account: ContactOf
    created_at: datetime
    updated_at: datetime


class ContactsPage(Paged[ListedContact]):
    """A page of contacts."""

    is_close: IsClose = False


Entity = Annotated[str, StringConstraints(pattern=r"^[a-z]{3,30}$"), Field(examples=["accounts"])]
Filters = Annotated[dict[str, Any], Field(max_length=60, description="As the list's own action takes them.")]


class GetListGroups(Payload):
    """A list and by what to part it. With the filter of a group, the list's own action gives its rows."""

    entity: Entity
    filters: Filters = {}
    group_by: Annotated[
        str,
        StringConstraints(max_length=70, pattern=r"^[^\x00]+$"),
        Field(examples=["status"], description="owner, status, … or custom.<key> of a field that chooses"),
    ]


class ListGroup(Result):
    """Rows that share a value. `filters` are the list's filters with this value besides."""

    value: str
    label: str
    count: int
    is_exact: bool
    filters: dict[str, Any]


class ListGroups(Result):
    """The groups that have rows, in the order of their kind. Counts are exact to 1,000, beyond that `isExact` says."""

    groups: list[ListGroup]
