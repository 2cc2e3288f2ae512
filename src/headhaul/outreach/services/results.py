"""What became of an attempt, written down once and only forward: an event may have said it before the answer came.

Each function answers whether it changed anything. Locks are taken in one order, address before message, so that
answers, events and opt-outs never wait for each other in a circle.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from headhaul.compliance.choices import ConsentChannel, Scope, SuppressionReason
from headhaul.compliance.services import caps, suppression
from headhaul.compliance.services.suppression import Denial
from headhaul.kernel import SYSTEM
from headhaul.outreach.choices import (
    LIVE_ATTEMPTS,
    NEXT_STATES,
    AttemptOutcome,
    Channel,
    EventKind,
    MessageState,
)
from headhaul.outreach.gateways.base import Refused
from headhaul.outreach.gateways.twilio_codes import OPTED_OUT
from headhaul.outreach.happening import Moved, moves
from headhaul.outreach.models import Message, MessageEvent, SendAttempt
from headhaul.outreach.services import touches

MOST_TRIES = 6
FIRST_WAIT = timedelta(minutes=1)
OPEN = (AttemptOutcome.STARTED, AttemptOutcome.UNKNOWN)
LOOKS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(minutes=60))
"""When the provider is asked what became of an attempt, counted from when it was lost sight of."""
UNSUBSCRIBED_CODES = frozenset({OPTED_OUT})


def accepted(*, attempt_id: UUID, provider_id: str, at: datetime, provider_rfc_id: str = "") -> bool:
    """The provider has it."""
    with transaction.atomic():
        message, attempt = held(attempt_id)
        if attempt.outcome in (*OPEN, AttemptOutcome.OVERRULED):
            if not _may_live(attempt):
                return False
            attempt.outcome = AttemptOutcome.ACCEPTED
            attempt.ended_at = at
            attempt.next_look_at = None
        if attempt.outcome != AttemptOutcome.ACCEPTED:
            return False
        attempt.provider_id = attempt.provider_id or provider_id
        attempt.save(update_fields=["outcome", "ended_at", "next_look_at", "provider_id"])
        message.provider_rfc_id = message.provider_rfc_id or provider_rfc_id
        if not message.provider_id and provider_id and not _is_taken(message, provider_id):
            message.provider_id = provider_id
        if MessageState.ACCEPTED in NEXT_STATES[MessageState(message.state)]:
            return move(message, MessageState.ACCEPTED, at=at, left_at=attempt.started_at)
        message.save(update_fields=["provider_id", "provider_rfc_id"])
        return False


def refused(*, attempt_id: UUID, no: Refused, at: datetime) -> bool:
    """A definite no: tried again later, at most six times, or never. An address that is wrong is not tried again."""
    with transaction.atomic():
        if no.is_permanent_address or no.code in UNSUBSCRIBED_CODES:
            _suppress(attempt_id, no, at=at)
        message, attempt = held(attempt_id)
        if attempt.outcome not in OPEN:
            return False
        _end(attempt, AttemptOutcome.REFUSED, error=f"{no.code} {no.text}".strip(), at=at)
        message.tries += 1
        message.result_code, message.result_text = no.code[:100], no.text[:500]
        if no.is_permanent_address and message.channel == Channel.EMAIL:
            _note(message, EventKind.HARD_BOUNCE, key=f"refused:{attempt.pk}", at=at, said=no.text)
        if no.retry and message.tries < MOST_TRIES:
            message.due_at = at + backoff(message.tries)
            return move(message, MessageState.QUEUED, at=at, rule="retry", why=no.text)
        return move(message, MessageState.FAILED, at=at, rule=no.code, why=no.text)


def unknown(*, attempt_id: UUID, why: str, at: datetime) -> bool:
    """Nobody knows. It counts as sent until it is found out."""
    with transaction.atomic():
        message, attempt = held(attempt_id)
        if attempt.outcome != AttemptOutcome.STARTED:
            return False
        attempt.outcome = AttemptOutcome.UNKNOWN
        attempt.error = why[:500]
        attempt.next_look_at = at + LOOKS[0]
        attempt.save(update_fields=["outcome", "error", "next_look_at"])
        message.result_code, message.result_text = "unknown", why[:500]
        return move(message, MessageState.UNKNOWN, at=at, rule="unknown", why=why)


def aborted(*, attempt_id: UUID, why: str, at: datetime, wait: timedelta = timedelta()) -> bool:
    """It was never handed over, for certain: back into the queue, and its caps are free again."""
    with transaction.atomic():
        message, attempt = held(attempt_id)
        if attempt.outcome not in OPEN or message.state not in (MessageState.DISPATCHING, MessageState.UNKNOWN):
            return False
        _end(attempt, AttemptOutcome.ABORTED, error=why, at=at)
        message.due_at = max(message.due_at, at + wait)
        return move(message, MessageState.QUEUED, at=at, rule="aborted", why=why)


def given_up(*, attempt_id: UUID, at: datetime) -> bool:
    """The provider was asked often enough: it stays open whether it left, and it is never sent again by itself."""
    with transaction.atomic():
        message, attempt = held(attempt_id)
        if attempt.outcome != AttemptOutcome.UNKNOWN or message.state != MessageState.UNKNOWN:
            return False
        attempt.next_look_at = None
        attempt.ended_at = at
        attempt.save(update_fields=["next_look_at", "ended_at"])
        why = "It could not be found out whether this left. It counts as sent, and is not sent again by itself."
        message.result_text = why
        return move(message, MessageState.UNKNOWN_FINAL, at=at, rule="unknown", why=why)


def backoff(tries: int) -> timedelta:
    """One minute, then four times as long each time: the sixth try is about six hours later."""
    wait: timedelta = FIRST_WAIT * 4 ** max(0, tries - 1)
    return wait


def held(attempt_id: UUID) -> tuple[Message, SendAttempt]:
    """An attempt and its message, the message locked first."""
    message = Message.objects.select_for_update(of=("self",)).get(attempts=attempt_id)
    return message, SendAttempt.objects.select_for_update().get(pk=attempt_id)


def move(
    message: Message, to: MessageState, *, at: datetime, rule: str = "", why: str = "", left_at: datetime | None = None
) -> bool:
    """Put a locked message into its next state, and tell. The first time it may have left, the account is alive.

    `left_at` is when its live attempt began, where the caller knows.
    """
    first_out = message.sent_at is None and to in (MessageState.UNKNOWN, *_HAVE_LEFT)
    if first_out:
        message.sent_at = left_at or _left_at(message, at)
        message.updated_at = at
        touches.record(message)
    if to is MessageState.QUEUED:
        message.sent_at = None
        message.ended_at = None
        touches.take_back(message)
    elif to.is_final:
        message.ended_at = at
    if to is MessageState.DELIVERED and message.delivered_at is None:
        message.delivered_at = at
    message.state, message.updated_at = to, at
    message.lease_owner, message.lease_until = "", None
    message.save(update_fields=_MOVED)
    if moves.is_wanted(to):
        whose = (message.contact_id, message.account_id, message.enrolment_id)
        moves.tell([Moved(str(to), message.pk, at, *whose, rule=rule, why=why)])
    return True


_HAVE_LEFT = (MessageState.ACCEPTED, MessageState.DELIVERED, MessageState.BOUNCED)
_MOVED = [
    "state", "due_at", "tries", "lease_owner", "lease_until", "sent_at", "delivered_at", "ended_at", "updated_at",
    "result_code", "result_text", "provider_id", "provider_rfc_id", "held_rule", "held_reason", "activity_id",
]  # fmt: skip


def _left_at(message: Message, at: datetime) -> datetime:
    live = [str(outcome) for outcome in LIVE_ATTEMPTS]
    started = message.attempts.filter(outcome__in=live).values_list("started_at", flat=True).first()
    return started or at


def _end(attempt: SendAttempt, outcome: AttemptOutcome, *, error: str, at: datetime) -> None:
    attempt.outcome, attempt.error, attempt.ended_at, attempt.next_look_at = outcome, error[:500], at, None
    attempt.save(update_fields=["outcome", "error", "ended_at", "next_look_at"])
    caps.release(attempt.buckets, at=at)


def _may_live(attempt: SendAttempt) -> bool:
    """Whether no other attempt of the message is live: one overruled by a person gives way to the one after it."""
    if attempt.outcome != AttemptOutcome.OVERRULED:
        return True
    live: Sequence[str] = [str(outcome) for outcome in LIVE_ATTEMPTS]
    return not SendAttempt.objects.filter(message_id=attempt.message_id, outcome__in=live).exists()


def _is_taken(message: Message, provider_id: str) -> bool:
    same = Message.objects.filter(gateway=message.gateway, provider_id=provider_id)
    return same.exclude(pk=message.pk).exists()


def _note(message: Message, kind: EventKind, *, key: str, at: datetime, said: str) -> None:
    noted = MessageEvent(message=message, kind=kind, key=key, at=at, recorded_at=at, data={"said": said[:500]})
    MessageEvent.objects.bulk_create([noted], ignore_conflicts=True)


def _suppress(attempt_id: UUID, no: Refused, *, at: datetime) -> None:
    """Nobody is there, or they told the provider to stop: nothing goes to this address any more."""
    message = Message.objects.only("channel", "address", "contact_id").get(attempts=attempt_id)
    stopped = no.code in UNSUBSCRIBED_CODES
    keys = [(Scope.ADDRESS, message.address)]
    if stopped and message.contact_id is not None:
        keys.append((Scope.CONTACT, str(message.contact_id)))
    reason = SuppressionReason.OPT_OUT if stopped else SuppressionReason.HARD_BOUNCE
    said = f"{no.code} {no.text}"[:500]
    denials = [Denial(scope, key, ConsentChannel(message.channel), reason, "provider", said) for scope, key in keys]
    suppression.add_many(denials=denials, at=at, by=SYSTEM)
