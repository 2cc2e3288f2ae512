"""What leads keep about a person, shown and forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import F, Q

from headhaul.accounts.ports.people import Person
from headhaul.capture.models import Lead, LeadTouch


class PersonalLeads:
    """What they said when they were taken down, what they agreed to, and by which ways they came."""

    part = "leads"

    def export(self, person: Person) -> Any:
        """Every lead and touch of theirs, oldest first."""
        columns = ("id", "captured_at", "received_at", "door", "as_given", "note", "tags", "consent", "score", "grade",
                   "reasons", "features", "status", "outcome", "campaign")  # fmt: skip
        leads = Lead.objects.filter(_theirs(person)).order_by("captured_at", "pk").values(*columns)
        touches = LeadTouch.objects.filter(contact_id=person.contact_id).order_by("at", "pk")
        return {
            "leads": [_plain(row) for row in leads],
            "touches": [_plain(row) for row in touches.values("at", "kind", "channel", "source", "campaign")],
        }

    def erase(self, person: Person, *, at: datetime) -> int:
        """Empty what was said. That there was a lead, what it scored and what became of it stays."""
        return Lead.objects.filter(_theirs(person)).update(
            as_given={},
            sent_digest="",
            note="",
            consent={},
            match={},
            clock_note="",
            status_reason="",
            spam_reasons=[],
            tags=[],
            version=F("version") + 1,
            updated_at=at,
        )


def _theirs(person: Person) -> Q:
    """Leads of the contact; those of the company without a contact, and what was held back, that name an address."""
    found = Q(contact_id=person.contact_id)
    for text in person.addresses:
        named = Q(as_given__icontains=text) | Q(match__icontains=text)
        found |= Q(account_id=person.account_id, contact__isnull=True) & named
        found |= Q(is_spam=True) & named
    return found


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()}
