"""Who decides at the gate; and what rooms above tell: a sender's terms, and when somebody last wrote to us."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from headhaul.kernel import Recipient


@dataclass(frozen=True, slots=True)
class SenderTerms:
    """What a mailbox or number may do. `missing`: what keeps it from sending, in sentences."""

    sender_id: int
    daily_cap: int | None = None  # None: as much as its user may
    warm_up_from: date | None = None
    spacing_seconds: int = 0
    leaves: bool = True  # False for a sandbox, whose messages stay here
    missing: tuple[str, ...] = ()


class Outreach(Protocol):
    """The room that sends. Without one no sender is known and nobody has ever written."""

    def terms_of(self, sender_id: int) -> SenderTerms | None:
        """The terms of a sender; None for one that does not exist."""
        ...

    def terms_of_user(self, user_id: int | None, channel: str) -> Sequence[SenderTerms]:
        """The senders that a user's messages may go from on a channel, for showing what is left."""
        ...

    def last_inbound_at(self, address: str, channel: str, *, at: datetime) -> datetime | None:
        """When this address last wrote to us or called us."""
        ...


_installed: list[Outreach] = []


def install_outreach(room: Outreach | None) -> None:
    """At start-up the room that sends says that it is there."""
    _installed[:] = [room] if room is not None else []


def outreach() -> Outreach | None:
    """The room that sends, if there is one."""
    return _installed[0] if _installed else None


@dataclass(frozen=True, slots=True)
class Decision:
    """Yes, or no with the rule, the reason in a sentence and, when known, the next moment it would be yes.

    `keep` stores the proof of a no once the write that it stopped is rolled back; that of a yes is stored with it.
    """

    allowed: bool
    rule: str = ""
    reason: str = ""
    next_allowed_at: datetime | None = None
    keep: Callable[[], object] | None = None


class RuleSet(Protocol):
    """Whoever decides at the gate."""

    def decide(self, recipient: Recipient, *, at: datetime, user_id: int | None, action: str) -> Decision:
        """Judge one contact with one person at one moment, for a user who does an action."""
        ...
