"""What was held back as junk and is none: taken down as what it is, under its own id, with the time it came."""

from __future__ import annotations

from datetime import datetime

from headhaul.capture.choices import LeadDoor
from headhaul.capture.errors import LeadState
from headhaul.capture.models import Lead
from headhaul.capture.schemas.leads import CaptureLead, ConsentGiven
from headhaul.capture.services import capturing, editing
from headhaul.kernel import Actor


def release(*, lead_id: int, at: datetime, by: Actor) -> Lead:
    """Do all that a capture does, as if it came by the form just now: whoever releases it is no more than that.

    LeadState for what is no junk.
    """
    lead = editing.lock(lead_id, by=by)
    if not lead.is_spam:
        raise LeadState("This lead is not held back as junk.")
    typed = {name: value for name, value in lead.as_given.items() if name not in ("capturedAt", "deviceNow")}
    asked = CaptureLead.model_validate({**typed, "clientId": str(lead.client_id), "wasOffline": True})
    said = lead.consent.get("asked")
    asked = asked.model_copy(update={"consent": ConsentGiven.model_validate(said) if said else None})
    origin = lead.consent.get("origin", "")
    done = capturing.capture(
        asked=asked,
        door=LeadDoor.FORM,
        at=at,
        by=by,
        origin=f"address {origin}" if origin else "",
        released=lead,
        rep_id=lead.match.get("rep"),
    )
    return done.lead
