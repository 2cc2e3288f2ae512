"""Noting what somebody said about being reached. Nothing is ever overwritten; a later word is a later row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from headhaul.compliance.choices import RETRACTION, ConsentChannel, ConsentStatus
from headhaul.compliance.models import ConsentEvent
from headhaul.compliance.services import mirroring
from headhaul.kernel import Actor, Conflict, InvalidData, NotFound

AHEAD = timedelta(minutes=5)  # clocks differ a little


class NotTheLastWord(Conflict):
    """Something was said after it; the message says what to do."""

    code = "not_the_last_word"


@dataclass(frozen=True, slots=True)
class Word:
    """Something that was said: by an address, on a channel."""

    address: str
    channel: ConsentChannel
    status: ConsentStatus
    basis: str = ""
    source: str = ""
    evidence: str = ""
    captured_at: datetime | None = None
    expires_at: datetime | None = None


def record(*, words: Sequence[Word], at: datetime, by: Actor) -> list[int]:
    """Append what was said; the ids of the events. What was said in the future cannot have been said."""
    for word in words:
        if not word.source:
            raise InvalidData("Say where it was said.", fields={"source": "for example: phone call, web form"})
        if word.captured_at is not None and word.captured_at > at + AHEAD:
            raise InvalidData("It cannot have been said in the future.", fields={"capturedAt": "now or earlier"})
        if word.expires_at is not None and word.expires_at <= (word.captured_at or at):
            raise InvalidData("It ends before it was said.", fields={"expiresAt": "later than capturedAt"})
    rows = [
        ConsentEvent(
            address=word.address,
            channel=word.channel.value,
            status=word.status.value,
            basis=word.basis,
            source=word.source,
            evidence=word.evidence,
            captured_at=min(word.captured_at or at, at),
            recorded_at=at,
            captured_by_id=by.user_id,
            expires_at=word.expires_at,
        )
        for word in words
    ]
    made = ConsentEvent.objects.bulk_create(rows)
    mirroring.deny(made, at=at, by=by)
    return [row.pk for row in made]


def retract(*, event_ids: Sequence[int], at: datetime, by: Actor) -> list[int]:
    """Take back what was noted by mistake: what held before is said again, as a new event of its own.

    Raises NotTheLastWord when something was said since: then that stands.
    """
    found = {event.pk: event for event in ConsentEvent.objects.filter(pk__in=event_ids)}
    if len(found) != len(set(event_ids)):
        raise NotFound("There is no such consent event.", fields={"eventIds": "unknown"})
    words = []
    for key in event_ids:
        event = found[key]
        said = ConsentEvent.objects.filter(address=event.address, channel=event.channel)
        last = said.order_by("-captured_at", "-recorded_at", "-pk").first()
        if last is None or last.pk != event.pk:
            raise NotTheLastWord("Something else was said since. Note what holds now instead.")
        before = said.exclude(pk=event.pk).order_by("-captured_at", "-recorded_at", "-pk").first()
        words.append(_again(event, before, at=at))
    mirroring.take_back(event_ids, at=at, by=by)
    return record(words=words, at=at, by=by)


def _again(event: ConsentEvent, before: ConsentEvent | None, *, at: datetime) -> Word:
    if before is not None and before.expires_at is not None and before.expires_at <= at:
        before = None
    return Word(
        address=event.address,
        channel=ConsentChannel(event.channel),
        status=ConsentStatus(before.status) if before else ConsentStatus.UNKNOWN,
        basis=before.basis if before else "",
        source=RETRACTION,
        evidence=f"Event {event.pk} was noted by mistake" + (f"; event {before.pk} holds again" if before else ""),
        expires_at=before.expires_at if before else None,
    )
