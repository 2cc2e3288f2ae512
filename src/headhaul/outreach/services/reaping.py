"""What workers left behind when they died: claims go back into the queue, begun calls become unknown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from headhaul.outreach.models import SendAttempt
from headhaul.outreach.services import results

BATCH = 500
LOST = "The process that was sending it ended before the answer was written down."
_CLAIMS = """
with over as (
    select id from outreach_message where state = 'claimed' and lease_until < %(at)s
    order by lease_until limit %(limit)s for update skip locked
)
update outreach_message m set state = 'queued', lease_owner = '', lease_until = null, updated_at = %(at)s
from over where m.id = over.id
"""


@dataclass(frozen=True, slots=True)
class Reaped:
    """How many of each."""

    given_back: int
    unknown: int


def reap(*, at: datetime, limit: int = BATCH) -> Reaped:
    """End every lease that is over."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIMS, {"at": at, "limit": limit})
        given_back = cursor.rowcount
    begun = SendAttempt.objects.filter(
        outcome="started", message__state="dispatching", message__lease_until__lt=at
    ).order_by("started_at")
    lost = list(begun.values_list("pk", flat=True)[:limit])
    return Reaped(given_back, sum(results.unknown(attempt_id=key, why=LOST, at=at) for key in lost))
