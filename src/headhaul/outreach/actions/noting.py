"""Noting what is said outside of Headhaul. The same rules hold for it, so it is refused like a message of ours."""

from __future__ import annotations

from typing import Any

from headhaul.accounts.choices import Channel
from headhaul.accounts.services.reaching import recipient_of
from headhaul.kernel import Call, Recipient, Role, action
from headhaul.outreach.schemas.calls import Record, RecordCall, Recorded, RecordEmail, RecordSms
from headhaul.outreach.services.calling import noting


def _of(channel: Channel, call: Call, data: Record) -> Recipient:
    return recipient_of(contact_id=data.contact_id, channel=channel, by=call.actor, address=data.address)


def _to_mailbox(call: Call, data: RecordEmail) -> Recipient:
    return _of(Channel.EMAIL, call, data)


def _to_mobile(call: Call, data: RecordSms) -> Recipient:
    return _of(Channel.SMS, call, data)


def _to_telephone(call: Call, data: RecordCall) -> Recipient:
    return _of(Channel.CALL, call, data)


def _contact(given: Any, answer: Any) -> tuple[str, str]:
    return "contact", str(given.contact_id)


@action(
    "recordEmail",
    reply="emailRecorded",
    role=Role.REP,
    writes=True,
    recipient=_to_mailbox,
    target=_contact,
    undo="removeActivity",
)
def record_email(call: Call, data: RecordEmail) -> Recorded:
    """Note an e-mail that is about to leave, or just left, from one's own mail program, if the rules allow it."""
    return _noted(call, data, _to_mailbox(call, data), "recordEmail")


@action(
    "recordSms",
    reply="smsRecorded",
    role=Role.REP,
    writes=True,
    recipient=_to_mobile,
    target=_contact,
    undo="removeActivity",
)
def record_sms(call: Call, data: RecordSms) -> Recorded:
    """Note a text that is about to leave, or just left, from one's own telephone, if the rules allow it."""
    return _noted(call, data, _to_mobile(call, data), "recordSms")


@action(
    "recordCall",
    reply="callRecorded",
    role=Role.REP,
    writes=True,
    recipient=_to_telephone,
    target=_contact,
    undo="removeCall",
)
def record_call(call: Call, data: RecordCall) -> Recorded:
    """Note a call that is about to be made, or was just made, from one's own telephone, if the rules allow it."""
    reached = _to_telephone(call, data)
    done = noting.record_call(
        asked=data, reached=reached, action="recordCall", at=call.at, by=call.actor, door=call.door
    )
    if not done.followed:
        call.undo_with("removeCall", {"callId": done.call_id})
    return done


def _noted(call: Call, data: RecordEmail | RecordSms, reached: Recipient, name: str) -> Recorded:
    done = noting.record_message(asked=data, reached=reached, action=name, at=call.at, by=call.actor, door=call.door)
    call.undo_with("removeActivity", {"activityId": done.activity_id, "version": 1})
    return done
