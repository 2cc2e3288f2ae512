"""Who gets which lead, and who is away."""

from __future__ import annotations

from headhaul.capture.schemas.routing import (
    GetLeadRouting,
    GetOutOfOffice,
    LeadRouting,
    LeadRoutingSaved,
    OutOfOfficeSet,
    SaveLeadRouting,
    SetOutOfOffice,
)
from headhaul.capture.selectors import routing as reading
from headhaul.capture.services.routing import absences, saving, trying
from headhaul.kernel import Call, Role, action


@action("getLeadRouting", reply="leadRoutingLoaded", role=Role.MANAGER)
def get_lead_routing(call: Call, data: GetLeadRouting) -> LeadRouting:
    """The rules that say who gets which lead, with what each taker has now and who is away."""
    return reading.in_force(at=call.at)


@action(
    "saveLeadRouting",
    reply="leadRoutingSaved",
    role=Role.MANAGER,
    writes=True,
    target=lambda given, answer: ("lead_routing", str(answer.routing.version if answer else given.version)),
    undo="saveLeadRouting",
)
def save_lead_routing(call: Call, data: SaveLeadRouting) -> LeadRoutingSaved:
    """Put all routing rules in the place of those in force; with `dryRun`, only say what they would have done."""
    if data.dry_run:
        tried = trying.tried(rules=data.rules, days=data.dry_run_days, at=call.at)
        return LeadRoutingSaved(routing=reading.in_force(at=call.at), dry_run=tried)
    number, before = saving.save(asked=data, at=call.at, by=call.actor)
    call.undo_with("saveLeadRouting", {"version": number, "rules": before, "note": "taken back"})
    return LeadRoutingSaved(routing=reading.in_force(at=call.at))


@action("getOutOfOffice", reply="outOfOfficeLoaded", role=Role.REP)
def get_out_of_office(call: Call, data: GetOutOfOffice) -> OutOfOfficeSet:
    """When somebody is away, from today on, and who stands in."""
    return reading.away_of(absences.whose(data.user_id, by=call.actor), at=call.at)


@action(
    "setOutOfOffice",
    reply="outOfOfficeSet",
    role=Role.REP,
    writes=True,
    target=lambda given, answer: ("user", str(answer.user.id if answer else given.user_id or "")),
    undo="setOutOfOffice",
)
def set_out_of_office(call: Call, data: SetOutOfOffice) -> OutOfOfficeSet:
    """Say from when to when one is away, and who stands in; or take an absence back."""
    user_id, back = absences.set_or_remove(asked=data, at=call.at, by=call.actor)
    call.undo_with("setOutOfOffice", back)
    return reading.away_of(user_id, at=call.at)
