"""Noting what somebody said about being reached. Nothing is ever overwritten; a later word is a later row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from headhaul.compliance.choices import RETRACTION, ConsentChannel, ConsentStatus
from headhaul.compliance.judging import rules
from headhaul.compliance.judging.folding import fold
from headhaul.compliance.judging.words import Said
from headhaul.compliance.models import ConsentEvent
from headhaul.compliance.selectors import facts
from headhaul.compliance.services import mirroring
from headhaul.kernel import Actor, Conflict, InvalidData, NotFound

AHEAD = timedelta(minutes=5)  # clocks differ a little
UNDO = timedelta(minutes=30)
"""How long whoever noted a refusal can take it back as a wrong click."""


class NotTheLastWord(Conflict):
    """Something was said after it; the message says what to do."""

    code = "not_the_last_word"


class RefusalStands(Conflict):
    """A refusal is not taken back like a wrong click any more; the message says what is the way."""

    code = "refusal_stands"


@dataclass(frozen=True, slots=True)
class Word:
    """Something that was said: by an address, on a channel.

    `contact_ids`: the people who said it, where they are known. What they refuse is denied of them, too, whatever
    other addresses they have or get.
    """

    address: str
    channel: ConsentChannel
    status: ConsentStatus
    basis: str = ""
    source: str = ""
    evidence: str = ""
    captured_at: datetime | None = None
    expires_at: datetime | None = None
    contact_ids: tuple[int, ...] = ()


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
    people = {row.pk: word.contact_ids for row, word in zip(made, words, strict=True)}
    mirroring.deny(made, people=people, at=at, by=by)
    return [row.pk for row in made]


def retract(*, event_ids: Sequence[int], at: datetime, by: Actor) -> list[int]:
    """Take back what was noted by mistake: what held before is said again, as a new event of its own.

    Raises NotTheLastWord when something was said since: then that stands. Raises RefusalStands for a refusal, unless
    whoever noted it does so at once.
    """
    found = {event.pk: event for event in ConsentEvent.objects.filter(pk__in=event_ids)}
    if len(found) != len(set(event_ids)):
        raise NotFound("There is no such consent event.", fields={"eventIds": "unknown"})
    events = [found[key] for key in dict.fromkeys(event_ids)]
    for event in events:
        check_can_retract(event, at=at, by=by)
        said = ConsentEvent.objects.filter(address=event.address, channel=event.channel)
        last = said.order_by("-captured_at", "-recorded_at", "-pk").first()
        if last is None or last.pk != event.pk:
            raise NotTheLastWord("Something else was said since. Note what holds now instead.")
    return take_back(events, at=at, by=by)


def check_can_retract(event: ConsentEvent, *, at: datetime, by: Actor) -> None:
    """Raise RefusalStands for a refusal that somebody else noted, that came in by itself, or that is no click ago."""
    is_author = by.user_id is not None and event.captured_by_id == by.user_id
    if ConsentStatus(event.status).denies and not (is_author and at - event.recorded_at <= UNDO):
        raise RefusalStands(
            f"A refusal is taken back only by whoever noted it, within {UNDO.seconds // 60} minutes. Otherwise an"
            " administrator lifts the denial with removeSuppression: it takes a reason, what proves it, and a day.",
            fields={"eventIds": "see listSuppressions"},
        )


def take_back(events: Sequence[ConsentEvent], *, at: datetime, by: Actor) -> list[int]:
    """Say again what holds without these, and end the denials that mirror them. Check before who does that."""
    words = [_again(event, at=at) for event in events]
    mirroring.take_back([event.pk for event in events], at=at, by=by)
    return record(words=words, at=at, by=by)


def _again(event: ConsentEvent, *, at: datetime) -> Word:
    """What held before: as the judge reads it. What he ignores cannot hide a refusal that came before it."""
    others = [said for said in facts.said(event.address, at=at) if said.id != event.pk]
    before = fold(others, event.channel, at=at, rules=rules.current()).denial or _last_yes(others, event.channel, at=at)
    return Word(
        address=event.address,
        channel=ConsentChannel(event.channel),
        status=ConsentStatus(before.status) if before else ConsentStatus.UNKNOWN,
        basis=before.basis if before else "",
        source=RETRACTION,
        evidence=f"Event {event.pk} was noted by mistake" + (f"; event {before.id} holds again" if before else ""),
        expires_at=before.expires_at if before else None,
    )


def _last_yes(said: Sequence[Said], channel: str, *, at: datetime) -> Said | None:
    last = next((each for each in reversed(said) if each.channel == channel), None)
    if last is None or ConsentStatus(last.status).denies or (last.expires_at is not None and last.expires_at <= at):
        return None
    return last
