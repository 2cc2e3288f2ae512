"""A filled-in form becomes a lead, or is held back: what the action does once the door has counted and judged."""

from __future__ import annotations

import hashlib
import uuid
from datetime import datetime
from typing import Literal

from headhaul.capture.choices import LeadDoor
from headhaul.capture.models import CaptureEvent, Lead
from headhaul.capture.schemas.forms import PublicLead, SubmitLeadForm
from headhaul.capture.schemas.leads import CaptureLead, ConsentGiven
from headhaul.capture.services import capturing, events, given, tickets
from headhaul.kernel import Actor

_NAMES = uuid.UUID("6f3b7a52-3c0d-4f0e-9d55-0b8f3b1f8a11")


def take(*, sent: SubmitLeadForm, at: datetime, by: Actor) -> tuple[Lead, Literal["taken", "held"]]:
    """All that a capture does; where something speaks against it no more than a row to look through."""
    event = events.of_key(sent.public_key)
    asked = asked_by(sent, event)
    if sent.against:
        return _hold(asked, event, sent, at=at), "held"
    done = capturing.capture(
        asked=asked,
        door=LeadDoor.FORM,
        at=at,
        by=by,
        origin=f"address {sent.origin}",
        rep_id=tickets.rep_of(sent.rep),
    )
    return done.lead, "taken"


def asked_by(sent: PublicLead, event: CaptureEvent) -> CaptureLead:
    """What was filled in as any other capture. One page sent twice is one lead: a double click, a second try."""
    agreed = {"email": sent.agrees_email, "sms": sent.agrees_sms, "call": sent.agrees_call}
    has_words = bool(event.consent_wording) and any(agreed.values())
    consent = ConsentGiven(**agreed, wording=event.consent_wording, is_written=True) if has_words else None
    return CaptureLead(
        client_id=client_id(sent, event),
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


def digest(sent: PublicLead, event: CaptureEvent) -> str:
    """The same for the same words at the same event."""
    said = sent.model_dump_json(include=set(PublicLead.model_fields) - {"ticket"})
    return hashlib.blake2b(f"{event.pk}:{said}".encode(), digest_size=12).hexdigest()


def client_id(sent: PublicLead, event: CaptureEvent) -> uuid.UUID:
    """One page sent twice has the same; what came by no page of ours has one of its own."""
    ticket = tickets.read(sent.ticket)
    return uuid.uuid5(_NAMES, f"{ticket.nonce}:{digest(sent, event)}") if ticket else uuid.uuid4()


def _hold(asked: CaptureLead, event: CaptureEvent, sent: SubmitLeadForm, *, at: datetime) -> Lead:
    """Keep it to look through: no account, no contact, no consent, no score."""
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
        consent={"asked": asked.consent.model_dump(by_alias=True) if asked.consent else None, "origin": sent.origin},
        match={"addresses": _addresses(asked)},  # in one spelling, to find them by when somebody is to be forgotten
        is_spam=True,
        spam_reasons=sent.against,
        updated_at=at,
    )
    Lead.objects.bulk_create([row], ignore_conflicts=True)
    return Lead.objects.get(client_id=asked.client_id)


def _addresses(asked: CaptureLead) -> list[str]:
    read = given.read(asked, is_tolerant=True)
    return [*read.emails, *read.numbers]
