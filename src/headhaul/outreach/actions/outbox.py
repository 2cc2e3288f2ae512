"""Writing to people, and the outbox: what waits, what left, what came of it."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.db import transaction
from procrastinate.exceptions import AlreadyEnqueued

from headhaul.kernel import Call, Recipient, Role, action
from headhaul.outreach import jobs
from headhaul.outreach.schemas.outbox import (
    CancelMessage,
    GetOutbox,
    MessageApproved,
    MessageCancelled,
    MessageDetail,
    MessagePlanned,
    MessageRequeued,
    OneMessage,
    OutboxPage,
    RequeueMessage,
    SendEmail,
    SendSms,
)
from headhaul.outreach.selectors import outbox as reading
from headhaul.outreach.services import outbox, showing, writing


def _of_message(given: Any, answer: Any) -> tuple[str, str]:
    made = getattr(answer, "message", None)
    return "message", str(made.id if made else getattr(given, "message_id", ""))


def _to(call: Call, data: SendEmail | SendSms) -> Recipient:
    return writing.letter(asked=data, at=call.at, by=call.actor).recipient


@action(
    "sendEmail", reply="emailSent", role=Role.REP, writes=True, recipient=_to, target=_of_message, undo="cancelMessage"
)
def send_email(call: Call, data: SendEmail) -> MessagePlanned:
    """Write an e-mail to a contact. It leaves at once, or when the rules allow it; the reply says which and why."""
    return _planned(call, data)


@action("sendSms", reply="smsSent", role=Role.REP, writes=True, recipient=_to, target=_of_message, undo="cancelMessage")
def send_sms(call: Call, data: SendSms) -> MessagePlanned:
    """Write a text to a contact. It leaves at once, or when the rules allow it; the reply says which and why."""
    return _planned(call, data)


@action("getOutbox", reply="outboxLoaded", role=Role.VIEWER)
def get_outbox(call: Call, data: GetOutbox) -> OutboxPage:
    """Messages that wait, left, failed or were called off, newest first."""
    return reading.outbox(asked=data, by=call.actor)


@action("getMessage", reply="messageLoaded", role=Role.VIEWER)
def get_message(call: Call, data: OneMessage) -> MessageDetail:
    """One message: how it looks to whoever gets it, each attempt, each event, each decision with its reasons."""
    return showing.detail(message_id=data.message_id, at=call.at, by=call.actor)


@action(
    "cancelMessage",
    reply="messageCancelled",
    role=Role.REP,
    writes=True,
    target=_of_message,
    final="What was called off is planned anew, so that it is judged anew.",
)
def cancel_message(call: Call, data: CancelMessage) -> MessageCancelled:
    """Call off a message that has not begun to leave."""
    reading.row_of(data.message_id, by=call.actor)
    outbox.call_off(message_id=data.message_id, reason=data.reason, at=call.at)
    return MessageCancelled(message=reading.row_of(data.message_id, by=call.actor))


@action(
    "requeueMessage", reply="messageRequeued", role=Role.MANAGER, writes=True, target=_of_message, undo="cancelMessage"
)
def requeue_message(call: Call, data: RequeueMessage) -> MessageRequeued:
    """Send once more what failed, or of which nobody knows whether it left. It may then arrive twice."""
    reading.row_of(data.message_id, by=call.actor)
    outbox.requeue(message_id=data.message_id, reason=data.reason, at=call.at)
    _deliver_soon()
    call.undo_with("cancelMessage", {"messageId": str(data.message_id)})
    return MessageRequeued(message=reading.row_of(data.message_id, by=call.actor))


@action("approveMessage", reply="messageApproved", role=Role.REP, writes=True, target=_of_message, undo="cancelMessage")
def approve_message(call: Call, data: OneMessage) -> MessageApproved:
    """Let a message leave that waits for somebody to approve it, exactly as it stands."""
    reading.row_of(data.message_id, by=call.actor)
    outbox.approve(message_id=data.message_id, at=call.at)
    _deliver_soon()
    call.undo_with("cancelMessage", {"messageId": str(data.message_id)})
    return MessageApproved(message=reading.row_of(data.message_id, by=call.actor))


def _planned(call: Call, data: SendEmail | SendSms) -> MessagePlanned:
    message = writing.send(asked=data, at=call.at, by=call.actor)
    _deliver_soon()
    call.undo_with("cancelMessage", {"messageId": str(message.pk)})
    return MessagePlanned(message=reading.row_of(message.pk, by=call.actor))


def _deliver_soon() -> None:
    """The worker begins when this transaction is over; one that is to begin already does for all."""
    with suppress(AlreadyEnqueued), transaction.atomic():
        jobs.deliver_messages.defer()
