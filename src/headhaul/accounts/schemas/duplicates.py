"""What the actions about duplicates take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import Field

from headhaul.accounts.choices import MergeEntity, PairState
from headhaul.accounts.schemas.accounts import AccountRow
from headhaul.accounts.schemas.contacts import ContactRow
from headhaul.accounts.schemas.words import Id
from headhaul.kernel import Page, Paged, Payload, Result


class DuplicateCandidate(Result):
    """A record that may be the same one: a score of 0 to 100 and the reasons, the strongest first."""

    id: int
    account_id: int
    name: str
    place: str
    dot_number: int | None = None
    score: int
    reasons: list[str]

    @classmethod
    def of(cls, candidate: Any) -> Self:
        """What a look-up found, as the wire has it."""
        return cls.model_validate(candidate, from_attributes=True)


class AccountEntered(AccountRow):
    """The new account, and accounts that look a little like it."""

    possible_duplicates: list[DuplicateCandidate] = []


class ContactEntered(ContactRow):
    """The new contact, and contacts that look a little like them."""

    possible_duplicates: list[DuplicateCandidate] = []


class FindDuplicates(Payload):
    """The account or the contact; one of the two."""

    account_id: Id | None = None
    contact_id: Id | None = None


class DuplicatesFound(Result):
    """What looks like it, the likeliest first."""

    items: list[DuplicateCandidate]


class ListDuplicates(Page):
    """A page of pairs. `accountId` and `contactId` narrow to the pairs of one record."""

    entity: MergeEntity = MergeEntity.ACCOUNT
    state: PairState = PairState.OPEN
    min_score: Annotated[int, Field(ge=0, le=100)] = 0
    account_id: Id | None = None
    contact_id: Id | None = None


class Side(Result):
    """One of the two."""

    id: int
    account_id: int
    name: str
    place: str
    dot_number: int | None
    version: int
    created_at: datetime


class Compared(Result):
    """A fact of both, as text; "" where it is not known. They differ where both know it and say different things."""

    field: str
    first: str
    second: str
    differs: bool


class PairRow(Result):
    """Two records that look like one. `suggestedWinnerId` is the one that knows more about itself, or is older."""

    id: int
    entity: MergeEntity
    score: int
    reasons: list[str]
    state: PairState
    found_at: datetime
    first: Side
    second: Side
    facts: list[Compared]
    suggested_winner_id: int


class DuplicatesPage(Paged[PairRow]):
    """A page of pairs, the likeliest first. `scannedAt` is when the search last ended."""

    scanned_at: datetime | None = None


class PairRef(Payload):
    """A pair of the queue."""

    pair_id: Id


class PairDecided(Result):
    """The pair and what it is now."""

    pair_id: int
    state: PairState


class ScanDuplicates(Payload):
    """What to search. `everything` compares all records again, not only those that changed since the last search."""

    entity: MergeEntity = MergeEntity.ACCOUNT
    everything: bool = False


class ScanQueued(Result):
    """The search waits for a worker; `alreadyQueued` when one was waiting before."""

    entity: MergeEntity
    already_queued: bool
