"""Proofs of decisions, and what other rules would have said."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StringConstraints

from headhaul.compliance.choices import Outcome
from headhaul.compliance.schemas.words import Address, Id, Instant, Line
from headhaul.kernel import Page, Paged, Payload, Result


class GetReceipts(Page):
    """Which decisions; newest first. `search` is a whole address."""

    search: Address = ""
    contact_id: Id | None = None
    account_id: Id | None = None
    message_id: UUID | None = None
    outcome: Outcome | None = None
    rule: Line = ""
    since: Instant | None = None
    until: Instant | None = None


class ReceiptReason(Result):
    """One rule that spoke against it."""

    rule: str
    layer: str
    outcome: Outcome
    sentence: str
    until: datetime | None = None
    cite: str = ""


class ReceiptRow(Result):
    """One decision in short."""

    id: int
    at: datetime
    outcome: Outcome
    purpose: str
    channel: str
    address: str
    contact_id: int | None
    account_id: int | None
    message_id: UUID | None
    attempt_id: UUID | None
    action: str
    until: datetime | None
    reasons: list[ReceiptReason]
    is_sealed: bool


class ReceiptList(Paged[ReceiptRow]):
    """Decisions, newest first."""


class ExportReceipts(Payload):
    """Of one decision, of one message, of a contact, or of an address."""

    receipt_id: Id | None = None
    message_id: UUID | None = None
    contact_id: Id | None = None
    address: Address = ""


class Neighbour(Result):
    """A receipt beside it in the chain."""

    sequence: int
    previous: str
    seal: str


class Proof(Result):
    """Everything a decision was made of, and its place in the chain.

    `seal` is SHA-256 over `sealedText`, which begins with the seal before; `before` and `after` are its neighbours.
    """

    receipt: ReceiptRow
    facts: dict[str, Any]
    content: dict[str, Any] | None
    rules_hash: str
    rules_are_current: bool
    tzdata: str
    body_hash: str
    sequence: int | None
    previous: str
    seal: str
    sealed_text: str
    seal_holds: bool | None = Field(description="Whether the seal fits what is stored; None while it is not sealed.")
    before: Neighbour | None
    after: Neighbour | None
    erased_at: datetime | None


class ReceiptsExported(Result):
    """The proofs, oldest first."""

    exported_at: datetime
    proofs: list[Proof]
    is_complete: bool


class VerifyReceipts(Payload):
    """The chain's end as it was noted elsewhere, as number:seal."""

    expected_head: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,18}:[0-9a-f]{64}$")] | None = None


class ReceiptBreak(Result):
    """The first receipt that does not fit."""

    said: str
    sequence: int
    receipt_id: int | None


class ReceiptsVerified(Result):
    """How far the chain holds. Note `head` somewhere else: it proves later that the chain was not rewritten."""

    intact: bool
    checked: int
    not_yet_sealed: int
    head: str
    first_break: ReceiptBreak | None


class ReplaySends(Payload):
    """Past sends, and other rules as TOML; without any, the rules of today."""

    rules: Annotated[str, StringConstraints(max_length=400_000)] | None = None
    since: Instant | None = None
    until: Instant | None = None
    after_id: Annotated[int, Field(ge=0, le=2**63 - 1)] = 0


class WouldFail(Result):
    """A send of then that these rules would not let pass."""

    receipt_id: int
    at: datetime
    channel: str
    address: str
    contact_id: int | None
    outcome: Outcome
    reasons: list[ReceiptReason]


class SendsReplayed(Result):
    """How many were judged again, how many would fail, and by which rule first. `nextAfterId`: go on from there."""

    rules_hash: str
    checked: int
    would_fail: int
    by_rule: dict[str, int]
    without_words: int = Field(description="Of people who were forgotten: what was said to them is not judged again.")
    first: list[WouldFail]
    next_after_id: int | None
