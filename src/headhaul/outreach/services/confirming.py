"""The few texts that answer by themselves: one confirmation of an opt-out, one of help, one of a return."""

from __future__ import annotations

from datetime import datetime, timedelta

from headhaul import preferences
from headhaul.compliance.choices import Purpose
from headhaul.compliance.preferences import Firm
from headhaul.outreach.choices import Channel, InboundKind
from headhaul.outreach.models import InboundMessage, Message
from headhaul.outreach.preferences import Replies
from headhaul.outreach.schemas.drafts import Draft
from headhaul.outreach.services import outbox

CONFIRM_WITHIN = timedelta(minutes=5)  # 47 CFR 64.1200(a)(12)
HELP_ONCE_IN = timedelta(days=1)
HELP = "help"
"""What the key of such an answer begins with; behind it stands the number of what it answers."""


def confirm_stop(*, inbound: InboundMessage, at: datetime) -> Message | None:
    """One text that says it is done, within five minutes of the STOP; never a second one for the same."""
    chosen = preferences.get(Replies)
    if inbound.channel != Channel.SMS or not chosen.confirm_stop or at - inbound.received_at >= CONFIRM_WITHIN:
        return None
    if _was_confirmed(inbound):
        return None
    not_after = inbound.received_at + CONFIRM_WITHIN
    return _plan(inbound, "stop", chosen.stop_text, Purpose.NOTICE, at=at, not_after=not_after)


def answer_help(*, inbound: InboundMessage, at: datetime) -> Message | None:
    """One text that says who we are and how to end it; at most once a day."""
    recent = Message.objects.filter(
        address=inbound.from_address, dedupe_key__startswith=f"{HELP}:", created_at__gt=at - HELP_ONCE_IN
    )
    if inbound.channel != Channel.SMS or recent.exists():
        return None
    text = preferences.get(Replies).help_text
    return _plan(inbound, HELP, text, Purpose.REPLY, at=at, not_after=at + HELP_ONCE_IN)


def _was_confirmed(inbound: InboundMessage) -> bool:
    """Whether an opt-out of this number was confirmed since it last asked to be texted again."""
    of_number = InboundMessage.objects.filter(from_address=inbound.from_address, channel=inbound.channel)
    back = of_number.filter(kind=InboundKind.START, pk__lt=inbound.pk).order_by("-pk").first()
    notices = Message.objects.filter(address=inbound.from_address, dedupe_key__startswith="stop:")
    return notices.filter(created_at__gt=back.stored_at).exists() if back else notices.exists()


def _plan(
    inbound: InboundMessage, kind: str, text: str, purpose: Purpose, *, at: datetime, not_after: datetime
) -> Message:
    firm = preferences.get(Firm).name or "We"
    return outbox.plan(
        draft=Draft(
            dedupe_key=f"{kind}:{inbound.pk}",
            channel=Channel.SMS,
            address=inbound.from_address,
            text=text.replace("{firm}", firm),
            due_at=at,
            purpose=purpose,
            contact_id=inbound.contact_id,
            account_id=inbound.account_id,
            sender_id=inbound.sender_id,
            not_after=not_after,
        ),
        at=at,
    )
