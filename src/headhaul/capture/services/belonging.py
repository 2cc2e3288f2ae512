"""A lead, its account and its deal stay together: whoever gets the lead gets what belongs to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction

from headhaul.accounts.models import Account
from headhaul.accounts.services import editing as accounts
from headhaul.accounts.services import ownership
from headhaul.capture.models import Lead
from headhaul.capture.services.routing.desk import LiveDesk
from headhaul.kernel import SYSTEM, Actor, AppError, Role
from headhaul.pipeline.choices import StageKind
from headhaul.pipeline.models import Opportunity
from headhaul.pipeline.services import changing
from headhaul.security.models import User


def is_nobodys(owner_id: int | None, *, at: datetime) -> bool:
    """Whether nobody has it who works accounts: nobody at all, or somebody who left."""
    return owner_id is None or not LiveDesk(at=at).works(owner_id)


def inherit(account: Account, owner_id: int | None, *, at: datetime, source: str) -> Account:
    """An account that nobody has becomes the lead owner's, and so does one of somebody who left."""
    if owner_id is None or account.owner_id == owner_id or not is_nobodys(account.owner_id, at=at):
        return account
    return ownership.assign(account_id=account.pk, owner_id=owner_id, at=at, by=SYSTEM, source=source)


def inherit_deal(opportunity: Opportunity, owner_id: int | None, *, at: datetime, by: Actor) -> Opportunity:
    """The same for an open deal that the lead is tied to."""
    if owner_id is None or opportunity.owner_id == owner_id or not is_nobodys(opportunity.owner_id, at=at):
        return opportunity
    return _deal_to(opportunity, owner_id, at=at, by=by)


def go_along(lead: Lead, before: int | None, *, at: datetime, by: Actor) -> None:
    """The lead was handed over by `before`: their account and deal go along, and back with it when it goes back.

    To nobody goes only what the capture opened itself. What it was before is kept with the lead, for the way back.
    """
    gone = lead.match.get("along") or {}
    came_back = gone.get("of") == lead.owner_id and gone.get("to") == before
    along: dict[str, Any] = {"of": before, "to": lead.owner_id}
    if lead.account_id is not None:
        account = accounts.lock(lead.account_id, by=SYSTEM)
        to = gone.get("account") if came_back and account.owner_id == before else None
        if to is None and _goes(lead, account.owner_id, before, at=at):
            owner = User.objects.filter(pk=lead.owner_id).first() if lead.owner_id else None
            to = [lead.owner_id, owner.team_id if owner else account.team_id]
        if to is not None and to[0] != account.owner_id:
            along["account"] = [account.owner_id, account.team_id]
            accounts.apply(account=account, values={"owner_id": to[0], "team_id": to[1]}, at=at, by=by)
    deal = lead.opportunity
    if deal is not None and deal.kind == StageKind.OPEN:
        to = gone.get("deal") if came_back and deal.owner_id == before else None
        if to is None and _goes(lead, deal.owner_id, before, at=at):
            to = [lead.owner_id]
        if to is not None and to[0] != deal.owner_id:
            along["deal"] = [deal.owner_id]
            _deal_to(deal, to[0], at=at, by=by)
    lead.match = {**lead.match, "along": along}


def _goes(lead: Lead, owner_id: int | None, before: int | None, *, at: datetime) -> bool:
    if lead.owner_id is None:
        return owner_id == before and bool(lead.match.get("isNew"))
    return owner_id == before or is_nobodys(owner_id, at=at)


def _deal_to(opportunity: Opportunity, owner_id: int | None, *, at: datetime, by: Actor) -> Opportunity:
    # Whoever hands over a lead may not see the account it belongs to; the deal goes along all the same.
    full = replace(by, role=Role.ADMIN)
    try:
        with transaction.atomic():
            held = changing.lock(opportunity.pk, by=full)
            return changing.change(opportunity=held, values={"owner_id": owner_id}, at=at, by=full)
    except AppError:  # the deal's stage asks for more than is known: it stays where it is
        return opportunity
