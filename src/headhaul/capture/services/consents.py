"""What somebody agreed to when they were taken down, noted in compliance for the addresses they gave."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from headhaul.capture.choices import LeadDoor
from headhaul.capture.errors import NoWording
from headhaul.capture.models import CaptureEvent
from headhaul.capture.schemas.leads import ConsentGiven
from headhaul.capture.services.given import Given
from headhaul.compliance.choices import ConsentChannel, ConsentStatus
from headhaul.compliance.services import consent
from headhaul.compliance.services.consent import Word
from headhaul.kernel import Actor

CHANNELS = (ConsentChannel.EMAIL, ConsentChannel.SMS, ConsentChannel.CALL)


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
    when: datetime,
    at: datetime,
    by: Actor,
    origin: str = "",
    past: str = "",
) -> dict[str, Any]:
    """Record it, and what a lead keeps of it: channels, wording, where, the events' ids, what had no address.

    `origin` is where a form was filled in from, `past` from where it was brought as history. A form is their own word;
    a booth's is what a colleague says they said.
    """
    agreed = [channel for channel in CHANNELS if said is not None and getattr(said, channel.value)]
    if said is None or not agreed:
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
        f"“{words}” — {how} at {place} on {when:%Y-%m-%d %H:%M} UTC, {who}{f', from {origin}' if origin else ''}."
    )
    pairs = [
        (channel, address)
        for channel in agreed
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
                captured_at=when,
            )
            for channel, address in pairs
        ],
        at=at,
        by=by,
    )
    without = [channel.value for channel in agreed if channel not in {each for each, _ in pairs}]
    return {
        "channels": [channel.value for channel in agreed],
        "wording": words,
        "isWritten": written,
        "at": when.isoformat(),
        "events": ids,
        "withoutAddress": without,
    }
