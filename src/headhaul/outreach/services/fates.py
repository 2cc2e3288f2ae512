"""What an event means for the message it is about: a state that only goes forward, a denial, a mailbox that stops.

Whatever order events come in, and however often, the end is the same: of two reports about a message the one of higher
rank is kept, and each fact is noted once.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from headhaul.compliance import hashing
from headhaul.compliance.choices import ConsentChannel, Scope, SuppressionReason
from headhaul.compliance.models import Receipt
from headhaul.compliance.services import suppression
from headhaul.compliance.services.suppression import Denial
from headhaul.kernel import SYSTEM
from headhaul.kernel.addresses import email_key, phone_key
from headhaul.outreach.choices import (
    LIVE_ATTEMPTS,
    NAMELESS,
    NEXT_STATES,
    AttemptOutcome,
    Channel,
    EnrolmentState,
    EventKind,
    Grade,
    MessageState,
    StepKind,
)
from headhaul.outreach.models import Message, MessageEvent, SendAttempt
from headhaul.outreach.services import outbox, results, stops
from headhaul.outreach.services.reputation import pause_if_bad

_RANK = {MessageState.ACCEPTED: 1, MessageState.FAILED: 2, MessageState.DELIVERED: 3, MessageState.BOUNCED: 4}
_MEANS = {
    EventKind.DELIVERED: MessageState.DELIVERED,
    EventKind.HARD_BOUNCE: MessageState.BOUNCED,
    EventKind.FAILED: MessageState.FAILED,
}
_DENIES = {
    EventKind.HARD_BOUNCE: SuppressionReason.HARD_BOUNCE,
    EventKind.COMPLAINT: SuppressionReason.COMPLAINT,
    EventKind.UNSUBSCRIBED: SuppressionReason.OPT_OUT,
}
_SAYS = {
    EventKind.HARD_BOUNCE: "The provider says that nobody is there.",
    EventKind.COMPLAINT: "They reported a message of ours as unwanted.",
    EventKind.UNSUBSCRIBED: "They unsubscribed.",
}


def apply(
    *,
    message_id: UUID,
    attempt_id: UUID | None,
    kind: EventKind,
    key: str,
    happened_at: datetime,
    at: datetime,
    provider_id: str = "",
    said: str = "",
) -> str:
    """Apply one event in the caller's transaction: applied, repeated, or contradicted by what is known for certain."""
    message = Message.objects.get(pk=message_id)
    if kind in _DENIES:
        _deny(message, kind, key=key, said=said, at=at)
    message = Message.objects.select_for_update(of=("self",)).get(pk=message_id)
    attempt = _attempt(message, attempt_id)
    if attempt is None or not _had_it(message, attempt, kind, provider_id=provider_id, at=at):
        _note(message, kind, key=key, happened_at=happened_at, said=said, at=at)
        return "contradicted"
    is_new = _note(message, kind, key=key, happened_at=happened_at, said=said, at=at)
    _go_on(message, kind, happened_at=happened_at, said=said, at=at)
    if is_new and kind in (EventKind.HARD_BOUNCE, EventKind.COMPLAINT):
        pause_if_bad(sender_id=message.sender_id, at=at)
    return "applied" if is_new else "repeated"


def is_same_address(message: Message, recipient: str) -> bool:
    """Whether a provider speaks of the address that the message went to."""
    if message.address == NAMELESS:
        return forgotten_hash(message) in hashing.hashes_of(recipient)
    if message.channel == Channel.EMAIL:
        return email_key(recipient) == email_key(message.address)
    return phone_key(recipient) == phone_key(message.address)


def forgotten_hash(message: Message) -> str:
    """The hash of the address that an emptied message went to, as the receipt by which it left knows it."""
    receipts = message.attempts.order_by("-number").values_list("receipt_id", flat=True)[:1]
    found = Receipt.objects.filter(pk__in=list(receipts)).values_list("address_hash", flat=True).first()
    return found or ""


def _attempt(message: Message, attempt_id: UUID | None) -> SendAttempt | None:
    attempts = SendAttempt.objects.select_for_update().filter(message_id=message.pk)
    if attempt_id is not None:
        return attempts.filter(pk=attempt_id).first()
    live = [str(outcome) for outcome in LIVE_ATTEMPTS]
    return attempts.filter(outcome__in=live).first() or attempts.order_by("-number").first()


def _had_it(message: Message, attempt: SendAttempt, kind: EventKind, *, provider_id: str, at: datetime) -> bool:
    """The provider had this attempt: the event proves it, even of one that counted as lost or as never made."""
    if attempt.outcome == AttemptOutcome.ACCEPTED:
        return True
    was_live = attempt.outcome in results.OPEN
    was_given_back = attempt.outcome in (AttemptOutcome.REFUSED, AttemptOutcome.ABORTED)
    target = _MEANS.get(kind, MessageState.ACCEPTED)
    if not was_live and (target not in NEXT_STATES[MessageState(message.state)] or _another_lives(attempt)):
        return False
    attempt.outcome, attempt.ended_at, attempt.next_look_at = AttemptOutcome.ACCEPTED, at, None
    attempt.provider_id = attempt.provider_id or provider_id
    if was_given_back:
        attempt.buckets = []
    attempt.save(update_fields=["outcome", "ended_at", "next_look_at", "provider_id", "buckets"])
    return True


def _another_lives(attempt: SendAttempt) -> bool:
    live = [str(outcome) for outcome in LIVE_ATTEMPTS]
    return SendAttempt.objects.filter(message_id=attempt.message_id, outcome__in=live).exists()


def _go_on(message: Message, kind: EventKind, *, happened_at: datetime, said: str, at: datetime) -> None:
    now, target = MessageState(message.state), _MEANS.get(kind, MessageState.ACCEPTED)
    if kind is EventKind.DELIVERED and message.delivered_at is None:
        message.delivered_at = happened_at
    if target not in NEXT_STATES[now] or _RANK[target] <= _RANK.get(now, 0):
        message.save(update_fields=["delivered_at"])
        return
    if target in (MessageState.FAILED, MessageState.BOUNCED):
        message.result_code, message.result_text = str(kind), said
    results.move(message, target, at=at, rule=str(kind), why=said)


def _note(message: Message, kind: EventKind, *, key: str, happened_at: datetime, said: str, at: datetime) -> bool:
    """Write the fact down; False when it is there already."""
    grade = Grade.UNKNOWN if kind in (EventKind.OPENED, EventKind.CLICKED) else ""
    _, is_new = MessageEvent.objects.get_or_create(
        message_id=message.pk,
        kind=kind,
        key=key,
        defaults={"grade": grade, "at": happened_at, "recorded_at": at, "data": {"said": said} if said else {}},
    )
    return is_new


def _deny(message: Message, kind: EventKind, *, key: str, said: str, at: datetime) -> None:
    """Nothing goes there any more: the denial, what waits in the outbox and the sequences, all in this transaction."""
    if message.address == NAMELESS:
        known = forgotten_hash(message)
        if known:
            channel = ConsentChannel(message.channel)
            suppression.deny_forgotten(
                key_hash=known, channel=channel, reason=_DENIES[kind], source=f"provider: {key}", at=at, by=SYSTEM
            )
        return
    keys = [(Scope.ADDRESS, message.address)]
    if kind is not EventKind.HARD_BOUNCE and message.contact_id is not None:  # said by a person, not of an address
        keys.append((Scope.CONTACT, str(message.contact_id)))
    channel, reason = ConsentChannel(message.channel), _DENIES[kind]
    denials = [
        Denial(scope, address, channel, reason, f"provider: {key}", said or _SAYS[kind]) for scope, address in keys
    ]
    suppression.add_many(denials=denials, at=at, by=SYSTEM)
    _stop(message, kind, at=at)
    outbox.cancel(address=message.address, channel=message.channel, reason=_SAYS[kind], code=str(kind), at=at)


def _stop(message: Message, kind: EventKind, *, at: datetime) -> None:
    """End sequences that would go there; whoever complained is in none any more."""
    if message.contact_id is None:
        return
    if kind is EventKind.COMPLAINT:
        stops.stop_contact(contact_id=message.contact_id, reason=EnrolmentState.OPTED_OUT, why=_SAYS[kind], at=at)
        return
    stops.stop_on_channels(
        contact_ids=[message.contact_id],
        kinds=frozenset({StepKind(message.channel)}),
        reason=EnrolmentState.BOUNCED if kind is EventKind.HARD_BOUNCE else EnrolmentState.OPTED_OUT,
        why=_SAYS[kind],
        at=at,
    )
