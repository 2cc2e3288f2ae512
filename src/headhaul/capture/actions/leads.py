"""The queue of leads, and what people do with them."""

from __future__ import annotations

from headhaul.capture.actions.capture import _of_lead
from headhaul.capture.schemas.leads import (
    DisqualifyLead,
    GetLead,
    GetLeadQueue,
    HeldLeadsPruned,
    KeepHeldLead,
    LeadDetail,
    LeadsPage,
    PruneHeldLeads,
    ReleaseLead,
    ReopenLead,
    UpdateLead,
)
from headhaul.capture.selectors import leads
from headhaul.capture.services import editing, held, releasing
from headhaul.kernel import Call, InvalidData, Role, action


@action("getLeadQueue", reply="leadQueueLoaded", role=Role.VIEWER)
def get_lead_queue(call: Call, data: GetLeadQueue) -> LeadsPage:
    """Leads that wait, hot ones first, with until when somebody has to have tried to reach them."""
    return leads.queue(asked=data, at=call.at, by=call.actor)


@action("getLead", reply="leadLoaded", role=Role.VIEWER)
def get_lead(call: Call, data: GetLead) -> LeadDetail:
    """One lead: what was said, why it has its score, whose it is and why, what became of it."""
    if (data.lead_id is None) == (data.client_id is None):
        raise InvalidData("Name the lead by leadId or by clientId.", fields={"leadId": "one of the two"})
    lead_id = data.lead_id or leads.id_of(client_id=data.client_id, by=call.actor)
    return leads.one(lead_id=lead_id, at=call.at, by=call.actor)


@action("updateLead", reply="leadUpdated", role=Role.REP, writes=True, target=_of_lead, undo="updateLead")
def update_lead(call: Call, data: UpdateLead) -> LeadDetail:
    """Change how far a lead is, whose it is, its note and tags, unless somebody was faster."""
    values = {name: getattr(data, name) for name in data.model_fields_set if name not in ("lead_id", "version")}
    lead, back = editing.update(lead_id=data.lead_id, version=data.version, values=values, at=call.at, by=call.actor)
    if back:
        call.undo_with("updateLead", {"leadId": lead.pk, "version": lead.version, **back})
    return leads.one(lead_id=lead.pk, at=call.at, by=call.actor)


@action("disqualifyLead", reply="leadDisqualified", role=Role.REP, writes=True, target=_of_lead, undo="reopenLead")
def disqualify_lead(call: Call, data: DisqualifyLead) -> LeadDetail:
    """Go on no further with a lead, and say why. Its account and opportunity stay as they are."""
    lead = editing.disqualify(lead_id=data.lead_id, version=data.version, reason=data.reason, at=call.at, by=call.actor)
    call.undo_with("reopenLead", {"leadId": lead.pk, "version": lead.version})
    return leads.one(lead_id=lead.pk, at=call.at, by=call.actor)


@action("reopenLead", reply="leadReopened", role=Role.REP, writes=True, target=_of_lead, undo="disqualifyLead")
def reopen_lead(call: Call, data: ReopenLead) -> LeadDetail:
    """Work on a lead after all that was disqualified."""
    lead, reason = editing.reopen(lead_id=data.lead_id, version=data.version, at=call.at, by=call.actor)
    call.undo_with("disqualifyLead", {"leadId": lead.pk, "version": lead.version, "reason": reason})
    return leads.one(lead_id=lead.pk, at=call.at, by=call.actor)


@action(
    "releaseLead",
    reply="leadReleased",
    role=Role.REP,
    writes=True,
    target=_of_lead,
    final="What a lead brings with it is made when it is released. Disqualify it if it was junk after all.",
)
def release_lead(call: Call, data: ReleaseLead) -> LeadDetail:
    """Take a lead that was held back as junk for what it is: account, contact, score, owner, as if it came just now."""
    lead = releasing.release(lead_id=data.lead_id, at=call.at, by=call.actor)
    return leads.one(lead_id=lead.pk, at=call.at, by=call.actor)


@action("keepHeldLead", reply="heldLeadKept", role=Role.REP, writes=True, target=_of_lead, undo="keepHeldLead")
def keep_held_lead(call: Call, data: KeepHeldLead) -> LeadDetail:
    """Keep what was held back as junk beyond its time, to look into it; or leave it to be removed again."""
    lead = held.keep(lead_id=data.lead_id, is_kept=data.keep, at=call.at, by=call.actor)
    call.undo_with("keepHeldLead", {"leadId": lead.pk, "keep": not data.keep})
    return leads.one(lead_id=lead.pk, at=call.at, by=call.actor)


@action(
    "pruneHeldLeads",
    reply="heldLeadsPruned",
    role=Role.ADMIN,
    writes=True,
    system_only=True,
    changed=lambda answer: answer.removed > 0,
    target=lambda given, answer: ("held_leads", f"{answer.removed} removed" if answer else ""),
    final="What was junk and has served its time is gone for good.",
)
def prune_held_leads(call: Call, data: PruneHeldLeads) -> HeldLeadsPruned:
    """Remove what was held back as junk for as long as the settings say and nobody has looked into."""
    return held.prune_some(at=call.at)
