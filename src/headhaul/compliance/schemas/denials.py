"""Denials and the do-not-call list."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from headhaul.compliance.choices import ConsentChannel, Scope, SuppressionReason
from headhaul.compliance.schemas.words import Address, Evidence, Id, Instant, Line, Said
from headhaul.kernel import Page, Paged, Payload, Result


class AddSuppression(Payload):
    """Whom not to reach: an address, a contact, an account with all its contacts, an e-mail domain, a USDOT number."""

    scope: Scope
    key: Address = Field(description="The address, the domain, or the number.")
    channel: ConsentChannel = ConsentChannel.ALL
    reason: SuppressionReason = SuppressionReason.DNC_REQUEST
    source: Said = Field(description="Where it was said: a call, a letter, STOP by text.")
    evidence: Evidence = ""


class SuppressionAdded(Result):
    """The number of the denial; the same one is there once."""

    suppression_id: int


class RemoveSuppression(Payload):
    """Which denial ends, why, and what proves it."""

    suppression_id: Id
    why: Said
    evidence: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4_000)]


class SuppressionRemoved(Result):
    """From when on it no longer counts."""

    suppression_id: int
    ends_at: datetime


class ListSuppressions(Page):
    """Which denials; newest first. `search` is a whole address, domain or number."""

    scope: Scope | None = None
    channel: ConsentChannel | None = None
    reason: SuppressionReason | None = None
    search: Line = ""
    active: bool | None = True


class SuppressionRow(Result):
    """A denial. The key of a person who was forgotten is empty; their denial stands."""

    id: int
    scope: Scope
    key: str
    channel: ConsentChannel
    reason: SuppressionReason
    source: str
    evidence: str
    since: datetime
    by: str
    lifted_at: datetime | None = Field(description="When its lift takes effect, if there is one.")


class SuppressionList(Paged[SuppressionRow]):
    """Denials, newest first."""


class ImportDncScrub(Payload):
    """Numbers held against one version of the national list: a line each, and after a comma whether it is on it."""

    list_version: Said
    scrubbed_at: Instant | None = Field(None, description="Now when left out.")
    csv: Annotated[str, StringConstraints(min_length=1, max_length=4_000_000)] = Field(
        description="number,listed: yes, true, 1 or listed means that it is on the list; no second column means not."
    )


class ImportReassignedNumbers(Payload):
    """What the database of reassigned numbers answered: a line each, and after a comma yes, no or no data."""

    version: Said = Field(description="Of the query: its date or its name.")
    scrubbed_at: Instant | None = Field(None, description="When it answered; now when left out.")
    csv: Annotated[str, StringConstraints(min_length=1, max_length=4_000_000)] = Field(
        description="number,answer: yes means that somebody else may have it since they agreed."
    )


class ReassignedImported(Result):
    """How many answers were kept, how many numbers are somebody else's, of how many nothing is known."""

    kept: int
    reassigned: int
    unknown: int
    rejected: list[str]


class DncScrubImported(Result):
    """How many lines were kept; those that are no number are named by line."""

    kept: int
    listed: int
    rejected: list[str]
