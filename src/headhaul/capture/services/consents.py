"""What somebody agreed to when they were taken down, noted in compliance for the addresses they gave."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from headhaul.capture.choices import LeadDoor
from headhaul.capture.errors import NoWording
from headhaul.capture.models import CaptureEvent
from headhaul.capture.schemas.leads import ConsentGiven
from headhaul.capture.services.given import Given
from headhaul.compliance.choices import ConsentChannel, ConsentStatus
from headhaul.compliance.models import ConsentEvent
from headhaul.compliance.selectors.folded import folded
from headhaul.compliance.services import consent, suppression
from headhaul.compliance.services.consent import Word
from headhaul.kernel import SYSTEM, Actor

_BEFORE = timedelta(microseconds=1)
_REFUSALS = [status.value for status in ConsentStatus if status.denies]
CHANNELS = (ConsentChannel.EMAIL, ConsentChannel.SMS, ConsentChannel.CALL)


@dataclass(frozen=True, slots=True)
class Agreed:
    """When they agreed: `at` by our reckoning, `claimed` by the device's clock, and why that is not believed."""

    at: datetime
    claimed: datetime | None = None
    doubt: str = ""


def wording_of(said: ConsentGiven, event: CaptureEvent | None) -> str:
    """The words they agreed to. NoWording when nobody knows them: such a yes would prove nothing."""
    words = said.wording or (event.consent_wording if event else "")
    if not words:
        raise NoWording(
            "Say what they agreed to, word for word.",
            fields={"consent.wording": "the words that were read or shown to them, or set them at the event"},
        )
    return words


def note(
    *,
    said: ConsentGiven | None,
    given: Given,
    event: CaptureEvent | None,
    door: LeadDoor,
    agreed: Agreed,
    at: datetime,
    by: Actor,
    origin: str = "",
    past: str = "",
    is_own: bool = False,
    owners: Mapping[str, Collection[int]] | None = None,
) -> dict[str, Any]:
    """Record it, and what a lead keeps of it: channels, wording, where, the events' ids, what had no address.

    `origin` is where a form was filled in from, `past` from where it was brought as history. A form is their own word;
    a booth's is what a colleague says they said. `is_own`: they sent it themselves and nobody of ours had a hand in it:
    then it also ends their own opt-out of these channels. `owners`: who had each address before.
    """
    channels = [channel for channel in CHANNELS if said is not None and getattr(said, channel.value)]
    if said is None or not channels:
        return {}
    words = wording_of(said, event)
    is_form = door is LeadDoor.FORM
    written = said.is_written or is_form
    place = event.name if event else "no event"
    source = f"web form: {place}" if is_form else f"lead capture: {place}"
    who = f"as {past} has it, brought in by {by.label}" if past else f"taken down by {by.label}"
    who = "by themselves" if is_form else who
    how = "ticked on the form" if is_form else "ticked or signed by them" if said.is_written else "said"
    evidence = (
        f"“{words}” — {how} at {place}{_on(agreed)}, {who}{f', from {origin}' if origin else ''}.{_doubted(agreed, at)}"
    )
    pairs = [
        (channel, address)
        for channel in channels
        for address in (given.emails if channel is ConsentChannel.EMAIL else given.numbers)
    ]
    ids = consent.record(
        words=[
            Word(
                address=address,
                channel=channel,
                status=ConsentStatus.OPTED_IN,
                basis="express_written" if written else "express",
                source=source[:200],
                evidence=evidence,
                captured_at=_dated(address, channel, agreed),
            )
            for channel, address in pairs
        ],
        at=at,
        by=by,
    )
    without = [channel.value for channel in channels if channel not in {each for each, _ in pairs}]
    if is_own and is_form:
        _bring_back(pairs, ids, agreed=agreed, source=source, evidence=evidence, owners=owners or {}, at=at)
    return {
        "channels": [channel.value for channel in channels],
        "wording": words,
        "isWritten": written,
        "at": agreed.at.isoformat(),
        "events": ids,
        "withoutAddress": without,
    } | ({"claimedAt": agreed.claimed.isoformat(), "doubt": agreed.doubt} if agreed.doubt and agreed.claimed else {})


def _bring_back(
    pairs: Sequence[tuple[ConsentChannel, str]],
    events: Sequence[int],
    *,
    agreed: Agreed,
    source: str,
    evidence: str,
    owners: Mapping[str, Collection[int]],
    at: datetime,
) -> None:
    """End what a former opt-out of theirs denies where their new yes is what the judge reads.

    As after START, a complaint, a do-not-call request, a bounce, or a word against every way stays as it is: they need
    more than a form, to which anybody can enter an address. So does a person's opt-out at an address that they had not
    had.
    """
    for (channel, address), event in zip(pairs, events, strict=True):
        grant = folded(address, channel, at=at).grant
        if grant is None or grant.id != event or folded(address, ConsentChannel.ALL, at=at).denial is not None:
            continue
        suppression.welcome_back(
            address=address,
            channel=channel,
            evidence=evidence,
            source=source[:200],
            contact_ids=sorted(owners.get(address, ())),
            said_at=agreed.at,
            at=at,
            by=SYSTEM,
        )


def _on(agreed: Agreed) -> str:
    return "" if agreed.doubt else f" on {agreed.at:%Y-%m-%d %H:%M} UTC"


def _doubted(agreed: Agreed, at: datetime) -> str:
    if not agreed.doubt or agreed.claimed is None:
        return ""
    return (
        f" We were told on {at:%Y-%m-%d %H:%M} UTC. The device says {agreed.claimed:%Y-%m-%d %H:%M} UTC, which is not"
        f" believed: {agreed.doubt}. So it lifts no refusal."
    )


def _dated(address: str, channel: ConsentChannel, agreed: Agreed) -> datetime:
    """When it counts from. A yes of a time that nobody knows stands before every no that is known."""
    if not agreed.doubt:
        return agreed.at
    known = ConsentEvent.objects.filter(
        address=address,
        channel__in=[channel.value, ConsentChannel.ALL.value],
        status__in=_REFUSALS,
        captured_at__lte=agreed.at,
    )
    first = known.order_by("captured_at").values_list("captured_at", flat=True).first()
    return agreed.at if first is None else first - _BEFORE
