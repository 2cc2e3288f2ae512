"""What follows from a refusal, all in the transaction that brings it: nothing goes there any more, by no path."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from headhaul.accounts.models import Contact
from headhaul.compliance.choices import ConsentChannel, ConsentStatus, Scope, SuppressionReason
from headhaul.compliance.services import consent, suppression
from headhaul.compliance.services.consent import Word
from headhaul.compliance.services.suppression import Denial
from headhaul.kernel import SYSTEM
from headhaul.outreach.choices import Channel, EnrolmentState
from headhaul.outreach.services import outbox, stops

ALL = ConsentChannel.ALL.value
SOMEBODY_ELSE = "wrong number"


@dataclass(frozen=True, slots=True)
class Wish:
    """Who does not want to be reached how, as they said it. `source` tells where, `said` are the words."""

    address: str
    channels: tuple[str, ...]
    source: str
    said: str
    why: str  # a sentence for whoever asks why a sequence ended


def refuse(*, wish: Wish, people: Sequence[Contact], at: datetime, said_at: datetime | None = None) -> list[int]:
    """Deny the address on these channels, end the sequences of everybody who is reached by it, call off what waits.

    The people are denied too, on the same channels, whatever other addresses they have or get. Nobody can tell which
    of those who share an address said it: all of them are meant. Only whoever says no more than "wrong number" is
    somebody else, and the people keep their other numbers. The numbers of the denials.
    """
    meant = () if wish.said.strip(" .!").casefold() == SOMEBODY_ELSE else people
    denials = [
        _denial(scope, key, channel, wish)
        for channel in wish.channels
        for scope, key in (
            (Scope.ADDRESS, wish.address),
            *((Scope.CONTACT, str(person.pk)) for person in meant),
        )
    ]
    made = suppression.add_many(denials=denials, at=at, by=SYSTEM, notes=False)
    consent.record(words=[_word(wish, channel, said_at or at) for channel in wish.channels], at=at, by=SYSTEM)
    stop(people=people, address=wish.address, channels=wish.channels, why=wish.why, at=at)
    return made


def stop(*, people: Iterable[Contact], address: str, channels: Sequence[str], why: str, at: datetime) -> None:
    """End their sequences, and call off whatever waits for the address on these channels."""
    for person in people:
        stops.stop_contact(contact_id=person.pk, reason=EnrolmentState.OPTED_OUT, at=at, why=why)
    for channel in [str(each) for each in Channel] if ALL in channels else channels:
        outbox.cancel(address=address, channel=channel, reason=why, code="opted_out", at=at)


def _denial(scope: Scope, key: str, channel: str, wish: Wish) -> Denial:
    return Denial(scope, key, ConsentChannel(channel), SuppressionReason.OPT_OUT, wish.source, wish.said)


def _word(wish: Wish, channel: str, said_at: datetime) -> Word:
    return Word(
        address=wish.address,
        channel=ConsentChannel(channel),
        status=ConsentStatus.REVOKED,
        source=wish.source,
        evidence=wish.said,
        captured_at=said_at,
    )
