"""Finding out what became of attempts without an answer: the provider is asked four times within an hour.

Only a provider that can say for certain that it never had a message lets it be sent again. What stays open counts as
sent, for ever or until an event says more.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction

from headhaul.outreach.choices import AttemptOutcome
from headhaul.outreach.gateways.base import Found, NotSent, Outgoing
from headhaul.outreach.gateways.registry import gateway_of
from headhaul.outreach.models import SendAttempt, Sender
from headhaul.outreach.services import mailboxes, results, senders
from headhaul.outreach.services.clocks import MOST_SKEW, Clock
from headhaul.outreach.services.composing import compose

log = logging.getLogger(__name__)

ASKING = timedelta(minutes=2)
NEVER_HAD_IT = "The provider says for certain that it never had it."
# Asked by one worker at a time: whoever takes it puts off the next look while it asks.
_TAKE = """
with due as (
    select id from outreach_sendattempt where outcome = 'unknown' and next_look_at <= %(at)s
    order by next_look_at, id limit %(limit)s for update skip locked
)
update outreach_sendattempt a set next_look_at = %(until)s, looks = a.looks + 1 from due where a.id = due.id
returning a.id, a.looks
"""


def reconcile(*, clock: Clock, limit: int = 100) -> dict[str, int]:
    """Ask about every attempt whose time it is; how many ended how.

    Whether enough time has gone by to be sure is a matter of clocks, so a machine whose own is off asks nothing.
    """
    if (skew := clock.skew()) > MOST_SKEW:
        log.error("providers are not asked: this machine's clock is %.1f s off the database's", skew)
        return {}
    at = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, {"at": at, "until": at + ASKING, "limit": limit})
        taken = list(cursor.fetchall())
    counts: dict[str, int] = {}
    for attempt_id, looks in taken:
        how = _settle(attempt_id, looks, clock=clock)
        counts[how] = counts.get(how, 0) + 1
    return counts


def _settle(attempt_id: UUID, looks: int, *, clock: Clock) -> str:
    found = _look_up(attempt_id, at=clock.now())
    at = clock.now()
    if isinstance(found, Found):
        results.accepted(
            attempt_id=attempt_id, provider_id=found.provider_id, provider_rfc_id=found.provider_rfc_id, at=at
        )
        return "accepted"
    if isinstance(found, NotSent):
        results.aborted(attempt_id=attempt_id, why=NEVER_HAD_IT, at=at, wait=results.FIRST_WAIT)
        return "queued"
    if looks >= len(results.LOOKS):
        results.given_up(attempt_id=attempt_id, at=at)
        return "given_up"
    wait = results.LOOKS[looks] - results.LOOKS[looks - 1]
    SendAttempt.objects.filter(pk=attempt_id, outcome=AttemptOutcome.UNKNOWN).update(next_look_at=at + wait)
    return "asked"


def _look_up(attempt_id: UUID, *, at: datetime) -> Found | NotSent | None:
    """What the provider says, outside of any transaction; nothing when it cannot be asked."""
    try:
        with transaction.atomic():
            outgoing = _outgoing(attempt_id)
        if outgoing is None:
            return None
        gateway = gateway_of(outgoing.sender)
        try:
            return gateway.look_up(outgoing, at=at) or _in_sent_folder(outgoing)
        finally:
            gateway.close()
    except Exception:
        log.exception("the provider could not be asked about attempt %s", attempt_id)
        return None


def _in_sent_folder(outgoing: Outgoing) -> Found | None:
    """What lies in the Sent folder left; what does not lie there may have left all the same."""
    known = outgoing.sender.id
    sender = Sender.objects.filter(pk=known).first() if outgoing.rfc_id and known else None
    return Found("") if sender is not None and mailboxes.is_sent(sender=sender, rfc_id=outgoing.rfc_id) else None


def _outgoing(attempt_id: UUID) -> Outgoing | None:
    attempt = SendAttempt.objects.select_related("message").get(pk=attempt_id)
    sender = Sender.objects.filter(pk=attempt.sender_id or 0).first()
    if sender is None:
        return None
    composed = compose(
        message=attempt.message, sender=senders.options_of(sender), attempt_id=attempt.pk, at=attempt.started_at
    )
    return composed.outgoing
