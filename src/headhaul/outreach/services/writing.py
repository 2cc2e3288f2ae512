"""Writing to somebody by hand: a message of one's own, judged before it is planned and again when it leaves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import uuid4

from headhaul import preferences
from headhaul.accounts.choices import Channel as Reach
from headhaul.accounts.services.reaching import recipient_of
from headhaul.compliance.choices import Outcome, Purpose
from headhaul.compliance.preferences import Conversation
from headhaul.compliance.services import preflight
from headhaul.kernel import Actor, InvalidData, NotFound, Recipient
from headhaul.outreach.choices import Channel, InboundKind
from headhaul.outreach.models import InboundMessage, Message, Sender
from headhaul.outreach.schemas.drafts import Draft
from headhaul.outreach.schemas.outbox import SendEmail, SendSms
from headhaul.outreach.services import composing, outbox, senders

Asked = SendEmail | SendSms
FROM_SOMEBODY = frozenset({InboundKind.REPLY, InboundKind.START, InboundKind.HELP, InboundKind.OTHER})


@dataclass(frozen=True, slots=True)
class Letter:
    """What would be planned."""

    draft: Draft
    recipient: Recipient
    sender: Sender


def letter(*, asked: Asked, at: datetime, by: Actor) -> Letter:
    """What somebody wants to send, with its recipient as compliance judges it. Writes nothing but a sandbox sender."""
    channel = Channel.EMAIL if isinstance(asked, SendEmail) else Channel.SMS
    answered = _answered(asked, channel)
    address = asked.address or (answered.from_address if answered else "")
    recipient = recipient_of(contact_id=asked.contact_id, channel=Reach(channel), by=by, address=address)
    sender = _sender(asked, channel, at=at, by=by)
    draft = Draft(
        dedupe_key=f"by_hand:{uuid4()}",
        channel=channel,
        address=recipient.address,
        subject=asked.subject if isinstance(asked, SendEmail) else "",
        text=asked.text,
        purpose=Purpose.REPLY if answered and _is_answer(answered, at=at) else Purpose.OUTREACH,
        contact_id=asked.contact_id,
        account_id=recipient.account_id,
        sender_id=sender.pk,
        user_id=by.user_id,
        headers=_threading(answered),
        in_reply_to_id=answered.message_id if answered else None,
        due_at=at,
    )
    judged = replace(
        recipient,
        purpose=draft.purpose,
        sender_id=sender.pk,
        is_planned=True,
        content=composing.content_of(draft),
    )
    return Letter(draft, judged, sender)


def send(*, asked: Asked, at: datetime, by: Actor) -> Message:
    """Plan it; it says at once what it has to wait for, and until when."""
    written = letter(asked=asked, at=at, by=by)
    verdict = preflight.judge(written.recipient, at=at, user_id=by.user_id, sender_id=written.sender.pk)
    message = outbox.plan(draft=written.draft, at=at, by_user_id=by.user_id)
    if verdict.outcome is Outcome.DEFER and verdict.reasons:
        first = verdict.reasons[0]
        message.due_at = max(verdict.until or at, at)
        message.held_rule, message.held_reason = first.rule, first.sentence
        message.save(update_fields=["due_at", "held_rule", "held_reason"])
    return message


def _answered(asked: Asked, channel: Channel) -> InboundMessage | None:
    if asked.inbound_id is None:
        return None
    found = InboundMessage.objects.filter(pk=asked.inbound_id, contact_id=asked.contact_id, channel=channel).first()
    if found is None:
        raise NotFound("This contact sent no such message.", fields={"inboundId": "see getInbox"})
    return found


def _is_answer(answered: InboundMessage, *, at: datetime) -> bool:
    """Whether writing back is answering a person who is waiting, and not one more mail under an old subject."""
    days = timedelta(days=preferences.get(Conversation).reply_days)
    return answered.kind in FROM_SOMEBODY and at - answered.received_at <= days


def _threading(answered: InboundMessage | None) -> dict[str, str]:
    if answered is None or not answered.rfc_id:
        return {}
    before = (answered.raw.get("headers") or {}).get("references", "")
    return {"In-Reply-To": answered.rfc_id, "References": f"{before} {answered.rfc_id}".strip()[-900:].lstrip()}


def _sender(asked: Asked, channel: Channel, *, at: datetime, by: Actor) -> Sender:
    if asked.sender_id is None:
        return senders.for_message(user_id=by.user_id, channel=channel, at=at)
    found = Sender.objects.filter(pk=asked.sender_id, channel=channel, is_active=True).first()
    if found is None or found.user_id not in (None, by.user_id):
        raise InvalidData("You cannot send from there.", fields={"senderId": "a mailbox or number of yours"})
    return found
