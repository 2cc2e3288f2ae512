"""Everything for one call on one card."""

from __future__ import annotations

from datetime import datetime

from headhaul.kernel import Actor, NotFound
from headhaul.outreach.models import Call, CallCampaign
from headhaul.outreach.schemas.calls import CallCard
from headhaul.outreach.selectors.calls import calls, queue


def card(target_id: int, *, by: Actor, at: datetime) -> CallCard:
    """A target with its script, what was said before, and a call that was begun."""
    found = queue.one(target_id, by=by, at=at)
    if found is None:
        raise NotFound(f"There is no call target {target_id}.", fields={"targetId": "one of getCallQueue"})
    row, campaign = found.row, CallCampaign.objects.get(pk=found.row["call_campaign_id"])
    begun = Call.objects.filter(target_id=target_id, disposition="", user=by.user_id).order_by("-pk").first()
    return CallCard(
        target=queue.shown(found, at=at),
        script=row["say"] or campaign.script,
        script_version=None if row["say"] else campaign.script_version,
        taken_until=row["taken_until"],
        past=calls.past(row["contact_id"], but=begun.pk if begun else None),
        recording=calls.recording(found.recipient.states),
        call_id=begun.pk if begun else None,
    )
