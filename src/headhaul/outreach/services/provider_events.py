"""What providers tell us: kept raw and once, then applied once and only forward, in whatever order it came."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q

from headhaul.actions import dispatch
from headhaul.kernel import Actor, ActorKind, Door, Role
from headhaul.outreach.choices import NAMELESS, EventKind
from headhaul.outreach.models import Message, ProviderEvent, SendAttempt
from headhaul.outreach.schemas.outside import ProviderEventApplied
from headhaul.outreach.services import fates

log = logging.getLogger(__name__)

GRACE = timedelta(minutes=15)
"""An event may come before the answer that says whose it is; after this it is of a message that we never sent."""
_STORE = """
insert into outreach_providerevent
    (provider, event_id, sender_id, kind, attempt_id, provider_id, recipient, occurred_at, received_at, raw, verdict)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb, '') on conflict (provider, event_id, sender_id) do nothing
"""
PATIENCE = timedelta(days=3)
"""For how long an event that cannot be applied is tried again; then it stays as failed, and the log has why."""
PROVIDER = Actor(kind=ActorKind.SYSTEM, name="Provider", role=Role.ADMIN)
"""On whose behalf their events are applied: nobody of ours, with the reach of the system."""
_CHANGES = frozenset(EventKind) - {
    EventKind.DEFERRED, EventKind.SOFT_BOUNCE, EventKind.OPENED, EventKind.CLICKED,
}  # fmt: skip
# The new ones first, then those that wait for their message. What failed comes last and in no order, so that what fails
# again and again keeps nothing else from its turn.
_WAITING = """
select id from outreach_providerevent where applied_at is null
order by array_position(array['', 'waiting'], verdict), case when verdict = 'failed' then random() end, id
limit %s for update skip locked
"""


@dataclass(frozen=True, slots=True)
class _Found:
    """Whose event it is."""

    message: Message
    attempt: SendAttempt | None


def store(
    *,
    provider: str,
    event_id: str,
    kind: str,
    raw: Mapping[str, Any],
    at: datetime,
    attempt_id: UUID | None = None,
    provider_id: str = "",
    recipient: str = "",
    occurred_at: datetime | None = None,
    sender_id: int = 0,
) -> bool:
    """Keep what a provider said, before anything is made of it. False: it had said so before.

    `sender_id`: whose key proves it. It is about this one's messages, or about none.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _STORE,
            [
                provider,
                event_id,
                sender_id,
                kind,
                attempt_id,
                provider_id,
                recipient,
                occurred_at,
                at,
                json.dumps(dict(raw)),
            ],
        )
        return bool(cursor.rowcount == 1)


def apply_waiting(*, at: datetime, limit: int = 500) -> dict[str, int]:
    """Make of each event that waits what it means; how many were what. Each in a transaction of its own."""
    counts: dict[str, int] = {}
    for key in _waiting(limit):
        verdict = apply_one(key, at=at)
        counts[verdict] = counts.get(verdict, 0) + 1
    return counts


def _waiting(limit: int) -> list[int]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_WAITING, [limit])
        return [key for (key,) in cursor.fetchall()]


def apply_one(key: int, *, at: datetime) -> str:
    """Apply one event that waits; what was made of it."""
    try:
        data = {"eventId": key}
        done: Any = dispatch("applyProviderEvent", data, actor=PROVIDER, at=at, door=Door.JOB).payload
        return str(done.verdict)
    except Exception:
        log.exception("provider event %s could not be applied", key)
        failed = ProviderEvent.objects.filter(pk=key)
        failed.update(verdict="failed")
        failed.filter(received_at__lte=at - PATIENCE).update(applied_at=at)
        return "failed"


def made_of(*, key: int, at: datetime) -> ProviderEventApplied:
    """Make of the event what it means, in the transaction of its action; and whether anything is otherwise by it.

    That a mail was opened or a link fetched, or is late, is noted beside it and changes nothing.
    """
    event = ProviderEvent.objects.select_for_update().filter(pk=key, applied_at=None).first()
    if event is None:
        return ProviderEventApplied(verdict="taken", is_change=False)
    found = _whose(event) if event.kind in set(EventKind) else None
    verdict = _made_of(event, found, at=at)
    event.verdict = verdict
    event.applied_at = None if verdict == "waiting" else at
    event.save(update_fields=["verdict", "applied_at", "recipient", "raw"])
    return ProviderEventApplied(
        verdict=verdict,
        is_change=verdict == "applied" and event.kind in _CHANGES,
        message_id=found.message.pk if found else None,
    )


def _made_of(event: ProviderEvent, found: _Found | None, *, at: datetime) -> str:
    if event.kind not in set(EventKind):
        return "nothing_to_do"
    if found is None:
        is_young = event.attempt_id is None and at - event.received_at < GRACE
        return "waiting" if is_young else "unknown_message"
    if event.recipient and not fates.is_same_address(found.message, event.recipient):
        log.warning("event %s names another recipient than its message has; nothing was changed", event.pk)
        return "unknown_message"
    if found.message.address == NAMELESS:  # they asked to be forgotten: what is told of them later does not stay either
        event.recipient, event.raw = "", {}
    return fates.apply(
        message_id=found.message.pk,
        attempt_id=found.attempt.pk if found.attempt else None,
        kind=EventKind(event.kind),
        key=f"{event.provider}:{event.event_id}",
        happened_at=min(event.occurred_at or event.received_at, at),
        provider_id=event.provider_id,
        said=_said(event.raw),
        at=at,
    )


def _whose(event: ProviderEvent) -> _Found | None:
    """By our attempt, which travelled with the message; else by the provider's id for it. Only of who signed it."""
    of_sender = {"sender_id": event.sender_id} if event.sender_id else {}
    attempts = SendAttempt.objects.select_related("message").filter(**of_sender)
    if event.attempt_id is not None:
        attempt = attempts.filter(pk=event.attempt_id).first()
        return _Found(attempt.message, attempt) if attempt else None
    if not event.provider_id:
        return None
    attempt = attempts.filter(provider_id=event.provider_id).order_by("-started_at").first()
    if attempt is not None:
        return _Found(attempt.message, attempt)
    by_id = Q(provider_rfc_id=event.provider_id) | Q(rfc_id=event.provider_id)
    named = Message.objects.filter(by_id, **of_sender).first()
    return _Found(named, None) if named else None


def _said(raw: Mapping[str, Any]) -> str:
    for name in ("description", "reject_reason", "mta_response", "ErrorMessage", "ErrorCode"):
        if raw.get(name):
            return str(raw[name])[:500]
    return ""
