"""What came in from a person: shown with the rest, forgotten with it. That they may not be written to stays."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from headhaul.accounts.ports.people import Person
from headhaul.compliance import hashing
from headhaul.outreach.models import InboundMessage, LinkHit, UnsubscribeLink
from headhaul.outreach.selectors.personal import plain


class PersonalInbound:
    """Their mails and texts, and the clicks on links that were sent to them."""

    part = "inbound"

    def export(self, person: Person) -> Any:
        """Everything they wrote, newest first, and when they opened which link."""
        columns = ("id", "channel", "kind", "from_address", "subject", "text", "received_at")
        clicks = LinkHit.objects.filter(message__contact_id=person.contact_id).order_by("-at")
        return {
            "messages": [plain(row) for row in _theirs(person).order_by("-received_at", "-pk").values(*columns)],
            "clicks": [plain(row) for row in clicks.values("at", "link__url", "agent", "network", "grade")],
        }

    def erase(self, person: Person, *, at: datetime) -> int:
        """Empty what they wrote; the way out of old mails works on by the keyed hash of their address."""
        emptied = _theirs(person).update(
            from_address="", subject="", text="", raw={}, classified={}, rfc_id="", fingerprint=""
        )
        LinkHit.objects.filter(message__contact_id=person.contact_id).update(agent="", network="")
        links = UnsubscribeLink.objects.filter(Q(address__in=person.addresses) | Q(contact_id=person.contact_id))
        for address in set(links.exclude(address="").values_list("address", flat=True)):
            UnsubscribeLink.objects.filter(address=address).update(
                address="", address_hash=hashing.hash_of(address), contact_id=None, account_id=None
            )
        return emptied


def _theirs(person: Person) -> QuerySet[InboundMessage]:
    return InboundMessage.objects.filter(Q(contact_id=person.contact_id) | Q(from_address__in=person.addresses))
