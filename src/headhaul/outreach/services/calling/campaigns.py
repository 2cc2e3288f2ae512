"""Call campaigns: written, opened and closed; every script that was ever read out is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from headhaul.kernel import Actor, Conflict, InvalidData, NotFound, StaleVersion
from headhaul.outreach.choices import CampaignState
from headhaul.outreach.models import Call, CallCampaign, CallScript, CallTarget, Sequence
from headhaul.security.models import User

USUAL = {"tries": 3, "hours_between": 24}
NEXT_STATES: dict[CampaignState, frozenset[CampaignState]] = {
    CampaignState.DRAFT: frozenset({CampaignState.ACTIVE, CampaignState.FINISHED}),
    CampaignState.ACTIVE: frozenset({CampaignState.PAUSED, CampaignState.FINISHED}),
    CampaignState.PAUSED: frozenset({CampaignState.ACTIVE, CampaignState.FINISHED}),
    CampaignState.FINISHED: frozenset({CampaignState.ACTIVE, CampaignState.PAUSED, CampaignState.DRAFT}),
}


class StaleCallCampaign(StaleVersion):
    """Somebody changed it meanwhile."""

    code = "stale_call_campaign"


class CallCampaignExists(Conflict):
    """Another one has this name."""

    code = "call_campaign_exists"


class CallCampaignIsUsed(Conflict):
    """There are calls of it, which are kept."""

    code = "call_campaign_is_used"


class NotThisState(Conflict):
    """It cannot go from where it stands to there."""

    code = "not_this_state"


@dataclass(frozen=True, slots=True)
class Saved:
    """The campaign, and what was there before; nothing for a new one."""

    campaign: CallCampaign
    before: dict[str, Any] | None


def lock(call_campaign_id: int, *, version: int | None = None) -> CallCampaign:
    """The campaign, held until the transaction ends. StaleCallCampaign for another version than the current one."""
    found = CallCampaign.objects.select_for_update(of=("self",)).filter(pk=call_campaign_id).first()
    if found is None:
        raise NotFound(f"There is no call campaign {call_campaign_id}.", fields={"callCampaignId": "unknown"})
    if version is not None and version != found.version:
        said = f"{found.name} was changed meanwhile. Look at it again, then repeat your change."
        raise StaleCallCampaign(said, current=found.version)
    return found


def save(
    *, call_campaign_id: int | None, version: int | None, values: dict[str, Any], at: datetime, by: Actor
) -> Saved:
    """Write a campaign. `values` are by column, `tries` and `hours_between` among them; a new script is a version."""
    if call_campaign_id is None:
        if not values.get("name"):
            raise InvalidData("A call campaign has a name.", fields={"name": "what to call it"})
        campaign = CallCampaign(options=dict(USUAL), created_by_id=by.user_id, created_at=at, script_version=1)
        before = None
    else:
        campaign = lock(call_campaign_id, version=version)
        before = _values(campaign, values)
        campaign.version += 1
    if values.get("owner_id") is not None and not User.objects.filter(pk=values["owner_id"], is_active=True).exists():
        raise InvalidData("There is no such user.", fields={"ownerId": "an active user"})
    old = campaign.script
    for name, value in values.items():
        if name in USUAL:
            campaign.options = campaign.options | {name: value}
        else:
            setattr(campaign, name, value)
    if campaign.pk and campaign.script != old:
        campaign.script_version += 1
    campaign.updated_at = at
    _write(campaign)
    CallScript.objects.get_or_create(
        campaign=campaign, number=campaign.script_version, defaults={"text": campaign.script, "saved_at": at}
    )
    return Saved(campaign, before)


def set_state(
    *, call_campaign_id: int, version: int | None, to: CampaignState, at: datetime
) -> tuple[CallCampaign, str]:
    """Open, pause or finish it; and how it stood before. Whoever has taken somebody may still end that call."""
    campaign = lock(call_campaign_id, version=version)
    before = CampaignState(campaign.state)
    if to is before:
        return campaign, before
    if to not in NEXT_STATES[before]:
        known = ", ".join(sorted(NEXT_STATES[before]))
        raise NotThisState(f"{campaign.name} is {before}; it can become {known}.", fields={"state": known})
    campaign.state, campaign.updated_at, campaign.version = to, at, campaign.version + 1
    campaign.save(update_fields=["state", "updated_at", "version"])
    return campaign, before


def remove(*, call_campaign_id: int, version: int | None) -> CallCampaign:
    """Take away one that nobody has called for. Its scripts go with it: nobody has heard them."""
    campaign = lock(call_campaign_id, version=version)
    if Call.objects.filter(campaign=campaign).exists() or CallTarget.objects.filter(campaign=campaign).exists():
        raise CallCampaignIsUsed(f"{campaign.name} has targets or calls. Finish it instead.")
    campaign.scripts.all().delete()
    key = campaign.pk
    campaign.delete()
    campaign.pk = key
    return campaign


def of_sequence(*, sequence: Sequence, at: datetime) -> CallCampaign:
    """The campaign in which the call steps of a sequence land; made when the first one does."""
    found = CallCampaign.objects.filter(sequence=sequence).first()
    if found is not None:
        return found
    name, number = f"Calls of {sequence.name}", 1
    while CallCampaign.objects.filter(name__iexact=name).exists():
        number += 1
        name = f"Calls of {sequence.name} ({number})"
    made = CallCampaign(
        name=name, campaign=sequence.campaign, sequence=sequence, owner_id=sequence.owner_id, options=dict(USUAL),
        state=CampaignState.ACTIVE, created_at=at, updated_at=at,
    )  # fmt: skip
    made.save(force_insert=True)
    CallScript.objects.create(campaign=made, number=1, text="", saved_at=at)
    return made


def _values(campaign: CallCampaign, values: dict[str, Any]) -> dict[str, Any]:
    """What stands there now of what is to change."""
    return {
        name: campaign.options.get(name, USUAL[name]) if name in USUAL else getattr(campaign, name) for name in values
    }


def _write(campaign: CallCampaign) -> None:
    try:
        with transaction.atomic():
            campaign.save()
    except IntegrityError as fault:
        if "call_campaigns_once" not in str(fault):
            raise
        said = "Another call campaign has this name."
        raise CallCampaignExists(said, fields={"name": "another name"}) from fault
