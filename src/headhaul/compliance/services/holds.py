"""Opening and lifting stops of sending, and the bans of an emergency."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction

from headhaul.compliance.choices import ConsentChannel, HoldScope
from headhaul.compliance.models import EmergencyBan, SendingHold
from headhaul.kernel import Actor, Conflict, Forbidden, InvalidData, NotFound, Role
from headhaul.kernel.places import STATES

CHANNELS = (ConsentChannel.EMAIL.value, ConsentChannel.SMS.value, ConsentChannel.CALL.value, "ai_call")


class HoldIsLifted(Conflict):
    """It was lifted before."""

    code = "hold_is_lifted"


def open_hold(*, scope: HoldScope, key: str = "", reason: str, at: datetime, by: Actor) -> int:
    """Stop what the scope covers, from this moment; the number of the stop. One that is open already stays as it is."""
    _check(HoldScope(scope), key, reason)
    known = SendingHold.objects.filter(scope=scope, key=key, lifted_at=None).first()
    if known is not None:
        return known.pk
    try:
        with transaction.atomic():
            made = SendingHold.objects.create(scope=scope, key=key, reason=reason, since=at, by_id=by.user_id)
    except IntegrityError:  # somebody else was faster: it is open
        return SendingHold.objects.get(scope=scope, key=key, lifted_at=None).pk
    return made.pk


def lift_hold(*, hold_id: int, at: datetime, by: Actor) -> SendingHold:
    """Let it go on. Raises HoldIsLifted for one that is not open."""
    hold = SendingHold.objects.select_for_update().filter(pk=hold_id).first()
    if hold is None:
        raise NotFound("There is no such stop of sending.", fields={"holdId": "see getThrottleStatus"})
    if hold.lifted_at is not None:
        raise HoldIsLifted("This stop was lifted before.")
    is_own = hold.by_id is not None and hold.by_id == by.user_id
    if hold.scope == HoldScope.ALL and by.role is not Role.ADMIN and not is_own:
        raise Forbidden("Only an administrator lifts a stop of everything that somebody else opened.")
    hold.lifted_at, hold.lifted_by_id = at, by.user_id
    hold.save(update_fields=["lifted_at", "lifted_by"])
    return hold


def save_ban(
    *, state: str, channels: Sequence[str], begins_at: datetime, ends_at: datetime, cite: str, at: datetime, by: Actor
) -> int:
    """Enter a state's ban; its number."""
    if state not in STATES:
        raise InvalidData("There is no such state.", fields={"state": "a code such as FL"})
    if ends_at <= begins_at:
        raise InvalidData("The ban ends before it begins.", fields={"endsAt": "later than beginsAt"})
    if not channels or not set(channels) <= set(CHANNELS):
        raise InvalidData("Say which channels it bans.", fields={"channels": ", ".join(CHANNELS)})
    if not cite.strip():
        raise InvalidData("Say where the ban is published.", fields={"cite": "order number, address of the page"})
    return EmergencyBan.objects.create(
        state=state,
        channels=sorted(set(channels)),
        begins_at=begins_at,
        ends_at=ends_at,
        cite=cite,
        recorded_at=at,
        recorded_by_id=by.user_id,
    ).pk


def end_ban(*, ban_id: int, at: datetime) -> None:
    """End a ban before its time, as the state did."""
    changed = EmergencyBan.objects.filter(pk=ban_id, ended_early_at=None, ends_at__gt=at).update(ended_early_at=at)
    if not changed:
        raise NotFound("There is no such ban that is still to end.", fields={"banId": "see getComplianceRules"})


def _check(scope: HoldScope, key: str, reason: str) -> None:
    if not reason.strip():
        raise InvalidData("Say why sending stops.", fields={"reason": "a sentence"})
    if scope is HoldScope.ALL:
        fits, wanted = not key, "empty"
    elif scope is HoldScope.CHANNEL:
        fits, wanted = key in CHANNELS, ", ".join(CHANNELS)
    else:
        fits, wanted = key.isascii() and key.isdigit(), "a number"
    if not fits:
        raise InvalidData("The key does not fit the scope.", fields={"key": wanted})
