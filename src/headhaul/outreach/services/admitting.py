"""The transaction before a message leaves: it is decided once more, its limits are used up, and the attempt is written.

Locks are taken in one order: the contact, the address, the limits, the message. So a STOP that comes in at this moment
either waits until the attempt is on disk, or is seen here.
"""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import InterfaceError, OperationalError, connection, transaction

from headhaul import preferences
from headhaul.accounts.choices import Channel as Reach
from headhaul.accounts.services.reaching import recipient_of
from headhaul.compliance.choices import HoldScope, Outcome, Purpose
from headhaul.compliance.judging.words import Verdict
from headhaul.compliance.models import SendingHold
from headhaul.compliance.services import preflight
from headhaul.compliance.services.preflight import Admission
from headhaul.kernel import SYSTEM, AppError, Recipient
from headhaul.outreach.choices import NAMELESS, AttemptOutcome, MessageState
from headhaul.outreach.gateways.base import Outgoing
from headhaul.outreach.models import Message, Sender
from headhaul.outreach.schemas.steps import DelayView
from headhaul.outreach.selectors import plans, scheduling
from headhaul.outreach.services import senders, strangers, webhook_addresses
from headhaul.outreach.services.claiming import LEASE
from headhaul.outreach.services.clocks import Clock
from headhaul.outreach.services.composing import Composed, compose
from headhaul.outreach.services.outbox import TOO_LATE
from headhaul.outreach.services.results import MOST_TRIES, backoff, move
from headhaul.outreach.services.slots import SPACING, Slots

log = logging.getLogger(__name__)

LOOK_AGAIN = timedelta(minutes=15)
"""When a message is looked at again that waits for a person."""
LEAST_LEFT = timedelta(minutes=1)
"""A text that has less time left until the recipient's hours end would expire at the provider, for good: it waits."""
_DISPATCH = """
update outreach_message
set state = 'dispatching', lease_until = %(until)s, gateway = %(gateway)s, sender_id = %(sender)s, rfc_id = %(rfc_id)s,
    body_hash = %(body_hash)s, held_rule = '', held_reason = '', updated_at = %(at)s
where id = %(id)s and state = 'claimed' and lease_owner = %(owner)s
"""
_ATTEMPT = """
insert into outreach_sendattempt (id, message_id, number, outcome, receipt_id, gateway, sender_id, buckets, body_hash,
    started_at, deadline_at, provider_id, error, looks)
select %(id)s, %(message)s, (select count(*) + 1 from outreach_sendattempt t where t.message_id = %(message)s),
    %(outcome)s, %(receipt)s, %(gateway)s, %(sender)s, %(buckets)s::jsonb, %(body_hash)s, %(at)s, %(until)s, '', '', 0
"""
_NEVER_SPACED = (Purpose.NOTICE, Purpose.TEST)  # owed within minutes; to oneself
_DURABLE = "set local synchronous_commit = on"
_LOST_LOCKS = {"40001", "40P01", "55P03"}


class ContactGone(AppError):
    """The person it was for is not here any more."""

    code, status = "contact_gone", 409


class _NotOurs(Exception):
    """Somebody called the message off, or took it, since it was claimed."""


def all_held(*, at: datetime) -> str:
    """Why nothing at all may leave now; "" when something may."""
    reason = SendingHold.objects.filter(scope=HoldScope.ALL, lifted_at=None).values_list("reason", flat=True).first()
    return f"All sending is held: {reason}" if reason else ""


def begin(*, message_id: UUID, owner: str, clock: Clock, slots: Slots) -> Outgoing | str:
    """What to hand over now, its attempt written down; or in a word why nothing is."""
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(_DURABLE)
            return _begin(message_id, owner, clock, slots)
    except _NotOurs:
        return "lost"
    except (OperationalError, InterfaceError) as fault:
        if getattr(fault.__cause__, "sqlstate", None) not in _LOST_LOCKS:
            raise
        return "contended"  # its lease ends, and it is claimed again
    except Exception as fault:
        log.exception("message %s could not be prepared", message_id)
        return _stumbled(message_id, owner, repr(fault), at=clock.now())


def _begin(message_id: UUID, owner: str, clock: Clock, slots: Slots) -> Outgoing | str:
    preferences.renew()  # what was switched before this message's turn counts for it
    message = Message.objects.select_related("sender").get(pk=message_id)
    if message.state != MessageState.CLAIMED or message.lease_owner != owner:
        raise _NotOurs
    at = clock.now()
    if message.not_after is not None and message.not_after <= at:
        return _end(message, owner, MessageState.EXPIRED, "too_late", TOO_LATE, at=at)
    is_spaced = message.purpose not in _NEVER_SPACED
    if is_spaced and (place := slots.take(message.sender_id)):
        return _wait(message, owner, SPACING, "This mailbox keeps a pause between messages.", place, at=at)
    try:
        recipient = _recipient(message)
    except AppError as gone:
        return _end(message, owner, MessageState.CANCELLED, "address_gone", str(gone), at=at)
    try:
        sender = message.sender or senders.for_message(user_id=message.user_id, channel=message.channel, at=at)
    except senders.NoneSends as none:
        return _wait(message, owner, none.code, str(none), at + LOOK_AGAIN, at=at)
    if (opens := _step_opens(message, recipient, at=at)) > at:
        return _wait(message, owner, "sequence_hours", "Outside the hours of this sequence.", opens, at=at)
    closes_at = preflight.closes_at(recipient, at=at)
    if closes_at is not None and at < closes_at < at + LEAST_LEFT:
        return _wait(message, owner, "quiet_hours", "Their hours end in less than a minute.", closes_at, at=at)
    attempt_id = uuid4()
    composed = compose(
        message=message,
        sender=senders.options_of(sender),
        attempt_id=attempt_id,
        at=at,
        status_url=webhook_addresses.status_url(sender_id=sender.pk, attempt_id=attempt_id),
    )
    admission = preflight.admit(
        recipient,
        at=at,
        message_id=message.pk,
        attempt_id=attempt_id,
        content=composed.content,
        user_id=message.user_id,
        sender_id=sender.pk,
        sequence_id=message.sequence_id,
        call_campaign_id=message.call_campaign_id,
        action="deliver",
    )
    verdict = admission.verdict
    if not verdict.is_allowed:
        return _refused(message, owner, sender, verdict, slots, at=at)
    _write_attempt(message, sender, attempt_id, composed, admission, at=at)
    with connection.cursor() as cursor:
        cursor.execute(
            _DISPATCH,
            {
                "id": message.pk,
                "owner": owner,
                "at": at,
                "until": at + LEASE,
                "gateway": str(sender.gateway),
                "sender": sender.pk,
                "rfc_id": composed.outgoing.rfc_id,
                "body_hash": composed.content.body_hash,
            },
        )
        if cursor.rowcount != 1:
            raise _NotOurs
    return replace(composed.outgoing, closes_at=closes_at)


def _write_attempt(
    message: Message, sender: Sender, attempt_id: UUID, composed: Composed, admission: Admission, *, at: datetime
) -> None:
    """The attempt, numbered after those that there were of this message."""
    given: dict[str, Any] = {
        "id": attempt_id,
        "message": message.pk,
        "outcome": AttemptOutcome.STARTED.value,
        "receipt": admission.receipt_id,
        "gateway": str(sender.gateway),
        "sender": sender.pk,
        "buckets": json.dumps(admission.buckets),
        "body_hash": composed.bytes_hash,
        "at": at,
        "until": at + LEASE,
    }
    with connection.cursor() as cursor:
        cursor.execute(_ATTEMPT, given)


def _recipient(message: Message) -> Recipient:
    """Whom it reaches, and where they may be; the contact stays locked. A test goes to oneself."""
    if message.address == NAMELESS:
        raise ContactGone("They asked to be forgotten.")
    if message.contact_id is None:
        if message.purpose in (Purpose.TEST, Purpose.NOTICE):
            return Recipient(channel=message.channel, address=message.address, purpose=message.purpose)
        if strangers.is_answer_to_one(message):
            return strangers.recipient_of(message)
        raise ContactGone("The contact was removed.")
    found = recipient_of(
        contact_id=message.contact_id, channel=Reach(message.channel), by=SYSTEM, address=message.address
    )
    return replace(found, purpose=message.purpose)


def _step_opens(message: Message, recipient: Recipient, *, at: datetime) -> datetime:
    """The first moment from now on in the hours and days of its step: whatever it waited for may have ended outside."""
    if message.enrolment_id is None or message.sequence_id is None or message.version_number is None:
        return at
    plan = plans.load(message.sequence_id, message.version_number)
    step = plan.step(message.step_key)
    if step is None:
        return at
    return scheduling.due(step.model_copy(update={"delay": DelayView()}), plan, recipient.zones, since=at)


def _refused(message: Message, owner: str, sender: Sender, verdict: Verdict, slots: Slots, *, at: datetime) -> str:
    first = verdict.reasons[0]
    if verdict.outcome is Outcome.DENY:
        return _end(message, owner, MessageState.CANCELLED, first.rule, first.sentence, at=at)
    until = verdict.until or at + LOOK_AGAIN
    if first.rule == SPACING:
        slots.open(sender.pk, first=until, step=timedelta(seconds=max(sender.spacing_seconds, 1)))
    return _wait(message, owner, first.rule, first.sentence, until, at=at)


def _wait(message: Message, owner: str, rule: str, why: str, until: datetime, *, at: datetime) -> str:
    held = _mine(message, owner)
    held.due_at, held.held_rule, held.held_reason = max(until, at), rule, why
    move(held, MessageState.QUEUED, at=at, rule=rule, why=why)
    return "deferred"


def _end(message: Message, owner: str, state: MessageState, rule: str, why: str, *, at: datetime) -> str:
    ended = _mine(message, owner)
    ended.result_code, ended.result_text = rule, why
    move(ended, state, at=at, rule=rule, why=why)
    return str(state)


def _stumbled(message_id: UUID, owner: str, why: str, *, at: datetime) -> str:
    """Something is wrong with the message or with us: later again, and in the end never."""
    try:
        with transaction.atomic():
            message = _mine(Message(pk=message_id), owner)
            message.tries += 1
            message.result_code, message.result_text = "not_prepared", why[:500]
            if message.tries < MOST_TRIES:
                message.due_at = at + backoff(message.tries)
                move(message, MessageState.QUEUED, at=at, rule="not_prepared", why=why)
                return "stumbled"
            move(message, MessageState.FAILED, at=at, rule="not_prepared", why=why)
            return "failed"
    except _NotOurs:
        return "lost"


def _mine(message: Message, owner: str) -> Message:
    mine = Message.objects.select_for_update().filter(pk=message.pk, state=MessageState.CLAIMED, lease_owner=owner)
    found = mine.first()
    if found is None:
        raise _NotOurs
    return found
