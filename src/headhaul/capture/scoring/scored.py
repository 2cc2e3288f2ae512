"""Scoring a lead: the number, its class, why in sentences with points, and what would make it another class."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from headhaul.capture.choices import Grade
from headhaul.capture.scoring import wording
from headhaul.capture.scoring.facts import Facts
from headhaul.capture.scoring.models import Model, Thresholds, Weights

ACTIONABLE = ("signal", "fleet", "region_supply", "equipment_fit")
"""What may turn out otherwise, or can be found out. Where a lead came from cannot."""


@dataclass(frozen=True, slots=True)
class Reason:
    """What a fact adds: `points` of at most `most`."""

    feature: str
    text: str
    points: float
    most: float
    is_known: bool


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """What it would take to reach a class."""

    reaches: int
    text: str


@dataclass(frozen=True, slots=True)
class Scored:
    """The outcome."""

    score: int
    grade: Grade
    p_convert: float | None
    reasons: list[Reason]
    counterfactuals: list[Counterfactual]


def score(features: Mapping[str, float], model: Model | None = None, *, facts: Facts | None = None) -> Scored:
    """Score these features; `facts` make the sentences richer. Without a model the documented weights hold."""
    chosen = model or Weights()
    whole = rounded(chosen.exact(features))
    return Scored(
        score=whole,
        grade=grade_of(whole, chosen.thresholds),
        p_convert=chosen.probability(features),
        reasons=_reasons(features, chosen, facts or Facts()),
        counterfactuals=_counterfactuals(features, chosen, whole),
    )


def grade_of(score: int, thresholds: Thresholds) -> Grade:
    """Hot, warm or cold."""
    if score >= thresholds.hot:
        return Grade.HOT
    return Grade.WARM if score >= thresholds.warm else Grade.COLD


def rounded(exact: float) -> int:
    """To the nearest whole number, halves up, within 0..100."""
    return min(max(int(exact + 0.5 + 1e-9), 0), 100)


def _reasons(features: Mapping[str, float], model: Model, facts: Facts) -> list[Reason]:
    """For weights: what each fact adds. For a fitted model: what it adds beside a lead of whom it is not known."""
    found = []
    for name in model.names:
        is_known = features.get(f"{name}_known", 1.0) > 0
        base = 0.0 if isinstance(model, Weights) else model.scale.neutral
        points = model.exact(features) - model.exact({**features, name: base})
        most = model.exact({**features, name: 1.0}) - model.exact({**features, name: base})
        text = wording.reason(name, features[name], facts, is_known=is_known, points=points, most=most)
        found.append(Reason(name, text, round(points, 1), round(most, 1), is_known))
    return sorted(found, key=lambda one: -one.points)


def _counterfactuals(features: Mapping[str, float], model: Model, now: int) -> list[Counterfactual]:
    """For each class above: every single fact that would do it alone; where none does, the fewest together."""
    found = []
    for threshold in sorted({model.thresholds.warm, model.thresholds.hot}):
        if now >= threshold:
            continue
        singles = [(name, _needed(features, model, name, threshold)) for name in model.names if name in ACTIONABLE]
        alone = [(name, value) for name, value in singles if value is not None]
        if alone:
            alone.sort(key=lambda one: (one[1] - features[one[0]], one[0]))
            found += [_said(threshold, {name: value}, features, model) for name, value in alone]
        elif together := _together(features, model, threshold):
            found.append(_said(threshold, together, features, model))
    return found


def _needed(features: Mapping[str, float], model: Model, name: str, threshold: int) -> float | None:
    """The smallest value of a feature that reaches the threshold, to a thousandth; None when not even 1 does."""
    low, high = features[name], 1.0
    if rounded(model.exact({**features, name: high})) < threshold:
        return None
    while high - low > 0.0005:
        middle = (low + high) / 2
        if rounded(model.exact({**features, name: middle})) >= threshold:
            high = middle
        else:
            low = middle
    return high


def _together(features: Mapping[str, float], model: Model, threshold: int) -> dict[str, float]:
    """The facts with the most to gain, as few as do; empty when all of them do not."""
    gains = sorted(
        (name for name in model.names if name in ACTIONABLE),
        key=lambda name: -(model.exact({**features, name: 1.0}) - model.exact(features)),
    )
    changed: dict[str, float] = {}
    for name in gains:
        needed = _needed({**features, **changed}, model, name, threshold)
        if needed is not None:
            return changed | {name: needed}
        changed[name] = 1.0
    return {}


def _said(threshold: int, changed: Mapping[str, float], features: Mapping[str, float], model: Model) -> Counterfactual:
    parts = [
        wording.condition(name, value, model.scale, is_known=features.get(f"{name}_known", 1.0) > 0)
        for name, value in changed.items()
    ]
    return Counterfactual(threshold, f"Reaches {threshold} if {' and '.join(parts)}.")
