"""What this room tells the rooms above: somebody wrote back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from headhaul.accounts.models import Contact
from headhaul.kernel import Actor
from headhaul.kernel.listening import Port

REPLIED = "replied"


@dataclass(frozen=True, slots=True)
class OutreachHappening:
    """Somebody at an account replied. The same `key` is the same reply."""

    kind: str
    account_id: int
    contact_id: int
    key: str
    at: datetime
    by: Actor


port: Port[OutreachHappening] = Port()


def tell_replied(*, contact_id: int, at: datetime, by: Actor) -> None:
    """A person, not a machine, answered."""
    if not port.is_wanted(REPLIED):
        return
    account_id = Contact.objects.filter(pk=contact_id).values_list("account_id", flat=True).first()
    if account_id is not None:
        key = f"contact:{contact_id}:{at.isoformat()}:replied"
        port.tell([OutreachHappening(REPLIED, account_id, contact_id, key, at, by)])
