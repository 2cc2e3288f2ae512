"""A refusal is kept twice: as what was said, and as the denial that stops every way of reaching the address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from headhaul.compliance.choices import ConsentChannel, ConsentStatus, Scope, SuppressionReason
from headhaul.compliance.models import ConsentEvent
from headhaul.compliance.services import suppression
from headhaul.compliance.services.locking import lock_addresses
from headhaul.compliance.services.suppression import MIRROR, Denial
from headhaul.kernel import Actor


def deny(
    events: Iterable[ConsentEvent], *, at: datetime, by: Actor, people: Mapping[int, Sequence[int]] | None = None
) -> None:
    """Add the denials of those events that refuse. Permissions change nothing: they lift no denial.

    `people`: who said it, by the event. They are denied as well as the address: another one of theirs is theirs, too.
    """
    denials = [
        Denial(
            scope,
            key,
            ConsentChannel(event.channel),
            SuppressionReason.OPT_OUT,
            f"{MIRROR}{event.pk}",
            event.evidence,
        )
        for event in events
        if ConsentStatus(event.status).denies
        for scope, key in (
            (Scope.ADDRESS, event.address),
            *((Scope.CONTACT, str(contact_id)) for contact_id in (people or {}).get(event.pk, ())),
        )
    ]
    if denials:
        suppression.add_many(denials=denials, at=at, by=by, notes=False)


def take_back(event_ids: Sequence[int], *, at: datetime, by: Actor) -> int:
    """End the denials of events that a person noted wrongly. What came in from the recipient stays denied."""
    noted = ConsentEvent.objects.filter(pk__in=event_ids, captured_by__isnull=False).order_by("pk")
    lock_addresses(event.address for event in noted)
    return sum(suppression.take_back(source=f"{MIRROR}{event.pk}", at=at, by=by) for event in noted)
