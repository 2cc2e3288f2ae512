"""What happens to messages, told to whoever wants to know, in the transaction in which it happens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from headhaul.kernel.listening import Port


@dataclass(frozen=True, slots=True)
class Moved:
    """A message came into a state; `kind` is the state. `why` is the sentence beside it, where there is one."""

    kind: str
    message_id: UUID
    at: datetime
    contact_id: int | None = None
    account_id: int | None = None
    enrolment_id: int | None = None
    rule: str = ""
    why: str = ""


moves: Port[Moved] = Port()
"""Listen for states: accepted, delivered, bounced, failed, unknown_final, cancelled, expired; and queued when held."""
