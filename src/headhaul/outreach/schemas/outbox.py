"""What the outbox takes and gives."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BeforeValidator, Field, StringConstraints

from headhaul.activities.schemas.common import Id, Named
from headhaul.kernel import Page, Paged, Payload, Result
from headhaul.outreach.choices import AttemptOutcome, Channel, EventKind, Grade, MessageState

MessageSubject = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300, pattern=r"^[^\x00-\x1f\x7f]*$")
]
MessageText = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000, pattern=r"^[^\x00]*$")
]
SmsText = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1_600, pattern=r"^[^\x00]*$")
]
Address = Annotated[str, StringConstraints(strip_whitespace=True, max_length=320, pattern=r"^[^\x00-\x1f\x7f]*$")]
Why = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500, pattern=r"^[^\x00]*$")]


def _words(value: Any) -> Any:
    """A list, or words joined by commas as a page's address carries them."""
    return [word for word in value.split(",") if word] if isinstance(value, str) else value


class SendEmail(Payload):
    """An e-mail to a contact, in plain text. Postal address, opt-out and links are added when it leaves."""

    contact_id: Id
    subject: MessageSubject
    text: MessageText
    address: Address = Field(default="", description="One of the contact's addresses; the primary one when left out.")
    sender_id: Id | None = Field(default=None, description="The mailbox; the user's own or the default when left out.")
    inbound_id: Id | None = Field(default=None, description="What it answers, from the inbox.")


class SendSms(Payload):
    """A text to a contact. How to opt out is added when it leaves, where it is not said."""

    contact_id: Id
    text: SmsText
    address: Address = Field(default="", description="One of the contact's numbers; the primary one when left out.")
    sender_id: Id | None = None
    inbound_id: Id | None = Field(default=None, description="What it answers, from the inbox.")


class OneMessage(Payload):
    """A message of the outbox."""

    message_id: UUID


class CancelMessage(OneMessage):
    """A message that is not to leave."""

    reason: Why = "Called off by hand."


class RequeueMessage(OneMessage):
    """A message to be sent once more, though the first may have left or failed, and why."""

    reason: Why


class GetOutbox(Page):
    """Which messages, newest first."""

    states: Annotated[list[MessageState], BeforeValidator(_words)] = Field(default=[], max_length=20)
    channel: Channel | None = None
    contact_id: Id | None = None
    account_id: Id | None = None
    sequence_id: Id | None = None
    enrolment_id: Id | None = None
    user_id: Id | None = None
    is_held: bool | None = Field(default=None, description="True: only those that a rule keeps waiting.")
    sort: Literal["newest", "due"] = "newest"


class MessageRow(Result):
    """A message in a list. `heldReason` says what keeps it waiting, `dueAt` when it is tried next."""

    id: UUID
    channel: Channel
    purpose: str
    state: MessageState
    address: str
    subject: str
    preview: str
    contact: Named | None = None
    account: Named | None = None
    user: Named | None = None
    sequence: Named | None = None
    step_key: str = ""
    gateway: str = ""
    due_at: datetime
    held_rule: str = ""
    held_reason: str = ""
    sent_at: datetime | None = None
    delivered_at: datetime | None = None
    ended_at: datetime | None = None
    result_code: str = ""
    result_text: str = ""
    tries: int = 0
    is_cancellable: bool = False
    is_requeueable: bool = Field(default=False, description="By a manager.")
    created_at: datetime


class OutboxPage(Paged[MessageRow]):
    """A page of the outbox. `counts` are of all that this reader may see and that is still on its way."""

    counts: dict[str, int] = {}


class AttemptRow(Result):
    """One call to the provider."""

    id: UUID
    number: int
    outcome: AttemptOutcome
    gateway: str
    started_at: datetime
    ended_at: datetime | None = None
    provider_id: str = ""
    error: str = ""
    looks: int = 0
    next_look_at: datetime | None = None
    body_hash: str = ""
    receipt_id: int


class EventRow(Result):
    """Something that happened to it after it left."""

    kind: EventKind
    grade: Grade | Literal[""] = ""
    at: datetime
    data: dict[str, Any] = {}


class ReceiptRow(Result):
    """A decision about it."""

    id: int
    at: datetime
    outcome: str
    until: datetime | None = None
    reasons: list[dict[str, Any]] = []
    rules_hash: str


class Look(Result):
    """How it looks to whoever gets it."""

    from_name: str
    from_address: str
    to: str
    subject: str = ""
    text: str
    html: str = ""
    headers: dict[str, str] = {}
    is_sandbox: bool


class MessageDetail(Result):
    """A message with everything that is known of it."""

    message: MessageRow
    text: str
    html: str = ""
    not_after: datetime | None = None
    body_hash: str = ""
    approved_hash: str = ""
    rfc_id: str = ""
    look: Look | None = None
    attempts: list[AttemptRow]
    events: list[EventRow]
    receipts: list[ReceiptRow]


class MessagePlanned(Result):
    """A message that is in the outbox now."""

    message: MessageRow


class MessageCancelled(Result):
    """A message that does not leave any more."""

    message: MessageRow


class MessageRequeued(Result):
    """A message that is tried once more."""

    message: MessageRow


class MessageApproved(Result):
    """A message that may leave now."""

    message: MessageRow
