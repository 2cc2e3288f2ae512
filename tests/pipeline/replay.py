"""The past by plain Python: every kept change read in order. Slow, and nothing else."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from headhaul.pipeline.models import Opportunity, OpportunityChange, Stage


@dataclass
class State:
    """A deal as it was known to be."""

    id: int
    kind: str
    probability: int
    amount: int | None
    close_on: date | None
    owner: int | None
    category: str
    stage_since: datetime
    removed: bool


def states(moment: datetime) -> dict[int, State]:
    """Every deal known at a moment, by what had been told by then."""
    stages = {stage.pk: stage for stage in Stage.objects.all()}
    facts: dict[int, dict[str, Any]] = defaultdict(dict)
    since: dict[int, datetime] = {}
    for row in sorted(OpportunityChange.objects.all(), key=lambda row: row.version):
        if row.valid_from <= moment and row.recorded_at <= moment:
            facts[row.opportunity_id][row.field] = row.new
            if row.field == "stage":
                since[row.opportunity_id] = row.valid_from
    there = set(Opportunity.objects.values_list("pk", flat=True))
    removed = set(OpportunityChange.objects.filter(field="removed", new=True).values_list("opportunity_id", flat=True))
    return {
        key: State(
            id=key,
            kind=stages[now["stage"]].kind,
            probability=stages[now["stage"]].probability,
            amount=now.get("amount"),
            close_on=date.fromisoformat(now["close_on"]) if now.get("close_on") else None,
            owner=now.get("owner"),
            category=now["category"],
            stage_since=since[key],
            removed=bool(now.get("removed")),
        )
        for key, now in facts.items()
        if "stage" in now and (key in there or key in removed)
    }
