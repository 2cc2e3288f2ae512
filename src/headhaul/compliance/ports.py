"""What a set of compliance rules must be able to answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from headhaul.kernel import Recipient


@dataclass(frozen=True, slots=True)
class Decision:
    """Yes, or no with the rule, the reason in a sentence and, when known, the next moment it would be yes."""

    allowed: bool
    rule: str = ""
    reason: str = ""
    next_allowed_at: datetime | None = None


class RuleSet(Protocol):
    """Rules about reaching people: suppression, consent, quiet hours, throttle."""

    def decide(self, recipient: Recipient, *, at: datetime) -> Decision:
        """Judge one contact with one person at one moment."""
        ...
