"""The two ways from features to a score: documented weights, or a logistic model that was fitted on outcomes."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from headhaul.capture.scoring.facts import Scale
from headhaul.capture.scoring.features import SCORED

DOCUMENTED = {"signal": 30.0, "fleet": 20.0, "region_supply": 20.0, "equipment_fit": 15.0, "source_quality": 15.0}


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From when on a lead is hot, and from when on warm."""

    hot: int = 80
    warm: int = 50


class Model(Protocol):
    """What scoring asks of a model."""

    @property
    def thresholds(self) -> Thresholds:
        """Of the classes."""
        ...

    @property
    def scale(self) -> Scale:
        """Of the features."""
        ...

    @property
    def names(self) -> tuple[str, ...]:
        """The features it uses, the heaviest first."""
        ...

    def exact(self, features: Mapping[str, float]) -> float:
        """The score with its decimals, 0..100."""
        ...

    def probability(self, features: Mapping[str, float]) -> float | None:
        """How likely they become a client; None where nothing was learnt yet."""
        ...


@dataclass(frozen=True, slots=True)
class Weights:
    """Σ weight · feature, with weights that sum up to 100."""

    weights: Mapping[str, float] = field(default_factory=lambda: dict(DOCUMENTED))
    thresholds: Thresholds = field(default_factory=Thresholds)
    scale: Scale = field(default_factory=Scale)

    @property
    def names(self) -> tuple[str, ...]:
        """As they weigh."""
        return tuple(sorted(self.weights, key=lambda name: -self.weights[name]))

    def exact(self, features: Mapping[str, float]) -> float:
        """The weighted sum."""
        return math.fsum(weight * features[name] for name, weight in self.weights.items())

    def probability(self, features: Mapping[str, float]) -> float | None:
        """Nobody fitted these weights on outcomes."""
        return None


@dataclass(frozen=True, slots=True)
class Logistic:
    """Log-odds, their probability, a calibration, and a rising map to the score; see models.LeadModel for the form."""

    weights: Mapping[str, float]
    intercept: float = 0.0
    map: Mapping[str, Any] = field(default_factory=dict)
    thresholds: Thresholds = field(default_factory=Thresholds)
    scale: Scale = field(default_factory=Scale)
    id: int | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """As they weigh; those that do not count are left out."""
        used = [name for name in self.weights if self.weights[name] and name in (*SCORED, "completeness")]
        return tuple(sorted(used, key=lambda name: -abs(self.weights[name])))

    def probability(self, features: Mapping[str, float]) -> float:
        """The calibrated probability."""
        odds = self.intercept + math.fsum(weight * features.get(name, 0.0) for name, weight in self.weights.items())
        p = 1 / (1 + math.exp(-odds)) if odds > -700 else 0.0
        calibration = self.map.get("calibration")
        return read_off(p, calibration["p"], calibration["q"]) if calibration else p

    def exact(self, features: Mapping[str, float]) -> float:
        """The score that the probability stands for."""
        p = self.probability(features)
        return read_off(p, self.map["p"], self.map["score"]) if self.map.get("p") else 100 * p


def read_off(x: float, xs: Sequence[float], ys: Sequence[float]) -> float:
    """The line through rising points, level before the first and after the last."""
    if x <= xs[0]:
        return float(ys[0])
    if x >= xs[-1]:
        return float(ys[-1])
    right = bisect_right(xs, x)
    left = right - 1
    share = (x - xs[left]) / (xs[right] - xs[left])
    return float(ys[left] + share * (ys[right] - ys[left]))
