"""What can be asked and noted about competitors."""

from __future__ import annotations

from typing import Any

from headhaul.analytics.schemas.competitors import (
    CompetitorDeals,
    CompetitorIntelList,
    GetCompetitorDeals,
    GetCompetitorIntel,
    IntelRow,
    RemoveCompetitorIntel,
    SaveCompetitorIntel,
)
from headhaul.analytics.selectors import competitors as reading
from headhaul.analytics.services import competitors
from headhaul.kernel import Call, Role, action


def _intel(given: Any, answer: Any) -> tuple[str, str]:
    return "competitor_intel", str(getattr(answer, "id", None) or getattr(given, "intel_id", None) or "")


@action("getCompetitorIntel", reply="competitorIntelLoaded", role=Role.VIEWER)
def get_competitor_intel(call: Call, data: GetCompetitorIntel) -> CompetitorIntelList:
    """Competitors: what is known of them by region, where they were met, and how often we won against them."""
    return reading.intel(asked=data, by=call.actor, at=call.at)


@action("getCompetitorDeals", reply="competitorDealsLoaded", role=Role.VIEWER)
def get_competitor_deals(call: Call, data: GetCompetitorDeals) -> CompetitorDeals:
    """The deals in which a competitor was met: open, won or lost against it."""
    return reading.deals(asked=data, by=call.actor, at=call.at)


@action(
    "saveCompetitorIntel",
    reply="competitorIntelSaved",
    role=Role.REP,
    writes=True,
    target=_intel,
    undo=("saveCompetitorIntel", "removeCompetitorIntel"),
)
def save_competitor_intel(call: Call, data: SaveCompetitorIntel) -> IntelRow:
    """Note what is known of a competitor in a region: what it offers, what it costs, where that stands.

    A change names the row and version; what was known before is kept as history.
    """
    values = data.model_dump(exclude_unset=True, exclude={"intel_id", "version"})
    saved = competitors.save(intel_id=data.intel_id, version=data.version, values=values, at=call.at, by=call.actor)
    key = {"intelId": saved.row.pk, "version": saved.row.version}
    if saved.before is None:
        call.undo_with("removeCompetitorIntel", key)
    elif saved.before:
        call.undo_with("saveCompetitorIntel", saved.before | key)
    return reading.row(saved.row)


@action(
    "removeCompetitorIntel",
    reply="competitorIntelRemoved",
    role=Role.REP,
    writes=True,
    target=_intel,
    undo="restoreCompetitorIntel",
)
def remove_competitor_intel(call: Call, data: RemoveCompetitorIntel) -> IntelRow:
    """Take a note about a competitor away. Its deals stay as they are."""
    row = competitors.remove(intel_id=data.intel_id, version=data.version, at=call.at, by=call.actor)
    call.undo_with("restoreCompetitorIntel", {"intelId": row.pk, "version": row.version})
    return reading.row(row)


@action(
    "restoreCompetitorIntel",
    reply="competitorIntelRestored",
    role=Role.REP,
    writes=True,
    target=_intel,
    undo="removeCompetitorIntel",
)
def restore_competitor_intel(call: Call, data: RemoveCompetitorIntel) -> IntelRow:
    """Bring a removed note about a competitor back."""
    row = competitors.restore(intel_id=data.intel_id, version=data.version, at=call.at, by=call.actor)
    call.undo_with("removeCompetitorIntel", {"intelId": row.pk, "version": row.version})
    return reading.row(row)
