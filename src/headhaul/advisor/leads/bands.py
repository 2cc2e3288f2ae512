"""From a probability to the score of 0 to 100, so that hot, warm and cold keep meaning something.

A score of 100 times the probability would make no lead hot where one in ten converts, and every second one where most
do. So the score is a rising line through points: the share of hot and warm leads stays what it was under the
documented weights, within bounds, or is cut where somebody said that a lead is worth it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from headhaul.advisor.leads.arrays import Floats, probability

STEPS = np.linspace(0.0, 1.0, 6)[1:-1]
APART = 1e-6


@dataclass(frozen=True, slots=True)
class Bands:
    """Where the bands begin: thresholds of the score, bounds of shares, and cut-offs by probability where given."""

    warm: float = 50.0
    hot: float = 80.0
    least_hot: float = 0.05
    most_hot: float = 0.20
    least_warm: float = 0.15
    most_warm: float = 0.40
    hot_from: float | None = None
    warm_from: float | None = None


@dataclass(frozen=True, slots=True)
class ScoreMap:
    """Rising points; the score is read off the line through them."""

    p: tuple[float, ...]
    score: tuple[float, ...]

    def read(self, chance: Floats) -> Floats:
        """The scores of probabilities."""
        made: Floats = np.interp(chance, self.p, self.score)
        return made


def through_shares(*, chances: Floats, documented: Floats, bands: Bands) -> ScoreMap:
    """Cut where the shares of hot and warm are those of the documented scores of the same leads, within bounds."""
    hot_share = float(np.clip((documented >= bands.hot).mean(), bands.least_hot, bands.most_hot))
    is_warm = (documented >= bands.warm) & (documented < bands.hot)
    warm_share = float(np.clip(is_warm.mean(), bands.least_warm, bands.most_warm))
    hot_from = bands.hot_from if bands.hot_from is not None else _cut(chances, 1 - hot_share)
    warm_from = bands.warm_from if bands.warm_from is not None else _cut(chances, 1 - hot_share - warm_share)
    warm_from, hot_from = _apart(warm_from, hot_from, chances)
    points = [(0.0, 0.0), *_inside(chances, 0.0, warm_from, 0.0, bands.warm), (warm_from, bands.warm)]
    points += [*_inside(chances, warm_from, hot_from, bands.warm, bands.hot), (hot_from, bands.hot)]
    points += [*_inside(chances, hot_from, 1.0, bands.hot, 100.0), (1.0, 100.0)]
    return _rising(points)


def as_documented(logits_of_scores: Floats) -> ScoreMap:
    """The documented score itself: given the log odds of scores 0, 1 … 100, what each means and back."""
    said = probability(logits_of_scores)
    inner = [(float(chance), float(score)) for score, chance in enumerate(said)]
    return _rising([(0.0, 0.0), *inner[1:-1], (float(said[-1]), 100.0), (1.0, 100.0)])


def _cut(chances: Floats, share: float) -> float:
    return float(np.quantile(chances, share, method="higher"))


def _apart(warm_from: float, hot_from: float, chances: Floats) -> tuple[float, float]:
    """Strictly inside 0 and 1, the hot cut above the warm one, also where many leads have one probability."""
    warm_from = float(np.clip(warm_from, 0.001, 0.997))
    if hot_from <= warm_from:
        above = chances[chances > warm_from]
        hot_from = float(above.min()) if len(above) else (warm_from + 1.0) / 2
    return warm_from, float(np.clip(hot_from, warm_from + 0.0005, 0.998))


def _inside(chances: Floats, least: float, most: float, low: float, high: float) -> list[tuple[float, float]]:
    """Even steps of the leads between two cuts."""
    mine = chances[(chances > least + APART) & (chances < most - APART)]
    if len(mine) < len(STEPS) + 1:
        return []
    return [(float(np.quantile(mine, step)), float(low + step * (high - low))) for step in STEPS]


def _rising(points: list[tuple[float, float]]) -> ScoreMap:
    """Only points that lie further than the one before."""
    kept: list[tuple[float, float]] = []
    for place, (chance, score) in enumerate(points):
        if kept and chance <= kept[-1][0]:
            continue
        if place < len(points) - 1 and score <= (kept[-1][1] if kept else -1.0):
            continue
        kept.append((chance, score))
    return ScoreMap(tuple(chance for chance, _ in kept), tuple(score for _, score in kept))
