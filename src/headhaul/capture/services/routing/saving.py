"""Saving the rules: checked against who and what there is, each time as a version of its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from headhaul.accounts.regions import NAMES
from headhaul.accounts.services.ownership import check_can_own
from headhaul.capture.errors import BadRule, StaleRouting
from headhaul.capture.models import CaptureEvent, LeadSource, RoutingVersion
from headhaul.capture.schemas.routing import RoutingRule, SaveLeadRouting
from headhaul.capture.services.routing.desk import hold
from headhaul.kernel import Actor, AppError
from headhaul.kernel.places import STATES
from headhaul.security.models import User


def save(*, asked: SaveLeadRouting, at: datetime, by: Actor) -> tuple[int, list[dict[str, Any]]]:
    """Keep them as the next version; its number, and the rules before as JSON."""
    hold()
    last = RoutingVersion.objects.order_by("-number").first()
    current = last.number if last else 0
    if asked.version != current:
        raise StaleRouting("Somebody changed the routing meanwhile. Look at it again.", current=current)
    check(asked.rules)
    RoutingVersion.objects.create(
        number=current + 1,
        rules=[rule.model_dump(mode="json", by_alias=True) for rule in asked.rules],
        note=asked.note,
        saved_by_id=by.user_id,
        saved_at=at,
    )
    return current + 1, last.rules if last else []


def check(rules: Sequence[RoutingRule]) -> None:
    """Raise BadRule that names each rule which cannot work, and what would be right."""
    faults: dict[str, str] = {}
    seen: set[str] = set()
    users = {user.pk: user for user in User.objects.filter(pk__in=_users(rules))}
    sources = set(LeadSource.objects.values_list("key", flat=True))
    events = set(
        CaptureEvent.objects.filter(pk__in=[key for r in rules for key in r.event_ids]).values_list("pk", flat=True)
    )
    for number, rule in enumerate(rules):
        where = f"rules.{number}"
        if rule.key in seen:
            faults[f"{where}.key"] = f"“{rule.key}” stands twice; each rule needs a key of its own"
        seen.add(rule.key)
        faults |= _unknown(f"{where}.regions", rule.regions, NAMES)
        faults |= _unknown(f"{where}.states", rule.states, STATES)
        faults |= _unknown(f"{where}.sources", rule.sources, dict.fromkeys(sources))
        faults |= {f"{where}.eventIds": f"there is no event {key}" for key in rule.event_ids if key not in events}
        for place, taker in enumerate(rule.takers):
            try:
                check_can_own(users.get(taker.user_id))
            except AppError as fault:
                faults[f"{where}.takers.{place}.userId"] = fault.message
    if faults:
        raise BadRule("The routing cannot be saved as it is.", fields=faults)


def _users(rules: Sequence[RoutingRule]) -> set[int]:
    return {taker.user_id for rule in rules for taker in rule.takers}


def _unknown(where: str, words: Sequence[str], known: Any) -> dict[str, str]:
    wrong = [word for word in words if word not in known]
    return {where: f"{', '.join(wrong)} is none of: {', '.join(sorted(known)[:60])}"} if wrong else {}
