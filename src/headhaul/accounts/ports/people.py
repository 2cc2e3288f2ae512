"""What rooms above must be able to answer about a person whose data this room is asked to show or to forget."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Person:
    """Who it is about: their contact, and everything they are or were known by, the longest name first."""

    contact_id: int
    account_id: int
    names: tuple[str, ...]
    addresses: tuple[str, ...]


class KeepsPersonalData(Protocol):
    """A room that keeps something about people. `part` names it in an export."""

    part: str

    def export(self, person: Person) -> Any:
        """Everything kept about them, as JSON."""
        ...

    def erase(self, person: Person, *, at: datetime) -> int:
        """Forget it; how many rows were emptied or removed."""
        ...
