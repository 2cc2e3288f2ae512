"""What was written to a person: shown with the rest, forgotten with it. That it left, when and how it went stays.

A message that is emptied can never leave again, and what a provider says of it later is still understood: by the hash
of the address that its receipt keeps.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from headhaul.accounts.ports.people import Person
from headhaul.outreach.choices import NAMELESS
from headhaul.outreach.models import Message, MessageEvent, ProviderEvent, SendAttempt
from headhaul.outreach.selectors.personal import plain
from headhaul.outreach.services import outbox

_WHY = "They asked to be forgotten."
_LINKS = r"""
update outreach_trackedlink set url = regexp_replace(url, '^(https?://[^/?#]+).*$', '\1/')
where message_id = any(%s)
"""


class PersonalMessages:
    """E-mails, texts and dialled calls of the outbox, with what providers told of them."""

    part = "messages"

    def export(self, person: Person) -> Any:
        """Every message to them, oldest first, and what is known of it."""
        columns = (
            "id", "channel", "purpose", "state", "address", "campaign", "subject", "text", "html", "created_at",
            "sent_at", "delivered_at", "ended_at", "held_reason", "result_text",
        )  # fmt: skip
        rows = _theirs(person).order_by("created_at", "pk")
        ids = list(rows.values_list("pk", flat=True))
        events = MessageEvent.objects.filter(message__in=ids).order_by("at", "pk")
        told = _told(person, ids).order_by("pk")
        return {
            "messages": [plain(row) for row in rows.values(*columns)],
            "events": [plain(row) for row in events.values("message_id", "kind", "grade", "at", "data")],
            "providers": [plain(row) for row in told.values("provider", "kind", "recipient", "received_at", "raw")],
        }

    def erase(self, person: Person, *, at: datetime) -> int:
        """Call off what waits, and empty all of it. A link that was sent leads to the front page of its site."""
        ids = list(_theirs(person).order_by("pk").values_list("pk", flat=True))
        _told(person, ids).update(recipient="", raw={})
        if not ids:
            return 0
        outbox.cancel(message_ids=ids, reason=_WHY, at=at)
        SendAttempt.objects.filter(message__in=ids).update(error="")
        MessageEvent.objects.filter(message__in=ids).exclude(data={}).update(data={})
        with connection.cursor() as cursor:
            cursor.execute(_LINKS, [ids])
        return Message.objects.filter(pk__in=ids).update(
            address=NAMELESS, subject="", text="", html="", headers={}, held_reason="", result_text="", updated_at=at
        )


def _theirs(person: Person) -> QuerySet[Message]:
    """To them; and to an address of theirs where nobody in particular was meant."""
    return Message.objects.filter(Q(contact_id=person.contact_id) | Q(contact=None, address__in=person.addresses))


def _told(person: Person, ids: Sequence[UUID]) -> QuerySet[ProviderEvent]:
    attempts = SendAttempt.objects.filter(message__in=ids).values_list("pk", flat=True)
    known = Message.objects.filter(pk__in=ids).exclude(provider_id="").values_list("provider_id", flat=True)
    return ProviderEvent.objects.filter(
        Q(attempt_id__in=list(attempts)) | Q(provider_id__in=list(known)) | Q(recipient__in=person.addresses)
    )
