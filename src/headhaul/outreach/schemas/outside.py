"""What people and providers outside do, as the actions by which it is done and audited."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from headhaul.kernel import Payload, Result
from headhaul.outreach.choices import InboundKind
from headhaul.outreach.inbound.incoming import Incoming


class UnsubscribeByLink(Payload):
    """Somebody pressed the button behind the link of a mail, or their mail program did (RFC 8058)."""

    token: str = Field(max_length=200)
    everything: bool = Field(default=False, description="Nothing any more by any way, not only no mail")


class UnsubscribedByLink(Result):
    """What came of it. `isNew`: it was not so before."""

    is_known: bool
    is_new: bool
    message_id: UUID | None = None
    contact_id: int | None = None


class ApplyProviderEvent(Payload):
    """An event that a provider reported and that waits in the inbox of events."""

    event_id: int


class ProviderEventApplied(Result):
    """What was made of it. `isChange`: something is otherwise now, not only known."""

    verdict: str
    is_change: bool
    message_id: UUID | None = None


class ReceiveMessage(Payload):
    """A mail or a text that came in."""

    incoming: Incoming


class MessageReceived(Result):
    """The row that keeps it. `isNew`: it had not come before."""

    inbound_id: int
    kind: InboundKind
    is_new: bool
