"""Models of the lead score as a page lists them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from headhaul import preferences
from headhaul.advisor.leads import gate
from headhaul.advisor.leads.weights import documented_as_plain
from headhaul.advisor.preferences import LeadLearning
from headhaul.advisor.schemas.lead_models import (
    FeatureWeight,
    GetLeadModels,
    LeadModels,
    LeadModelShown,
    LearningState,
    ModelMeasures,
    ModelTrial,
)
from headhaul.advisor.selectors import lead_outcomes
from headhaul.advisor.selectors.lead_served import prior_of
from headhaul.capture.models import LeadModel
from headhaul.capture.scoring import SCORED
from headhaul.kernel.keyset import COUNT_LIMIT, decode_cursor, encode_cursor

LABELS = {
    "signal": "Driver signal",
    "fleet": "Size of the fleet",
    "region_supply": "Drivers in the region",
    "equipment_fit": "Fit of equipment",
    "source_quality": "Quality of the source",
    "completeness": "Contact details given",
}
SORT = "newest"


def page(*, asked: GetLeadModels, at: datetime) -> LeadModels:
    """The newest first, with the one in force and what there is to learn from."""
    models = LeadModel.objects.order_by("-fitted_at", "-pk")
    total = None if asked.cursor else models.order_by().values("pk")[: COUNT_LIMIT + 1].count()
    if asked.cursor:
        fitted_at, pk = decode_cursor(asked.cursor, sort=SORT, types=(datetime, int))
        models = models.filter(fitted_at__lte=fitted_at).exclude(fitted_at=fitted_at, pk__gte=pk)
    found = list(models[: asked.limit + 1])
    rows = found[: asked.limit]
    active = LeadModel.objects.filter(is_active=True).first()
    believed = documented()
    return LeadModels(
        items=[shown(row, believed) for row in rows],
        next_cursor=encode_cursor(SORT, [rows[-1].fitted_at, rows[-1].pk]) if len(found) > len(rows) else None,
        total=None if total is None else min(total, COUNT_LIMIT),
        total_is_exact=total is not None and total <= COUNT_LIMIT,
        active_id=active.pk if active else None,
        active=shown(active, believed) if active else None,
        documented=_weights(believed, None),
        state=state(at=at),
    )


def documented() -> dict[str, float]:
    """The documented weights as log odds, by the settings as they are now."""
    return dict(documented_as_plain(prior_of(preferences.get(LeadLearning))).weights)


def shown(row: LeadModel, believed: dict[str, float] | None = None) -> LeadModelShown:
    """One model; what its measures do not say (a model from elsewhere) is left open."""
    told: dict[str, Any] = row.measures or {}
    return LeadModelShown(
        id=row.pk,
        name=told.get("name", "Model"),
        fitted_at=row.fitted_at,
        adopted_at=row.adopted_at,
        retired_at=row.retired_at,
        is_active=row.is_active,
        is_adopted=row.adopted_at is not None,
        reasons=told.get("reasons", []),
        why=row.why,
        replaced_id=told.get("replaced_id"),
        n=told.get("n", 0),
        won=told.get("won", 0),
        held=told.get("held", 0),
        left_out=told.get("left_out", 0),
        learnt_until=datetime.fromisoformat(told["until"]) if told.get("until") else None,
        horizon_days=told.get("horizon_days", 0),
        before=ModelMeasures.model_validate(told["before"]) if told.get("before") else None,
        after=ModelMeasures.model_validate(told["after"]) if told.get("after") else None,
        weights=_weights(told.get("documented") or believed or documented(), row.weights),
        intercept=row.intercept,
        trials=[ModelTrial.model_validate(trial) for trial in told.get("trials", [])],
    )


def state(*, at: datetime) -> LearningState:
    """What there is to learn from, and what is missing before anything can be tried."""
    learning = preferences.get(LeadLearning)
    known = lead_outcomes.counts(at=at, learning=learning)
    return LearningState(
        mature=known.mature,
        won=known.won,
        lost=known.lost,
        too_young=known.too_young,
        not_scored=known.not_scored,
        horizon_days=learning.horizon_days,
        is_monthly=learning.every_month,
        missing=gate.missing(n=known.mature, won=known.won),
    )


def label(feature: str) -> str:
    """A feature as a page names it."""
    if feature.endswith("_known"):
        return f"{LABELS.get(feature.removesuffix('_known'), feature)}: known at all"
    return LABELS.get(feature, feature.replace("_", " ").capitalize())


def _weights(believed: dict[str, float], learnt: dict[str, float] | None) -> list[FeatureWeight]:
    """Documented ones in their order, then what was learnt beside them, the heaviest first."""
    beside = sorted(
        (name for name in learnt or {} if name not in believed), key=lambda name: -abs((learnt or {})[name])
    )
    order = [*(name for name in SCORED if name in believed), *(n for n in believed if n not in SCORED), *beside]
    all_believed = sum(abs(value) for value in believed.values()) or 1.0
    all_learnt = sum(abs(value) for value in (learnt or {}).values()) or 1.0
    return [
        FeatureWeight(
            feature=name,
            label=label(name),
            documented=believed.get(name, 0.0),
            learnt=None if learnt is None else learnt.get(name, 0.0),
            documented_share=100 * believed.get(name, 0.0) / all_believed,
            learnt_share=None if learnt is None else 100 * learnt.get(name, 0.0) / all_learnt,
        )
        for name in order
    ]
