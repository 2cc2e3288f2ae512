"""The outbox: what is to leave is planned once, and may be called off until a worker has begun to send it."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from headhaul.compliance.choices import Purpose
from headhaul.kernel import Conflict, NotFound
from headhaul.outreach.choices import LIVE_ATTEMPTS, AttemptOutcome, Channel, MessageState
from headhaul.outreach.happening import Moved, moves
from headhaul.outreach.models import Message
from headhaul.outreach.schemas.drafts import Draft

GOES_STALE = timedelta(days=7)
RINGS_WITHIN = timedelta(minutes=2)  # a call that could not be placed by then is not placed at all
CALLED_OFF = "called_off"  # with what it belonged to, which may go on later and plan it anew
BY_HAND = "called_off_by_hand"  # by somebody who does not want this message to leave
CANCELLABLE = (MessageState.DRAFT, MessageState.QUEUED, MessageState.CLAIMED)
REQUEUEABLE = (MessageState.FAILED, MessageState.UNKNOWN_FINAL)

_COLUMNS = (
    "id", "dedupe_key", "channel", "purpose", "state", "contact_id", "account_id", "address", "sender_id", "user_id",
    "enrolment_id", "sequence_id", "version_number", "step_key", "template_id", "campaign", "call_campaign_id",
    "subject", "text", "html", "headers", "body_hash", "approved_hash", "in_reply_to_id", "due_at", "not_after",
    "lease_owner", "tries", "held_rule", "held_reason", "gateway", "provider_id", "rfc_id", "provider_rfc_id",
    "result_code", "result_text", "created_at", "updated_at",
)  # fmt: skip
_INSERT = f"insert into outreach_message ({', '.join(_COLUMNS)}) values "
_ONCE = " on conflict (dedupe_key) do nothing"
_CHUNK = 500
_CANCEL = """
with chosen as (
    select id from outreach_message where state = any(%s) and {which} order by id for update
)
update outreach_message m
set state = 'cancelled', result_code = %s, result_text = %s, lease_owner = '', lease_until = null,
    ended_at = %s, updated_at = %s
from chosen where m.id = chosen.id and m.state = any(%s)
returning m.id, m.contact_id, m.account_id, m.enrolment_id
"""
_EXPIRE = """
with chosen as (
    select id from outreach_message where state = 'queued' and due_at <= %(at)s and not_after <= %(at)s
    order by due_at, id limit %(limit)s for update skip locked
)
update outreach_message m
set state = 'expired', result_code = 'too_late', result_text = %(why)s, ended_at = %(at)s, updated_at = %(at)s
from chosen where m.id = chosen.id
returning m.id, m.contact_id, m.account_id, m.enrolment_id
"""
_KEPT = (
    "address", "text", "due_at", "subject", "html", "contact_id", "account_id", "sender_id", "user_id", "enrolment_id",
    "sequence_id", "version_number", "step_key", "template_id", "campaign", "call_campaign_id", "headers",
    "in_reply_to_id", "not_after",
)  # fmt: skip
"""What a message that is planned again has of the one that was called off."""
TOO_LATE = "Its time had passed before it could be sent."


class NotToBeApproved(Conflict):
    """It does not wait for approval."""

    code = "not_to_be_approved"


class NotToBeRequeued(Conflict):
    """It left, or it is still on its way."""

    code = "not_to_be_requeued"


class NotToBeCancelled(Conflict):
    """It is too late to call it off."""

    code = "not_to_be_cancelled"


def fingerprint(*, subject: str, text: str, html: str) -> str:
    """What was approved, as a hash: whatever leaves must have the same."""
    return hashlib.sha256(json.dumps([subject, text, html], ensure_ascii=False).encode()).hexdigest()


def plan(*, draft: Draft, at: datetime, by_user_id: int | None = None) -> Message:
    """Put a message into the outbox; the one that is there already when its key was planned before."""
    plan_many(drafts=[draft], at=at, by_user_id=by_user_id)
    return Message.objects.get(dedupe_key=draft.dedupe_key)


def plan_many(*, drafts: Sequence[Draft], at: datetime, by_user_id: int | None = None) -> int:
    """Put messages into the outbox in as few statements as can be; how many were new."""
    planned = 0
    for start in range(0, len(drafts), _CHUNK):
        rows = [_row(draft, at=at, by_user_id=by_user_id) for draft in drafts[start : start + _CHUNK]]
        line = f"({', '.join('%s::jsonb' if name == 'headers' else '%s' for name in _COLUMNS)})"
        with connection.cursor() as cursor:
            cursor.execute(_INSERT + ", ".join([line] * len(rows)) + _ONCE, [value for row in rows for value in row])
            planned += cursor.rowcount
    return planned


def cancel(
    *,
    contact_id: int | None = None,
    enrolment_id: int | None = None,
    message_ids: Iterable[UUID] | None = None,
    address: str = "",
    channel: str = "",
    reason: str,
    at: datetime,
    code: str = CALLED_OFF,
) -> int:
    """Call off what has not begun to leave; how many. What is being sent cannot be called back.

    By contact or address (on one channel, or on all), the one confirmation of an opt-out stays: it is owed to them.
    """
    which: str
    given: list[Any]
    if contact_id is not None:
        which, given = "contact_id = %s and purpose <> %s", [contact_id, str(Purpose.NOTICE)]
    elif address:
        which, given = "address = %s and channel like %s and purpose <> %s", [
            address, channel or "%", str(Purpose.NOTICE),
        ]  # fmt: skip
    elif enrolment_id is not None:
        which, given = "enrolment_id = %s", [enrolment_id]
    else:
        which, given = "id = any(%s)", [list(message_ids or ())]
    states = [str(state) for state in CANCELLABLE]
    found = _returned(_CANCEL.format(which=which), [states, *given, code, reason, at, at, states])
    _tell(MessageState.CANCELLED, found, at=at, rule=code, why=reason)
    return len(found)


def plan_again(*, enrolment_id: int, step_key: str, called_off_at: datetime, at: datetime) -> int:
    """Plan once more what was called off at that moment with its enrolment and whose time has not passed; how many.

    It has the key that the step's next message would have: whoever plans it, there is one. What was approved and not
    changed since stays approved, everything else asks again; compliance judges it anew before it leaves.
    """
    planned = Message.objects.filter(enrolment=enrolment_id, step_key=step_key).exclude(purpose="test")
    gone = planned.filter(state=MessageState.CANCELLED, result_code=CALLED_OFF, ended_at=called_off_at)
    drafts = [
        Draft(
            dedupe_key=f"enrolment:{enrolment_id}:{step_key}:{planned.filter(created_at__lte=was.created_at).count()}",
            channel=Channel(was.channel),
            purpose=Purpose(was.purpose),
            needs_approval=was.approved_hash != fingerprint(subject=was.subject, text=was.text, html=was.html),
            **{name: getattr(was, name) for name in _KEPT},
        )
        for was in gone.filter(not_after__gt=at)
    ]
    return plan_many(drafts=drafts, at=at)


def approve(*, message_id: UUID, at: datetime) -> Message:
    """Let a draft leave as it stands now: whatever is changed after this keeps it here."""
    message = lock(message_id)
    if message.state != MessageState.DRAFT:
        raise NotToBeApproved(
            "Only a message that waits for approval can be approved.", fields={"messageId": "a draft"}
        )
    message.approved_hash = fingerprint(subject=message.subject, text=message.text, html=message.html)
    message.body_hash = message.approved_hash
    message.state, message.due_at, message.updated_at = MessageState.QUEUED, max(message.due_at, at), at
    message.not_after = max(message.not_after or at, at + GOES_STALE)  # it was the approval that was late
    message.save(update_fields=["approved_hash", "body_hash", "state", "due_at", "not_after", "updated_at"])
    return message


def requeue(*, message_id: UUID, reason: str, at: datetime) -> Message:
    """Send once more what failed or was lost sight of. The attempt before it does not count as the live one any more,
    but what it used of the limits stays used, and an event may still prove that it had left.
    """
    message = lock(message_id)
    if message.state not in REQUEUEABLE:
        raise NotToBeRequeued(
            "Only a message that failed, or of which nobody knows whether it left, can be sent once more.",
            fields={"messageId": "failed or unknown_final"},
        )
    live = [str(outcome) for outcome in LIVE_ATTEMPTS]
    message.attempts.filter(outcome__in=live).update(
        outcome=AttemptOutcome.OVERRULED, next_look_at=None, ended_at=at, error=f"Sent once more by hand: {reason}"
    )
    message.state, message.due_at, message.updated_at, message.tries = MessageState.QUEUED, at, at, 0
    stays_good = RINGS_WITHIN if message.channel == Channel.CALL else GOES_STALE
    message.not_after = max(message.not_after or at, at + stays_good)
    message.sent_at = message.ended_at = None
    message.result_code = message.result_text = message.provider_id = ""
    message.save(
        update_fields=["state", "due_at", "updated_at", "tries", "not_after", "sent_at", "ended_at", "result_code",
                       "result_text", "provider_id"]
    )  # fmt: skip
    return message


def lock(message_id: UUID) -> Message:
    """The message, held until the transaction ends."""
    found = Message.objects.select_for_update(of=("self",)).filter(pk=message_id).first()
    if found is None:
        raise NotFound("There is no such message in the outbox.", fields={"messageId": "unknown"})
    return found


def call_off(*, message_id: UUID, reason: str, at: datetime) -> None:
    """Call off one message for good. Raises NotToBeCancelled when it has begun to leave, or has ended."""
    if not cancel(message_ids=[message_id], reason=reason, at=at, code=BY_HAND):
        state = lock(message_id).state
        raise NotToBeCancelled(
            f"It cannot be called off any more: it is {state.replace('_', ' ')}.", fields={"messageId": state}
        )


def expire(*, at: datetime, limit: int = 1_000) -> int:
    """End what went stale while it waited; how many."""
    found = _returned(_EXPIRE, {"at": at, "limit": limit, "why": TOO_LATE})
    _tell(MessageState.EXPIRED, found, at=at, rule="too_late", why=TOO_LATE)
    return len(found)


def _row(draft: Draft, *, at: datetime, by_user_id: int | None) -> list[Any]:
    approved = fingerprint(subject=draft.subject, text=draft.text, html=draft.html)
    given = {name: getattr(draft, name) for name in _COLUMNS if hasattr(draft, name)} | {
        "id": uuid.uuid4(),
        "channel": str(draft.channel),
        "purpose": str(draft.purpose),
        "state": str(MessageState.DRAFT if draft.needs_approval else MessageState.QUEUED),
        "user_id": draft.user_id if draft.user_id is not None else by_user_id,
        "headers": json.dumps(dict(draft.headers)),
        "body_hash": approved,
        "approved_hash": "" if draft.needs_approval else approved,
        "not_after": draft.not_after or draft.due_at + GOES_STALE,
        "tries": 0,
        "created_at": at,
        "updated_at": at,
    }
    return [given.get(name, "") for name in _COLUMNS]


def _returned(sql: str, parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def _tell(state: MessageState, rows: list[tuple[Any, ...]], *, at: datetime, rule: str, why: str) -> None:
    if rows and moves.is_wanted(state):
        moves.tell(
            [
                Moved(str(state), key, at, contact_id, account_id, enrolment_id, rule=rule, why=why)
                for key, contact_id, account_id, enrolment_id in rows
            ]
        )
