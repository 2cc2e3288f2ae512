"""What people outside do by themselves."""

from __future__ import annotations

from headhaul.capture.schemas.forms import LeadFormSubmitted, SubmitLeadForm
from headhaul.capture.services import form_taking
from headhaul.kernel import Call, Role, action


@action(
    "submitLeadForm",
    reply="leadFormSubmitted",
    role=Role.ADMIN,
    writes=True,
    system_only=True,
    target=lambda given, answer: ("lead", str(answer.lead_id if answer else "")),
    final="What was sent is kept as the proof of what they agreed to. Disqualify the lead; retract the consent.",
)
def submit_lead_form(call: Call, data: SubmitLeadForm) -> LeadFormSubmitted:
    """Take down what somebody filled in on a public form, or hold it back where it looks like junk."""
    lead, status = form_taking.take(sent=data, at=call.at, by=call.actor)
    return LeadFormSubmitted(status=status, lead_id=lead.pk)
