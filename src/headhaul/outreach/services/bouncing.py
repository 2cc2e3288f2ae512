"""Delivery reports that came by mail. Only one about a message that we sent says anything; any other is kept and shown,
for otherwise anybody could have our contacts denied by writing reports.
"""

from __future__ import annotations

from datetime import datetime

from headhaul.outreach.choices import EventKind
from headhaul.outreach.inbound.incoming import Failure, Incoming
from headhaul.outreach.models import InboundMessage
from headhaul.outreach.services import fates

SURE_BY_NAME = "verp"


def apply(*, row: InboundMessage, incoming: Incoming, at: datetime) -> str:
    """Take the report for what it says about its message: its state, the denial, the sequences. What it was."""
    message = row.message
    if message is None or not row.is_certain:
        return "unknown_message"
    if incoming.headers.get("feedback-type"):
        kind, said = EventKind.COMPLAINT, f"complaint: {incoming.headers['feedback-type']}"
    else:
        failure = _about(incoming, message.address, any_address=row.matched_by == SURE_BY_NAME)
        if failure is None:
            return "unknown_address"
        kind, said = _kind(failure), " ".join(filter(None, (failure.status, failure.text)))[:500]
    return fates.apply(
        message_id=message.pk,
        attempt_id=None,
        kind=kind,
        key=f"inbound:{row.pk}",
        happened_at=row.received_at,
        said=said,
        at=at,
    )


def _about(incoming: Incoming, address: str, *, any_address: bool) -> Failure | None:
    """What it says of our address. An address of ours that names the message is proof even where they forward."""
    of_ours = [failure for failure in incoming.failures if failure.address == address]
    return next(iter(of_ours), next(iter(incoming.failures), None) if any_address else None)


def _kind(failure: Failure) -> EventKind:
    if not failure.is_final:
        return EventKind.DEFERRED
    return EventKind.HARD_BOUNCE if failure.is_permanent else EventKind.FAILED
