"""What is known while a lead is taken down, and the row it becomes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from headhaul.accounts.models import Account, Contact
from headhaul.capture.choices import LeadDoor
from headhaul.capture.models import CaptureEvent, Lead, LeadSource
from headhaul.capture.schemas.leads import CaptureLead
from headhaul.capture.services import given, sameness
from headhaul.capture.services.consents import Agreed
from headhaul.capture.services.given import Given
from headhaul.kernel import Actor


@dataclass(slots=True)
class Taking:
    """What is known while a lead is taken down."""

    asked: CaptureLead
    said: Given
    door: LeadDoor
    event: CaptureEvent | None
    source: LeadSource
    medium: str
    campaign: str
    when: datetime
    agreed: Agreed
    clock_note: str
    at: datetime
    by: Actor
    origin: str = ""
    account: Account | None = None
    contact: Contact | None = None
    is_new: bool = False
    is_filled: bool = False  # the account or the contact learnt something
    match: dict[str, Any] = field(default_factory=dict)
    consent: dict[str, Any] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    released: Lead | None = None
    rep_id: int | None = None
    past: str = ""  # from where it was brought as history; "" when it happens now

    @property
    def capturer_id(self) -> int | None:
        """Whose lead it is but for rules: by whose code it came, else who takes it down; not who releases it."""
        return self.rep_id or (self.by.user_id if self.released is None else None)

    @property
    def is_present(self) -> bool:
        """Whether that is somebody who met them now."""
        return self.rep_id is None and self.capturer_id is not None


def stored(taking: Taking, **values: Any) -> Lead:
    """The row: a new one, or the one that was held back as junk."""
    if taking.released is None:
        return Lead.objects.create(**values)
    kept = taking.released
    lead = Lead(
        pk=kept.pk,
        **values
        | {
            "received_at": kept.received_at,
            "captured_by_id": None,
            "sent_digest": kept.sent_digest,
            "version": kept.version + 1,
        },
    )
    lead.save(force_update=True)
    return lead


def columns(taking: Taking) -> dict[str, Any]:
    """The columns that every lead has, also one that is somebody's double."""
    asked, account = taking.asked, taking.account
    return {
        "client_id": asked.client_id,
        "sent_digest": sameness.digest(asked, by=taking.by),
        "event": taking.event,
        "source": taking.source,
        "medium": taking.medium,
        "campaign": taking.campaign,
        "captured_at": taking.when,
        "received_at": taking.at,
        "clock_note": taking.clock_note,
        "captured_by_id": taking.by.user_id,
        "account": account,
        "contact": taking.contact,
        "dot_number": taking.said.dot_number or (account.dot_number if account else None),
        "as_given": given.typed(asked),
        "note": asked.note,
        "tags": taking.tags,
        "door": taking.door.value,
        "consent": taking.consent,
        "match": taking.match,
        "updated_at": taking.at,
    }
