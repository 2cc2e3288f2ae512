"""Calls: whom to call next, calling them, and how it went."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.db import transaction
from procrastinate.exceptions import AlreadyEnqueued
from pydantic.alias_generators import to_camel

from headhaul.kernel import Call, Recipient, Role, action
from headhaul.kernel.days import zone_named
from headhaul.outreach import jobs
from headhaul.outreach.choices import TargetState
from headhaul.outreach.schemas.calls import (
    AddCallTargets,
    CallCampaignRow,
    CallCampaigns,
    CallCard,
    CallLogged,
    CallQueue,
    CallRow,
    Calls,
    CallStarted,
    CallTargets,
    CallTargetsAdded,
    CallTargetsRemoved,
    GetCallCampaigns,
    GetCallQueue,
    GetCalls,
    GetCallTargets,
    LogCallOutcome,
    OneCall,
    OneCallCampaign,
    OneTarget,
    ReleaseCall,
    RemoveCallTargets,
    SaveCallCampaign,
    SetCallCampaignStatus,
    StartCall,
    TakeCall,
)
from headhaul.outreach.selectors.calls import calls as reading
from headhaul.outreach.selectors.calls import campaigns as reading_campaigns
from headhaul.outreach.selectors.calls import cards, listed, queue
from headhaul.outreach.services.calling import campaigns, outcomes, starting, taking, targets


def _campaign(given: Any, answer: Any) -> tuple[str, str]:
    return "call_campaign", str(getattr(answer, "id", None) or given.call_campaign_id or "")


def _target(given: Any, answer: Any) -> tuple[str, str]:
    shown = getattr(answer, "target", None)
    return "call_target", str(shown.target_id if shown else given.target_id or "")


def _call(given: Any, answer: Any) -> tuple[str, str]:
    return "call", str(getattr(answer, "call_id", None) or getattr(given, "call_id", None) or "")


def _reached(call: Call, data: StartCall) -> Recipient:
    return starting.recipient(asked=data, at=call.at, by=call.actor)


@action("getCallCampaigns", reply="callCampaignsLoaded", role=Role.VIEWER)
def get_call_campaigns(call: Call, data: GetCallCampaigns) -> CallCampaigns:
    """Call campaigns, with what became of their targets."""
    return reading_campaigns.campaigns(asked=data)


@action(
    "saveCallCampaign",
    reply="callCampaignSaved",
    role=Role.MANAGER,
    writes=True,
    target=_campaign,
    undo=("saveCallCampaign", "removeCallCampaign"),
)
def save_call_campaign(call: Call, data: SaveCallCampaign) -> CallCampaignRow:
    """Write a call campaign: its name, its script, how often one tries. A changed script is kept as a new version."""
    values = data.model_dump(exclude_unset=True, exclude={"call_campaign_id", "version"})
    nullable = {name: value for name, value in values.items() if value is not None or name == "owner_id"}
    saved = campaigns.save(
        call_campaign_id=data.call_campaign_id, version=data.version, values=nullable, at=call.at, by=call.actor
    )
    key = {"callCampaignId": saved.campaign.pk, "version": saved.campaign.version}
    if saved.before is None:
        call.undo_with("removeCallCampaign", key)
    else:
        call.undo_with("saveCallCampaign", {to_camel(name): value for name, value in saved.before.items()} | key)
    return reading_campaigns.row(saved.campaign.pk)


@action(
    "removeCallCampaign",
    reply="callCampaignRemoved",
    role=Role.MANAGER,
    writes=True,
    target=_campaign,
    final="Only one without targets and calls is removed: write it anew.",
)
def remove_call_campaign(call: Call, data: OneCallCampaign) -> CallCampaigns:
    """Take away a call campaign that has neither targets nor calls."""
    campaigns.remove(call_campaign_id=data.call_campaign_id, version=data.version)
    return reading_campaigns.campaigns(asked=GetCallCampaigns())


@action(
    "setCallCampaignStatus",
    reply="callCampaignStatusSet",
    role=Role.MANAGER,
    writes=True,
    target=_campaign,
    undo="setCallCampaignStatus",
)
def set_call_campaign_status(call: Call, data: SetCallCampaignStatus) -> CallCampaignRow:
    """Let a call campaign hand out calls, pause it, or finish it."""
    campaign, before = campaigns.set_state(
        call_campaign_id=data.call_campaign_id, version=data.version, to=data.state, at=call.at
    )
    if before != campaign.state:
        key = {"callCampaignId": campaign.pk, "version": campaign.version}
        call.undo_with("setCallCampaignStatus", key | {"state": str(before)})
    return reading_campaigns.row(campaign.pk)


@action(
    "addCallTargets",
    reply="callTargetsAdded",
    role=Role.MANAGER,
    writes=True,
    target=_campaign,
    undo="removeCallTargets",
)
def add_call_targets(call: Call, data: AddCallTargets) -> CallTargetsAdded:
    """Add people to a call campaign, by id or from a view or filter; each who is not added is named with the reason.

    How many of those added cannot be called as things stand is said with the reason.
    """
    done = targets.add(asked=data, at=call.at, by=call.actor)
    if done.contact_ids:
        key = {"callCampaignId": done.campaign.pk}
        call.undo_with("removeCallTargets", key | {"contactIds": done.contact_ids})
    campaign = reading_campaigns.row(done.campaign.pk)
    return CallTargetsAdded(
        campaign=campaign, added=len(done.contact_ids), barred=done.barred, not_added=done.not_added
    )


@action(
    "removeCallTargets",
    reply="callTargetsRemoved",
    role=Role.MANAGER,
    writes=True,
    target=_campaign,
    undo="addCallTargets",
)
def remove_call_targets(call: Call, data: RemoveCallTargets) -> CallTargetsRemoved:
    """Take people out of a call campaign whom nobody has taken or called yet."""
    campaign, removed = targets.remove(call_campaign_id=data.call_campaign_id, contact_ids=data.contact_ids)
    if removed:
        call.undo_with("addCallTargets", {"callCampaignId": campaign.pk, "contactIds": removed})
    return CallTargetsRemoved(campaign=reading_campaigns.row(campaign.pk), removed=len(removed))


@action("getCallTargets", reply="callTargetsLoaded", role=Role.VIEWER)
def get_call_targets(call: Call, data: GetCallTargets) -> CallTargets:
    """Whom a call campaign has: where each stands, the tries, how the last call ended, when the next may be."""
    return listed.targets(asked=data, by=call.actor, at=call.at)


@action("getCallQueue", reply="callQueueLoaded", role=Role.VIEWER)
def get_call_queue(call: Call, data: GetCallQueue) -> CallQueue:
    """Whom to call next: due call-backs, then by score whom every rule allows to call now, then the rest by when.

    Everybody who waits is in it; `nextCursor` leads on to those who come after the ones that were shown.
    """
    return queue.queue(asked=data, by=call.actor, at=call.at)


@action("getCallCard", reply="callCardLoaded", role=Role.VIEWER)
def get_call_card(call: Call, data: OneTarget) -> CallCard:
    """Everything for a call to a target: script, past calls, whether it may be called and recorded."""
    return cards.card(data.target_id, by=call.actor, at=call.at)


@action("takeCall", reply="callTaken", role=Role.REP, writes=True, target=_target, undo="releaseCall")
def take_call(call: Call, data: TakeCall) -> CallCard:
    """Take a target for half an hour: the one named, or the next that may be called now. Nobody else gets it."""
    target = taking.take(target_id=data.target_id, call_campaign_id=data.call_campaign_id, at=call.at, by=call.actor)
    call.undo_with("releaseCall", {"targetId": target.pk})
    return cards.card(target.pk, by=call.actor, at=call.at)


@action(
    "releaseCall", reply="callReleased", role=Role.REP, writes=True, target=_target, undo=("takeCall", "releaseCall")
)
def release_call(call: Call, data: ReleaseCall) -> CallCard:
    """Give a target back into the queue; or leave it out for good."""
    target, before = taking.release(target_id=data.target_id, skip=data.skip, at=call.at, by=call.actor)
    if before is TargetState.TAKEN and not data.skip:
        call.undo_with("takeCall", {"targetId": target.pk})
    elif data.skip:
        call.undo_with("releaseCall", {"targetId": target.pk})
    return cards.card(target.pk, by=call.actor, at=call.at)


@action(
    "startCall",
    reply="callStarted",
    role=Role.REP,
    writes=True,
    recipient=_reached,
    target=_call,
    final="A telephone that has rung cannot be silenced afterwards; log how it ended.",
)
def start_call(call: Call, data: StartCall) -> CallStarted:
    """Call a target one has taken, or a contact, if every rule allows it now. A provider dials, or a tel: link does.

    A conflict names the rep who has taken the person in a queue; a manager may take over.
    """
    reached = starting.recipient(asked=data, at=call.at, by=call.actor)
    started = starting.start(asked=data, reached=reached, action="startCall", at=call.at, by=call.actor)
    if started.message is not None:
        _deliver_soon()
    contact = started.call.contact
    zone = zone_named(reached.zones[0]) if reached.zones else None
    return CallStarted(
        call_id=started.call.pk,
        number=reached.address,
        href="" if started.message else f"tel:{reached.address}",
        message_id=str(started.message.pk) if started.message else None,
        receipt_id=started.call.receipt_id,
        who=contact.name if contact else reached.address,
        local_time=call.at.astimezone(zone) if zone else None,
        timezone=zone.key if zone else "",
        recording=reading.recording(reached.states),
    )


@action("logCallOutcome", reply="callOutcomeLogged", role=Role.REP, writes=True, target=_call, undo="clearCallOutcome")
def log_call_outcome(call: Call, data: LogCallOutcome) -> CallLogged:
    """Note how a call ended. Do-not-call, a wrong number, a meeting or a no take effect at once: see `followed`."""
    logged = outcomes.log_outcome(asked=data, at=call.at, by=call.actor, door=call.door)
    if not logged.was and data.disposition not in outcomes.LASTING:
        call.undo_with("clearCallOutcome", {"callId": logged.call.pk})
    return CallLogged(call=reading.one(logged.call.pk, by=call.actor), followed=logged.followed)


@action(
    "clearCallOutcome",
    reply="callOutcomeCleared",
    role=Role.REP,
    writes=True,
    target=_call,
    final="Log the outcome again instead.",
)
def clear_call_outcome(call: Call, data: OneCall) -> CallRow:
    """Take an outcome off a call again, unless others have acted on it: a meeting, a no, a wrong number."""
    cleared = outcomes.clear(call_id=data.call_id, at=call.at, by=call.actor)
    return reading.one(cleared.pk, by=call.actor)


@action(
    "removeCall",
    reply="callRemoved",
    role=Role.REP,
    writes=True,
    target=_call,
    final="Note the call again with recordCall.",
)
def remove_call(call: Call, data: OneCall) -> CallRow:
    """Take away a call that was noted by mistake, with its line on the timeline. The proof of its check stays."""
    shown = reading.one(data.call_id, by=call.actor)
    outcomes.remove(call_id=data.call_id, by=call.actor)
    return shown


@action("getCalls", reply="callsLoaded", role=Role.VIEWER)
def get_calls(call: Call, data: GetCalls) -> Calls:
    """Calls that were made, newest first, with notes, recordings and transcripts."""
    return reading.calls(asked=data, by=call.actor)


def _deliver_soon() -> None:
    """The worker dials when this transaction is over."""
    with suppress(AlreadyEnqueued), transaction.atomic():
        jobs.deliver_messages.defer()
