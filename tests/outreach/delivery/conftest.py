"""A firm that may send, and people who may be reached at this hour."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from headhaul.accounts.models import Contact
from headhaul.compliance.preferences import Caps, Firm
from headhaul.kernel import SYSTEM, Actor
from headhaul.outreach.choices import Channel
from headhaul.outreach.models import Message
from headhaul.outreach.schemas.drafts import Draft
from headhaul.outreach.services import outbox
from headhaul.outreach.services.clocks import StandingClock
from headhaul.outreach.services.delivering import Delivered, deliver_due
from headhaul.preferences.services.values import save
from tests.factories import outreach

NOW = datetime(2026, 11, 18, 17, 0, tzinfo=UTC)  # a Wednesday, eleven in Chicago
Plan = Callable[..., Message]


@pytest.fixture(autouse=True)
def firm(db: None) -> None:
    """It has a name, a postal address, and room for more messages to one address than usual."""
    save(
        section=Firm,
        values={"name": "Headhaul Recruiting", "postalAddress": "100 Main St, Dallas, TX 75201"},
        expected_version=0,
        by=SYSTEM,
        at=NOW,
    )
    save(section=Caps, values={"recipientEmail": 20, "recipientSms": 20}, expected_version=0, by=SYSTEM, at=NOW)


@pytest.fixture
def dana(rosa: Actor) -> Contact:
    """Somebody in Chicago who agreed to everything."""
    person = outreach.contact(outreach.account("Lone Star Reefer", owner=rosa, state="TX"), name="Dana Ortiz")
    outreach.says_yes(person, "email", "sms", "call", at=NOW - timedelta(days=3))
    return person


@pytest.fixture
def plan(dana: Contact, rosa: Actor) -> Plan:
    """Plan a message to Dana, or to somebody else."""

    def planned(key: str = "one", *, to: Contact = dana, channel: str = "email", **fields: Any) -> Message:
        values: dict[str, Any] = {
            "dedupe_key": key,
            "channel": Channel(channel),
            "address": outreach.address_of(to, channel),
            "subject": "Drivers for Lone Star" if channel == "email" else "",
            "text": "Hi Dana, are you short of reefer drivers this month?",
            "contact_id": to.pk,
            "account_id": to.account_id,
            "user_id": rosa.user_id,
            "due_at": NOW,
        }
        return outbox.plan(draft=Draft(**values | fields), at=NOW)

    return planned


def deliver(at: datetime = NOW, *, limit: int = 100, owner: str = "test") -> Delivered:
    """One run of a worker at a moment."""
    return deliver_due(clock=StandingClock(at), limit=limit, owner=owner)
