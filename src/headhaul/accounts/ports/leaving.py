"""What this room tells the rooms above about people: they left, were removed or forgotten, became one, or cannot be
reached any more where they could.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from headhaul.kernel import Actor
from headhaul.kernel.listening import Port

LEFT, REMOVED, ERASED, MERGED = "contact_left", "contact_removed", "contact_erased", "contact_merged"
UNREACHABLE = "contact_unreachable_at"


@dataclass(frozen=True, slots=True)
class ContactHappening:
    """Something that happens to a contact, told before it is done; `into` is whom it becomes part of, `beside` those
    who become part of the same one and were told of before. UNREACHABLE is told when it is done: `addresses` are no
    more theirs, or found not to work.
    """

    kind: str
    contact_id: int
    at: datetime
    by: Actor
    into: int | None = None
    beside: tuple[int, ...] = ()
    addresses: tuple[str, ...] = ()


port: Port[ContactHappening] = Port()


def tell(
    kind: str, contact_id: int, *, at: datetime, by: Actor, into: int | None = None, beside: tuple[int, ...] = ()
) -> None:
    """It is about to be so."""
    if port.is_wanted(kind):
        port.tell([ContactHappening(kind, contact_id, at, by, into, beside)])


def tell_left(contact_ids: Iterable[int], *, at: datetime, by: Actor) -> None:
    """Many are about to have left."""
    if port.is_wanted(LEFT):
        port.tell([ContactHappening(LEFT, key, at, by) for key in contact_ids])


def tell_unreachable(contact_id: int, *, addresses: Iterable[str], at: datetime, by: Actor) -> None:
    """They cannot be reached there any more; nothing is told of no address."""
    gone = tuple(addresses)
    if gone and port.is_wanted(UNREACHABLE):
        port.tell([ContactHappening(UNREACHABLE, contact_id, at, by, addresses=gone)])
