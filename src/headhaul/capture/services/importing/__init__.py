"""Leads and the sources they came from, out of files and of another system's tables; and back."""

from __future__ import annotations

from headhaul.accounts.ports import imports as ports
from headhaul.capture.services.importing import outgoing
from headhaul.capture.services.importing.keeping import (
    EventKeeper,
    LeadKeeper,
    SourceKeeper,
    TouchKeeper,
)
from headhaul.capture.services.importing.leads import Leads
from headhaul.capture.services.importing.touches import LeadTouches


def register() -> None:
    """Both can be imported, taken back, and leave under the plan's column names."""
    ports.register(Leads(), LeadKeeper(), EventKeeper(), SourceKeeper())
    ports.register(LeadTouches(), TouchKeeper())
    ports.register_outgoing("leads", "lead", outgoing.leads)
    ports.register_outgoing("leadTouches", "leadTouch", outgoing.touches)
