"""Taking leads down, and asking what one would score."""

from __future__ import annotations

from collections import Counter
from typing import Any

from headhaul.capture.choices import CaptureStatus, LeadDoor
from headhaul.capture.schemas.leads import (
    CaptureLead,
    CaptureLeads,
    LeadCaptured,
    LeadsCaptured,
    LeadScored,
    ScoreLead,
)
from headhaul.capture.selectors import leads
from headhaul.capture.services import asking, capturing, syncing
from headhaul.kernel import Call, Door, Role, action

FINAL = (
    "A capture is kept, as it is the proof of what was said. Disqualify the lead, and change the account, the contact,"
    " the task or the opportunity each by itself; consent is withdrawn with retractConsent."
)


def _door(call: Call) -> LeadDoor:
    return LeadDoor.CONSOLE if call.door is Door.CONSOLE else LeadDoor.API


def _of_lead(given: Any, answer: Any) -> tuple[str, str]:
    """The lead an action was about, for the audit."""
    key = getattr(answer, "lead_id", None) or getattr(answer, "id", None) or getattr(given, "lead_id", None)
    return "lead", str(key or getattr(given, "client_id", ""))


@action("captureLead", reply="leadCaptured", role=Role.REP, writes=True, target=_of_lead, final=FINAL)
def capture_lead(call: Call, data: CaptureLead) -> LeadCaptured:
    """Take a lead down: account, contact, consent, touch, note, task, score, owner, and for a hot one an opportunity.

    All of it or nothing. What is known already is joined and only filled in where it was empty. The same `clientId`
    with the same data is the same lead, however often it is sent: the first answer is given again. With other data, or
    from somebody else, it is refused as a conflict.
    """
    done = capturing.capture(asked=data, door=_door(call), at=call.at, by=call.actor)
    return leads.answer(done.lead, client_id=done.client_id, status=done.status)


@action(
    "captureLeads",
    reply="leadsCaptured",
    role=Role.REP,
    writes=True,
    target=lambda given, answer: ("lead", ""),
    final=FINAL,
)
def capture_leads(call: Call, data: CaptureLeads) -> LeadsCaptured:
    """Take down up to 100 leads that waited on a device, each by itself and only once; faults come back one by one."""
    items = syncing.take(
        items=data.items,
        device_now=data.device_now,
        door=_door(call),
        at=call.at,
        by=call.actor,
        request_id=call.request_id,
    )
    counts = Counter(item.lead.status for item in items if item.lead)
    return LeadsCaptured(
        items=items,
        created=counts[CaptureStatus.CREATED],
        already=counts[CaptureStatus.ALREADY],
        joined=counts[CaptureStatus.JOINED],
        failed=sum(item.fault is not None for item in items),
    )


@action("scoreLead", reply="leadScored", role=Role.VIEWER)
def score_lead(call: Call, data: ScoreLead) -> LeadScored:
    """What a lead would score now, with reasons and what would make it hot; nothing is written."""
    return asking.score(asked=data, at=call.at, by=call.actor)
