"""Scoring with the settings and the model in force."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from headhaul import preferences
from headhaul.capture import scoring
from headhaul.capture.models import LeadModel
from headhaul.capture.preferences import LeadScoring
from headhaul.capture.scoring import Facts, Logistic, Model, Scale, Scored, Thresholds, Weights


def scale() -> Scale:
    """What the settings say about features."""
    chosen = preferences.get(LeadScoring)
    return Scale(
        neutral=chosen.neutral_percent / 100,
        fleet_full_at=chosen.fleet_full_at,
        supply_full_at=chosen.supply_full_at,
    )


def documented() -> Weights:
    """The weights of the settings."""
    chosen = preferences.get(LeadScoring)
    weights = {name: float(getattr(chosen, name)) for name in scoring.SCORED}
    return Weights(weights, Thresholds(chosen.hot_from, chosen.warm_from), scale())


def fitted(row: LeadModel) -> Logistic:
    """A stored model as scoring takes it."""
    plain = documented()
    return Logistic(row.weights, row.intercept, row.map, plain.thresholds, plain.scale, row.pk)


def in_force() -> Model:
    """The adopted model, or the documented weights."""
    row = LeadModel.objects.filter(is_active=True).first()
    return documented() if row is None else fitted(row)


def judge(facts: Facts, model: Model | None = None) -> tuple[dict[str, float], Scored, int | None]:
    """The features, the score, and the id of the model that was used (None: documented weights)."""
    chosen = model or in_force()
    numbers = scoring.features(facts, chosen.scale)
    return numbers, scoring.score(numbers, chosen, facts=facts), getattr(chosen, "id", None)


def told(scored: Scored) -> dict[str, Any]:
    """Reasons and counterfactuals as a lead keeps them."""
    return {
        "reasons": [asdict(reason) for reason in scored.reasons],
        "counterfactuals": [asdict(each) for each in scored.counterfactuals],
    }
