"""From a text with variables to what is sent. A text that names something unknown is refused when it is saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from headhaul.kernel import InvalidData, NotFound
from headhaul.outreach.selectors import facts, texts


@dataclass(frozen=True, slots=True)
class Rendered:
    """A text with its variables in place, and which of them were not known."""

    text: str
    missing: tuple[str, ...] = ()


def render(text: str, *, names: Mapping[str, str]) -> Rendered:
    """The text as it would be sent. Raises InvalidData for one that cannot be."""
    wrong = texts.faults(text)
    if wrong:
        raise InvalidData("The text has variables that cannot be filled in.", fields={"text": " ".join(wrong)})
    missing = tuple(name for name in texts.variables(text) if not names.get(name))
    return Rendered(texts.filled(text, names), missing)


def names_for(*, contact_id: int, user_id: int | None, at: datetime) -> dict[str, str]:
    """What the variables become for a contact who is written to by a user, from the facts of now."""
    row = facts.row_of(contact_id, user_id)
    if not row:
        raise NotFound(f"There is no contact {contact_id}.", fields={"contactId": "unknown"})
    return facts.names_of(row)
