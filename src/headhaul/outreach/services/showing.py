"""A message of the outbox with everything known of it, and as it looks to whoever gets it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from headhaul.kernel import Actor
from headhaul.outreach.choices import Channel, GatewayKind
from headhaul.outreach.models import Message
from headhaul.outreach.schemas.outbox import Look, MessageDetail
from headhaul.outreach.selectors import outbox as reading
from headhaul.outreach.services import composing, senders

NOT_YET = UUID(int=0)


def detail(*, message_id: UUID, at: datetime, by: Actor) -> MessageDetail:
    """All of it: what was approved, how it looks, each attempt, each event, each decision."""
    row = reading.row_of(message_id, by=by)
    message = Message.objects.select_related("sender").get(pk=message_id)
    attempts = reading.attempts_of(message_id)
    return MessageDetail(
        message=row,
        text=message.text,
        html=message.html,
        not_after=message.not_after,
        body_hash=message.body_hash,
        approved_hash=message.approved_hash,
        rfc_id=message.rfc_id,
        look=_look(message, attempts[-1].id if attempts else NOT_YET, at=at),
        attempts=attempts,
        events=reading.events_of(message_id),
        receipts=reading.receipts_of(message_id),
    )


def _look(message: Message, attempt_id: UUID, *, at: datetime) -> Look | None:
    sender = message.sender
    if sender is None or message.channel == Channel.CALL:
        return None
    options = senders.options_of(sender)
    shown = composing.preview(message=message, sender=options, attempt_id=attempt_id, at=at)
    return Look(
        from_name=sender.name,
        from_address=sender.address,
        to=message.address,
        subject=shown.subject,
        text=shown.text,
        html=shown.html,
        headers=dict(shown.headers),
        is_sandbox=sender.gateway == GatewayKind.SANDBOX,
    )
