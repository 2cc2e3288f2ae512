"""Limits, stops of sending, emergency bans, and the rules to read."""

from __future__ import annotations

from headhaul.compliance.choices import HoldScope
from headhaul.compliance.schemas import sending as schemas
from headhaul.compliance.schemas.rules import ComplianceRules
from headhaul.compliance.services import holds, lists
from headhaul.kernel import Call, Empty, Role, action


@action("getThrottleStatus", reply="throttleStatusLoaded", role=Role.VIEWER)
def get_throttle_status(call: Call, data: schemas.GetThrottleStatus) -> schemas.ThrottleStatus:
    """What is left today of each limit, live: the firm's, the user's, each sender's; and what is stopped."""
    return lists.throttle(user_id=data.user_id or call.actor.user_id, at=call.at)


@action(
    "setSendingHold",
    reply="sendingHoldSet",
    role=Role.MANAGER,
    writes=True,
    undo="liftSendingHold",
    target=lambda given, answer: ("sending_hold", f"{given.scope}:{given.key}"[:64]),
)
def set_sending_hold(call: Call, data: schemas.SetSendingHold) -> schemas.HoldSet:
    """Stop sending at once: everything, or one channel, sequence, call campaign or sender."""
    hold_id = holds.open_hold(scope=data.scope, key=data.key, reason=data.reason, at=call.at, by=call.actor)
    call.undo_with("liftSendingHold", {"holdId": hold_id})
    return schemas.HoldSet(hold_id=hold_id, scope=data.scope, key=data.key, is_open=True)


@action(
    "liftSendingHold",
    reply="sendingHoldLifted",
    role=Role.MANAGER,
    writes=True,
    people_only=True,
    undo="setSendingHold",
    target=lambda given, answer: ("sending_hold", str(given.hold_id)),
)
def lift_sending_hold(call: Call, data: schemas.LiftSendingHold) -> schemas.HoldSet:
    """Let it go on. A stop of everything takes an administrator, or whoever opened it."""
    hold = holds.lift_hold(hold_id=data.hold_id, at=call.at, by=call.actor)
    call.undo_with("setSendingHold", {"scope": hold.scope, "key": hold.key, "reason": hold.reason})
    return schemas.HoldSet(hold_id=hold.pk, scope=HoldScope(hold.scope), key=hold.key, is_open=False)


@action(
    "saveEmergencyBan",
    reply="emergencyBanSaved",
    role=Role.ADMIN,
    writes=True,
    undo="endEmergencyBan",
    target=lambda given, answer: ("emergency_ban", given.state),
)
def save_emergency_ban(call: Call, data: schemas.SaveEmergencyBan) -> schemas.BanSaved:
    """Enter a state's ban on solicitation during an emergency: channels, dates, and where it is published."""
    ban_id = holds.save_ban(**data.model_dump(), at=call.at, by=call.actor)
    call.undo_with("endEmergencyBan", {"banId": ban_id})
    return schemas.BanSaved(ban_id=ban_id)


@action(
    "endEmergencyBan",
    reply="emergencyBanEnded",
    role=Role.ADMIN,
    writes=True,
    final="A ban that ended is entered again where the state renews it.",
    target=lambda given, answer: ("emergency_ban", str(given.ban_id)),
)
def end_emergency_ban(call: Call, data: schemas.EndEmergencyBan) -> schemas.BanSaved:
    """End a ban before its time, as the state did."""
    holds.end_ban(ban_id=data.ban_id, at=call.at)
    return schemas.BanSaved(ban_id=data.ban_id)


@action("getComplianceRules", reply="complianceRulesLoaded", role=Role.VIEWER)
def get_compliance_rules(call: Call, data: Empty) -> ComplianceRules:
    """The rules in force by state and country, each with its source and when it was looked up; and emergency bans."""
    return lists.rules(on=call.at.date())
