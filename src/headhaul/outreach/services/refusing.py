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
    """Who does not want to be reached how, as they said it. `source` tells where, `said` are the words.

    `also` are further addresses that it speaks of: the one that was written to, when the answer came from another.
    `of_contact`: a person says whose wish it is, so that it holds for whatever address they have.
    """

    address: str
    channels: tuple[str, ...]
    source: str
    said: str
    why: str  # a sentence for whoever asks why a sequence ended
    also: tuple[str, ...] = ()
    of_contact: int | None = None

    @property
    def addresses(self) -> tuple[str, ...]:
        """All that it speaks of."""
        return tuple(dict.fromkeys((self.address, *self.also)))


def refuse(*, wish: Wish, people: Sequence[Contact], at: datetime, said_at: datetime | None = None) -> list[int]:
    """Deny the addresses on these channels, end the sequences of everybody who is reached by it, call off what waits.

    The people are denied too, on the same channels, whatever other addresses they have or get. Nobody can tell which
    of those who share an address said it: all of them are meant. Only whoever says no more than "wrong number" is
    somebody else, and the people keep their other numbers. The numbers of the denials.
    """
    meant = () if wish.said.strip(" .!").casefold() == SOMEBODY_ELSE else people
    persons = {person.pk for person in meant} | ({wish.of_contact} - {None})
    denied = [*((Scope.ADDRESS, each) for each in wish.addresses), *((Scope.CONTACT, str(each)) for each in persons)]
    denials = [_denial(scope, key, channel, wish) for channel in wish.channels for scope, key in denied]
    made = suppression.add_many(denials=denials, at=at, by=SYSTEM, notes=False)
    words = [_word(wish, each, channel, said_at or at) for each in wish.addresses for channel in wish.channels]
    consent.record(words=words, at=at, by=SYSTEM)
    for each in wish.addresses:
        stop(people=people, address=each, channels=wish.channels, why=wish.why, at=at)
    return made


def stop(*, people: Iterable[Contact], address: str, channels: Sequence[str], why: str, at: datetime) -> None:
    """End their sequences, and call off whatever waits for the address on these channels."""
    for person in people:
        stops.stop_contact(contact_id=person.pk, reason=EnrolmentState.OPTED_OUT, at=at, why=why)
    for channel in [str(each) for each in Channel] if ALL in channels else channels:
        outbox.cancel(address=address, channel=channel, reason=why, code="opted_out", at=at)


def _denial(scope: Scope, key: str, channel: str, wish: Wish) -> Denial:
    return Denial(scope, key, ConsentChannel(channel), SuppressionReason.OPT_OUT, wish.source, wish.said)


def _word(wish: Wish, address: str, channel: str, said_at: datetime) -> Word:
    return Word(
        address=address,
        channel=ConsentChannel(channel),
        status=ConsentStatus.REVOKED,
        source=wish.source,
        evidence=wish.said,
        captured_at=said_at,
    )
