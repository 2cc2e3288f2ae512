"""The public form: whoever fills it in is a lead like any other, unless it looks like junk, which is held back.

What is cheap comes first: ten thousand posts of a machine cost a count each, and make no account.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import structlog
from django.db import transaction

from headhaul import preferences
from headhaul.capture.choices import LeadDoor
from headhaul.capture.models import CaptureEvent, Lead
from headhaul.capture.preferences import PublicForms
from headhaul.capture.schemas.forms import FormPage, PublicLead, PublicLeadTaken
from headhaul.capture.schemas.leads import CaptureLead, ConsentGiven
from headhaul.capture.services import capturing, events, forms, given, suspicion, tickets
from headhaul.capture.services.tickets import Ticket
from headhaul.kernel import Actor, ActorKind, InvalidData, Role, TooManyRequests

log = structlog.get_logger(__name__)

FORM = Actor(kind=ActorKind.SYSTEM, name="Public form", role=Role.ADMIN)
"""On whose behalf forms are taken: nobody of ours, with the reach of the system."""
THANKS = "Thank you. We will be in touch."
_NAMES = uuid.UUID("6f3b7a52-3c0d-4f0e-9d55-0b8f3b1f8a11")


def page(*, public_key: str, at: datetime) -> FormPage:
    """What the page shows. FormIsClosed for a key of no open form."""
    event = events.of_key(public_key)
    return FormPage(
        event_id=event.pk,
        event=event.name,
        consent_wording=event.consent_wording,
        ticket=tickets.issue(event_id=event.pk, at=at),
    )


def submit(*, public_key: str, sent: PublicLead, address: str, at: datetime) -> PublicLeadTaken:
    """Take it down, or hold it back for somebody to look through. `address` is where it came from; only its hash stays.

    Raises FormIsClosed, TooManyRequests, and InvalidData that names the field. Not to be called within a transaction:
    counts are kept also of what is refused.
    """
    event = events.of_key(public_key)
    chosen = preferences.get(PublicForms)
    ticket = tickets.read(sent.ticket)
    against = suspicion.reasons(
        sent,
        ticket=ticket,
        event_id=event.pk,
        fewest_seconds=chosen.fewest_seconds,
        most_links=chosen.most_links,
        at=at,
    )
    digest, origin = _digest(sent, event), forms.hashed(address)
    counts = forms.use([f"from:{origin}", f"text:{digest}"], at=at)
    if counts[f"from:{origin}"] > chosen.per_address_hour:
        raise _too_many(at)
    if counts[f"text:{digest}"] > suspicion.MOST_SAME:
        against.append("The same was sent several times within an hour.")
    asked = _asked(sent, event, client_id=_client_id(ticket, digest))
    if not against and ticket is not None:
        _check_fresh(ticket, hours=chosen.hours_open, at=at)
        given.check_names_somebody(given.read(asked))
        _check_can_answer(sent)
        if forms.use([f"event:{event.pk}"], at=at)[f"event:{event.pk}"] > chosen.per_event_hour:
            raise _too_many(at)
        with transaction.atomic():
            done = capturing.capture(
                asked=asked,
                door=LeadDoor.FORM,
                at=at,
                by=FORM,
                origin=f"address {origin}",
                rep_id=tickets.rep_of(sent.rep),
            )
        return PublicLeadTaken(status="taken", lead_id=done.lead.pk, thanks=THANKS)
    _hold(asked, event, against, origin=origin, most=chosen.suspicious_an_hour, at=at)
    return PublicLeadTaken(status="held", lead_id=None, thanks=THANKS)


def _hold(asked: CaptureLead, event: CaptureEvent, against: list[str], *, origin: str, most: int, at: datetime) -> None:
    """Keep it to look through: no account, no contact, no consent, no score. A flood is counted and not kept."""
    held = forms.use([f"held:{event.pk}"], at=at)[f"held:{event.pk}"]
    if held > most:
        forms.use([f"dropped:{event.pk}"], at=at)
        log.info("form_junk_dropped", event_id=event.pk, this_hour=held)
        return
    row = Lead(
        client_id=asked.client_id,
        event=event,
        source=event.source,
        medium=event.source.medium,
        campaign=event.campaign,
        captured_at=at,
        received_at=at,
        as_given=given.typed(asked),
        note=asked.note,
        door=LeadDoor.FORM,
        consent={"asked": asked.consent.model_dump(by_alias=True) if asked.consent else None, "origin": origin},
        match={"addresses": _addresses(asked)},  # in one spelling, to find them by when somebody is to be forgotten
        is_spam=True,
        spam_reasons=against,
        updated_at=at,
    )
    Lead.objects.bulk_create([row], ignore_conflicts=True)


def _asked(sent: PublicLead, event: CaptureEvent, *, client_id: uuid.UUID) -> CaptureLead:
    agreed = {"email": sent.agrees_email, "sms": sent.agrees_sms, "call": sent.agrees_call}
    has_words = bool(event.consent_wording) and any(agreed.values())
    consent = ConsentGiven(**agreed, wording=event.consent_wording, is_written=True) if has_words else None
    return CaptureLead(
        client_id=client_id,
        event_id=event.pk,
        company=sent.company,
        dot_number=sent.dot_number,
        state=sent.state,
        fleet_size=sent.fleet_size,
        contact_name=sent.name,
        title=sent.title,
        emails=[sent.email] if sent.email else [],
        phones=[sent.phone] if sent.phone else [],
        note=sent.message,
        consent=consent,
    )


def _addresses(asked: CaptureLead) -> list[str]:
    read = given.read(asked, is_tolerant=True)
    return [*read.emails, *read.numbers]


def _check_can_answer(sent: PublicLead) -> None:
    if not sent.email and not sent.phone:
        said = "an e-mail address or a telephone number"
        raise InvalidData("Say how we can reach you.", fields={"email": said, "phone": said})


def _check_fresh(ticket: Ticket, *, hours: int, at: datetime) -> None:
    if at - ticket.opened_at > timedelta(hours=hours):
        raise InvalidData("The page stood open too long. Please send it once more.", fields={"ticket": "a fresh page"})


def _too_many(at: datetime) -> TooManyRequests:
    left = forms.seconds_left(at)
    said = f"Too many forms were sent within an hour. Please try again in {max(1, left // 60)} minutes."
    return TooManyRequests(said, retry_after=left)


def _digest(sent: PublicLead, event: CaptureEvent) -> str:
    return forms.hashed(f"{event.pk}:{sent.model_dump_json(exclude={'ticket'})}")


def _client_id(ticket: Ticket | None, digest: str) -> uuid.UUID:
    """One page sent twice is one lead: a double click, a browser that tries again."""
    return uuid.uuid5(_NAMES, f"{ticket.nonce}:{digest}") if ticket else uuid.uuid4()
