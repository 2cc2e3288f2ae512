"""A message to oneself, by the same way that every other message goes."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from headhaul.compliance.choices import Purpose
from headhaul.kernel import Actor, Conflict
from headhaul.outreach.choices import Channel, GatewayKind
from headhaul.outreach.gateways.base import Refused
from headhaul.outreach.models import Sender
from headhaul.outreach.schemas.drafts import Draft
from headhaul.outreach.schemas.senders import SenderTested
from headhaul.outreach.services import outbox, senders
from headhaul.outreach.services.sender_checks import let_in

GOOD_FOR = timedelta(hours=1)


class NotLetIn(Conflict):
    """The provider refused the sign-in; the message has its words."""

    code = "not_let_in"


class NobodyToTest(Conflict):
    """Nothing says where a test could go."""

    code = "nobody_to_test"


def sign_in(*, sender_id: int) -> str:
    """Of a number the sign-in is tried, since nobody's telephone is known here: a sentence, or NotLetIn. Never within a
    transaction. "" of a mailbox, which writes instead.
    """
    sender = senders.find(sender_id)
    if sender.channel == Channel.EMAIL:
        return ""
    try:
        return let_in(sender)
    except Refused as refusal:
        raise NotLetIn(refusal.text) from refusal


def test(*, sender_id: int, signed_in: str, at: datetime, by: Actor) -> SenderTested:
    """A mailbox writes to whoever asks; a number has signed in already."""
    sender = senders.find(sender_id)
    if sender.channel == Channel.EMAIL:
        return _write_to_oneself(sender, at=at, by=by)
    return SenderTested(sentence=signed_in)


def _write_to_oneself(sender: Sender, *, at: datetime, by: Actor) -> SenderTested:
    if not by.email:
        raise NobodyToTest("A test goes to whoever asks for it: do it as a user with an e-mail address.")
    draft = Draft(
        dedupe_key=f"test:{uuid.uuid4()}",
        channel=Channel.EMAIL,
        address=by.email,
        subject=f"Test from {sender.address}",
        text=f"This is a test of {sender.address}, asked for by {by.label}.\n\nIf you can read it, the mailbox sends.",
        due_at=at,
        not_after=at + GOOD_FOR,
        purpose=Purpose.TEST,
        sender_id=sender.pk,
        user_id=by.user_id,
    )
    message = outbox.plan(draft=draft, at=at, by_user_id=by.user_id)
    kept = " A sandbox keeps it here: look at it in the outbox." if sender.gateway == GatewayKind.SANDBOX else ""
    sentence = f"A mail to {by.email} is in the outbox, and leaves within a minute.{kept}"
    return SenderTested(sentence=sentence, message_id=str(message.pk))
