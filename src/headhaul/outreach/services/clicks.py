"""Fetches of tracked links and pictures: each kept, graded, and graded anew when more is known of its message."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from django.db import transaction

from headhaul import preferences
from headhaul.outreach.choices import EventKind, Grade
from headhaul.outreach.models import LinkHit, Message, MessageEvent, TrackedLink
from headhaul.outreach.preferences import Tracking
from headhaul.outreach.services.grading import Hit, grade, shortened
from headhaul.outreach.services.tracking import OPENED

PREFETCH = "fetched ahead"
MOST_HITS = 500  # of one message that are kept: nobody fills the table through one link
LATELY = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Fetch:
    """A request, as far as it says who made it."""

    method: str
    agent: str = ""
    address: str = ""
    is_prefetch: bool = False


def follow(*, token: str, fetch: Fetch, at: datetime) -> str | None:
    """Where a link leads, its fetch noted; None for one that is unknown, and for the hidden one."""
    link = TrackedLink.objects.select_related("message").filter(token=token).first()
    if link is None or link.url == OPENED:
        return None
    _note(link, fetch, at=at)
    return None if link.is_trap or urlsplit(link.url).scheme not in ("http", "https") else link.url


def opened(*, token: str, fetch: Fetch, at: datetime) -> bool:
    """A picture was fetched. That proves nothing: the event never counts as a person's."""
    link = TrackedLink.objects.filter(token=token, url=OPENED).first()
    if link is None:
        return False
    MessageEvent.objects.get_or_create(
        message_id=link.message_id,
        kind=EventKind.OPENED,
        key="picture",
        defaults={"grade": Grade.UNKNOWN, "at": at, "recorded_at": at, "data": {"agent": fetch.agent[:300]}},
    )
    return True


def regrade(*, message_id: UUID, at: datetime) -> int:
    """Judge all clicks of a message by what is known now; how many changed."""
    with transaction.atomic():
        message = Message.objects.select_for_update(of=("self",)).get(pk=message_id)
        rows = list(LinkHit.objects.filter(message_id=message_id).exclude(link=None).select_related("link"))
        too_early = timedelta(seconds=preferences.get(Tracking).machine_seconds)
        hits = [_hit(row) for row in rows]
        changed = 0
        for row, hit in zip(rows, hits, strict=True):
            arrived = message.delivered_at or message.sent_at
            now, reasons = grade(hit, others=hits, delivered_at=arrived, too_early=too_early)
            said = [PREFETCH, *reasons] if hit.is_prefetch and PREFETCH not in reasons else reasons
            changed += _keep(row, now, said, at=at)
        return changed


def regrade_lately(*, at: datetime) -> int:
    """Judge anew where the delivery became known after the click; how many changed."""
    late = LinkHit.objects.filter(
        at__gt=at - LATELY, message__events__kind=EventKind.DELIVERED, message__events__recorded_at__gt=at - LATELY
    )
    keys = set(late.values_list("message_id", flat=True))
    return sum(regrade(message_id=key, at=at) for key in sorted(keys))


def _note(link: TrackedLink, fetch: Fetch, *, at: datetime) -> None:
    if LinkHit.objects.filter(message_id=link.message_id).count() >= MOST_HITS:
        return
    LinkHit.objects.create(
        message_id=link.message_id,
        link=link,
        at=at,
        method=fetch.method[:10],
        agent=fetch.agent[:300],
        network=shortened(fetch.address),
        reasons=[PREFETCH] if fetch.is_prefetch else [],
    )
    regrade(message_id=link.message_id, at=at)


def _hit(row: LinkHit) -> Hit:
    link = row.link
    return Hit(
        id=row.pk,
        link_id=row.link_id or 0,
        at=row.at,
        method=row.method,
        agent=row.agent,
        network=row.network,
        is_trap=bool(link and link.is_trap),
        is_prefetch=PREFETCH in (row.reasons or []),
    )


def _keep(row: LinkHit, now: Grade, reasons: list[str], *, at: datetime) -> int:
    """The hit and the event that reports count, in step. The hidden link is no click of the message."""
    is_new = False
    if row.link is not None and not row.link.is_trap:
        event, is_new = MessageEvent.objects.get_or_create(
            message_id=row.message_id,
            kind=EventKind.CLICKED,
            key=f"hit:{row.pk}",
            defaults={"grade": now, "at": row.at, "recorded_at": at, "data": {"url": row.link.url, "reasons": reasons}},
        )
        if not is_new and event.grade != now:
            event.grade, event.data = now, event.data | {"reasons": reasons}
            event.save(update_fields=["grade", "data"])
    if row.grade == now and row.reasons == reasons:
        return 0
    row.grade, row.reasons = now, reasons
    row.save(update_fields=["grade", "reasons"])
    return 0 if is_new else 1
