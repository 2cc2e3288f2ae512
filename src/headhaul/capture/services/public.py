"""The public form: whoever fills it in is a lead like any other, unless it looks like junk, which is held back.

What is cheap comes first: ten thousand posts of a machine cost a count each, and make no account.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import structlog

from headhaul import preferences
from headhaul.actions import dispatch
from headhaul.capture.models import CaptureEvent, Lead
from headhaul.capture.preferences import FormFrames, PublicForms
from headhaul.capture.schemas.forms import FormPage, PublicLead, PublicLeadTaken
from headhaul.capture.services import events, form_taking, forms, given, suspicion, tickets
from headhaul.kernel import Actor, ActorKind, Door, InvalidData, Role, TooManyRequests

log = structlog.get_logger(__name__)

FORM = Actor(kind=ActorKind.SYSTEM, name="Public form", role=Role.ADMIN)
"""On whose behalf forms are taken: nobody of ours, with the reach of the system."""
THANKS = "Thank you. We will be in touch."


def page(*, public_key: str, at: datetime) -> FormPage:
    """What the page shows. FormIsClosed for a key of no open form."""
    event = events.of_key(public_key)
    return FormPage(
        event_id=event.pk,
        event=event.name,
        consent_wording=event.consent_wording,
        ticket=tickets.issue(event_id=event.pk, at=at),
    )


def sites(*, public_key: str) -> list[str]:
    """Whose pages may show this form: the event's own list where it has one, or else the general one."""
    own = CaptureEvent.objects.filter(public_key=public_key).values_list("form_sites", flat=True).first()
    return preferences.get(FormFrames).sites if own is None else own


def submit(*, public_key: str, sent: PublicLead, address: str, at: datetime) -> PublicLeadTaken:
    """Take it down, or hold it back for somebody to look through. `address` is where it came from; only its hash stays.

    Here is only counted and judged: what gets through is `submitLeadForm`, and so in the audit like every write. What
    a flood leaves over, and what is sent back to be put right, writes nothing but counts.
    Raises FormIsClosed, TooManyRequests, and InvalidData that names the field. Not to be called within a transaction:
    counts are kept also of what is refused.
    """
    event = events.of_key(public_key)
    chosen = preferences.get(PublicForms)
    origin = forms.origin(address)
    against = _counted_against(sent, event, origin, chosen=chosen, at=at)
    if against:
        if not _has_room(sent, event, most=chosen.suspicious_an_hour, at=at):
            return PublicLeadTaken(status="held", lead_id=None, thanks=THANKS)
    else:
        _check_fresh(sent, hours=chosen.hours_open, at=at)
        given.check_names_somebody(given.read(form_taking.asked_by(sent, event)))
        _check_can_answer(sent)
        if forms.use([f"event:{event.pk}"], at=at)[f"event:{event.pk}"] > chosen.per_event_hour:
            raise _too_many(at)
    data = sent.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    data |= {"publicKey": public_key, "origin": origin, "against": against}
    done: Any = dispatch("submitLeadForm", data, actor=FORM, at=at, door=Door.PUBLIC).payload
    return PublicLeadTaken(status=done.status, lead_id=None if against else done.lead_id, thanks=THANKS)


def _counted_against(
    sent: PublicLead, event: CaptureEvent, origin: str, *, chosen: PublicForms, at: datetime
) -> list[str]:
    """What looks like junk in it, by itself and by how often it came. TooManyRequests for an address that sends on."""
    against = suspicion.reasons(
        sent,
        ticket=tickets.read(sent.ticket),
        event_id=event.pk,
        fewest_seconds=chosen.fewest_seconds,
        most_links=chosen.most_links,
        at=at,
    )
    text = "" if against else f"text:{form_taking.digest(sent, event)}"  # junk as it is needs no count of its own
    counts = forms.use([key for key in (f"from:{origin}", text) if key], at=at)
    if counts[f"from:{origin}"] > chosen.per_address_hour:
        raise _too_many(at)
    if text and counts[text] > suspicion.MOST_SAME:
        against.append("The same was sent several times within an hour.")
    return against


def _has_room(sent: PublicLead, event: CaptureEvent, *, most: int, at: datetime) -> bool:
    """Whether junk is kept to look through. What is there already, and what a flood leaves over, is only counted."""
    is_there = Lead.objects.filter(client_id=form_taking.client_id(sent, event)).exists()
    held = 0 if is_there else forms.use([f"held:{event.pk}"], at=at)[f"held:{event.pk}"]
    if not is_there and held <= most:
        return True
    forms.use([f"{forms.DROPPED}{event.pk}"], at=at)
    if held % 1_000 == 1:  # a flood must not fill the log either
        log.info("form_junk_dropped", event_id=event.pk, this_hour=held)
    return False


def _check_can_answer(sent: PublicLead) -> None:
    if not sent.email and not sent.phone:
        said = "an e-mail address or a telephone number"
        raise InvalidData("Say how we can reach you.", fields={"email": said, "phone": said})


def _check_fresh(sent: PublicLead, *, hours: int, at: datetime) -> None:
    ticket = tickets.read(sent.ticket)
    if ticket is None or at - ticket.opened_at > timedelta(hours=hours):
        raise InvalidData("The page stood open too long. Please send it once more.", fields={"ticket": "a fresh page"})


def _too_many(at: datetime) -> TooManyRequests:
    left = forms.seconds_left(at)
    said = f"Too many forms were sent within an hour. Please try again in {max(1, left // 60)} minutes."
    return TooManyRequests(said, retry_after=left)
