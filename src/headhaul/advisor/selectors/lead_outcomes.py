"""Leads whose outcome can be told: by what was known of them when they were scored, never by what is known now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q

from headhaul.advisor.leads.tables import Kind, Table, table
from headhaul.advisor.preferences import LeadLearning
from headhaul.capture.choices import LeadOutcome
from headhaul.capture.models import Lead
from headhaul.capture.scoring import SCORED

TEACHES = ~Q(features={}) & (Q(outcome_at__isnull=True) | Q(scored_at__isnull=True) | Q(scored_at__lte=F("outcome_at")))
"""It was scored, and before its outcome was known: numbers taken later may tell the outcome itself."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many leads can teach something, and why others cannot."""

    mature: int
    won: int
    too_young: int
    not_scored: int

    @property
    def lost(self) -> int:
        """Not won within the horizon."""
        return self.mature - self.won


@dataclass(frozen=True, slots=True)
class Matured:
    """The newest mature leads, as many as the setting says, with how many older ones were left out."""

    table: Table
    left_out: int
    since: datetime | None
    until: datetime | None


def counts(*, at: datetime, learning: LeadLearning) -> Counts:
    """In one look at the leads."""
    horizon = timedelta(days=learning.horizon_days)
    is_old = Q(captured_at__lte=at - horizon)
    found = Lead.objects.counted().aggregate(
        mature=Count("pk", filter=is_old & TEACHES),
        won=Count(
            "pk", filter=is_old & TEACHES & Q(outcome=LeadOutcome.WON, outcome_at__lte=F("captured_at") + horizon)
        ),
        too_young=Count("pk", filter=~is_old & TEACHES),
        not_scored=Count("pk", filter=~TEACHES),
    )
    return Counts(**found)


def matured(*, at: datetime, learning: LeadLearning, neutral: float) -> Matured:
    """Each as numbers of the moment it was scored; won within the horizon, or not. Oldest first."""
    horizon = timedelta(days=learning.horizon_days)
    old = Lead.objects.counted().filter(TEACHES, captured_at__lte=at - horizon)
    rows = list(
        old.order_by("-captured_at", "-pk").values_list(
            "pk", "account_id", "captured_at", "features", "outcome", "outcome_at"
        )[: learning.most_leads]
    )
    rows.reverse()
    names = sorted({name for row in rows for name in row[3]} | set(SCORED))
    made = table(
        features={name: [_number(row[3], name, neutral) for row in rows] for name in names},
        outcome=[_is_won(row[4], row[5], row[2], horizon) for row in rows],
        time=[row[2].timestamp() for row in rows],
        group=[("account", row[1]) if row[1] else ("lead", row[0]) for row in rows],
        kinds=dict.fromkeys(names, Kind.SHARE),
    )
    left_out = old.count() - len(rows)
    return Matured(made, left_out, rows[0][2] if rows else None, rows[-1][2] if rows else None)


def _is_won(outcome: str | None, ended: datetime | None, captured: datetime, horizon: timedelta) -> bool:
    return outcome == LeadOutcome.WON and ended is not None and ended - captured <= horizon


def _number(features: dict[str, Any], name: str, neutral: float) -> float:
    """A feature that scoring did not know yet counts as it does in scoring: unknown facts are neutral."""
    value = features.get(name)
    if isinstance(value, int | float):
        return min(max(float(value), 0.0), 1.0)
    return neutral if name in SCORED else 0.0
