"""What edits of many rows take and give."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, StringConstraints

from headhaul.accounts.choices import AccountStatus, BuyingRole, ContactRole
from headhaul.accounts.schemas.lists import Filters, TagWords
from headhaul.accounts.schemas.words import CustomKey, Id
from headhaul.carriers.choices import Segment
from headhaul.kernel import Payload, Result

Ids = Annotated[list[Id], Field(min_length=1, max_length=10_000)]
Count = Annotated[int, Field(ge=0, le=2**31 - 1)]
BatchId = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9-]+$")]
CustomValues = Annotated[dict[CustomKey, Any], Field(max_length=60)]


class AccountChanges(Payload):
    """What every account becomes; what is left out stays, null takes the owner, team or custom value away."""

    status: AccountStatus | None = None
    segment: Segment | None = None
    region: Annotated[str, StringConstraints(max_length=30, pattern=r"^[a-z_]+$")] | None = None
    owner_id: Id | None = None
    team_id: Id | None = None
    custom: CustomValues = {}
    add_tags: TagWords = []
    remove_tags: TagWords = []


class BulkUpdateAccounts(Payload):
    """The accounts by id, or all that `filters` (those of listAccounts) find: then `expectedCount` guards them."""

    account_ids: Ids | None = None
    filters: Filters | None = None
    expected_count: Annotated[Count | None, Field(description="Refused when as many do not match any more.")] = None
    changes: AccountChanges
    with_open_deals: bool = Field(
        default=False, description="The open opportunities of accounts that get another owner go along"
    )


class ContactChanges(Payload):
    """What every contact becomes; what is left out stays, null takes a custom value away."""

    role: ContactRole | None = None
    buying_role: BuyingRole | None = None
    is_decision_maker: bool | None = None
    has_left: bool | None = None
    custom: CustomValues = {}


class BulkUpdateContacts(Payload):
    """The contacts by id, or all that `filters` (those of listContacts) find: then `expectedCount` guards them."""

    contact_ids: Ids | None = None
    filters: Filters | None = None
    expected_count: Annotated[Count | None, Field(description="Refused when as many do not match any more.")] = None
    changes: ContactChanges


class BulkUpdated(Result):
    """What came of it. `missing` were named and are not there (any more); `fullOfTags` had no room for the tags."""

    batch_id: str
    matched: int
    changed: int
    missing: int
    full_of_tags: int
    deals_moved: int = Field(description="How many open opportunities went along to the new owner")


class UndoBulkUpdate(Payload):
    """The batch to take back."""

    batch_id: BatchId


class KeptValue(Result):
    """A value that somebody changed since, so that it stays."""

    account_id: int
    contact_id: int | None
    name: str
    field: str


class BulkUndone(Result):
    """What was put back, and what stays because it was changed since: how many values, and the first hundred."""

    batch_id: str
    restored: int
    kept: int
    kept_values: list[KeptValue]
    deals_returned: int
    deals_kept: int
    undo_note: str
