"""Sending a step to oneself, to see how it arrives. A text message is shown in an e-mail, as it would read."""

from __future__ import annotations

import uuid
from datetime import datetime

from headhaul.compliance.choices import Purpose
from headhaul.kernel import Actor, Forbidden, InvalidData, Recipient
from headhaul.outreach.choices import Channel, StepKind
from headhaul.outreach.models import Message
from headhaul.outreach.schemas.drafts import Draft
from headhaul.outreach.schemas.sequences import PreviewStep
from headhaul.outreach.services import outbox, previewing


def oneself(by: Actor) -> Recipient:
    """Whom a test reaches: whoever asks for it."""
    if not by.email:
        raise Forbidden("A test goes to the one who asks. Sign in as a person.")
    return Recipient(channel=Channel.EMAIL.value, address=by.email, purpose=Purpose.TEST.value)


def send(*, asked: PreviewStep, at: datetime, by: Actor) -> Message:
    """Put the step, as this contact would get it, into the outbox for whoever asks."""
    shown = previewing.preview(asked=asked, at=at, by=by)
    if shown.kind not in (StepKind.EMAIL, StepKind.SMS):
        raise InvalidData("Only e-mails and text messages can be tried.", fields={"stepKey": "such a step"})
    is_mail = shown.kind is StepKind.EMAIL
    subject = f"Test: {shown.subject}" if is_mail else "Test of a text message"
    sender = previewing.sender_of(by.user_id, Channel.EMAIL)
    draft = Draft(
        dedupe_key=f"test:{uuid.uuid4().hex}",
        channel=Channel.EMAIL,
        purpose=Purpose.TEST,
        address=oneself(by).address,
        subject=subject,
        text=shown.body,
        due_at=at,
        user_id=by.user_id,
        sender_id=sender.pk if sender else None,
    )
    return outbox.plan(draft=draft, at=at, by_user_id=by.user_id)
