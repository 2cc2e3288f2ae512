"""A logistic regression that starts from what is believed: log odds given as an offset, one variance per group.

The most probable coefficients under a normal prior around zero, so that with few rows the offset (the documented
weights) stands as it is, and gives way as outcomes come in. A group's variance is weakly informed and learnt with the
rest: a group of columns that tells nothing shrinks together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from headhaul.advisor.leads.arrays import Floats, probability

STEPS = 60
ROUNDS = 12
CLOSE = 1e-7


@dataclass(frozen=True, slots=True)
class Belief:
    """What is believed of one group's coefficients before any outcome: about zero, within this spread.

    `weight` is how many coefficients that belief is worth; 0 with a spread means it is kept as it stands.
    """

    spread: float
    weight: float = 0.0


@dataclass(frozen=True, slots=True)
class Fitted:
    """The coefficients, how sure they are, and the spread that each group came to."""

    coefficients: Floats
    covariance: Floats
    spreads: dict[str, float]


def fit(*, rows: Floats, outcome: Floats, offset: Floats, groups: list[str], beliefs: dict[str, Belief]) -> Fitted:
    """The most probable coefficients; never fails for want of outcomes, as the prior alone determines them."""
    variance = {name: belief.spread**2 for name, belief in beliefs.items()}
    members = {name: np.array([group == name for group in groups], dtype=bool) for name in beliefs}
    coefficients = np.zeros(rows.shape[1])
    covariance = np.zeros((rows.shape[1], rows.shape[1]))
    learnt = any(belief.weight for name, belief in beliefs.items() if members[name].any())
    for _ in range(ROUNDS if learnt else 1):
        precision = np.array([1.0 / variance[group] for group in groups])
        coefficients, covariance = _climb(rows, outcome, offset, precision, coefficients)
        if not learnt or not _learn(variance, beliefs, members, coefficients, covariance):
            break
    return Fitted(coefficients, covariance, {name: float(np.sqrt(value)) for name, value in variance.items()})


def _learn(
    variance: dict[str, float],
    beliefs: dict[str, Belief],
    members: dict[str, np.ndarray],
    coefficients: Floats,
    covariance: Floats,
) -> bool:
    """One step of the variances towards what the coefficients say; whether any still moves."""
    moved = False
    spread = coefficients**2 + np.diag(covariance)
    for name, belief in beliefs.items():
        mine = members[name]
        if not belief.weight or not mine.any():
            continue
        told = float((spread[mine].sum() + belief.weight * belief.spread**2) / (mine.sum() + belief.weight))
        moved = moved or abs(told - variance[name]) > 0.02 * variance[name]
        variance[name] = told
    return moved


def _climb(rows: Floats, outcome: Floats, offset: Floats, precision: Floats, start: Floats) -> tuple[Floats, Floats]:
    """Newton's method; the penalty keeps the curvature positive, halved steps keep it going uphill."""
    coefficients = start.copy()
    height = _height(rows, outcome, offset, precision, coefficients)
    curvature = np.diag(precision)
    for _ in range(STEPS):
        chance = probability(offset + rows @ coefficients)
        slope = rows.T @ (outcome - chance) - precision * coefficients
        curvature = (rows.T * (chance * (1.0 - chance))) @ rows + np.diag(precision)
        step = np.linalg.solve(curvature, slope)
        share = 1.0
        while share > 1e-4:
            tried = coefficients + share * step
            reached = _height(rows, outcome, offset, precision, tried)
            if reached >= height - 1e-12:
                break
            share /= 2.0
        else:
            break
        gained, coefficients, height = reached - height, tried, reached
        if gained < CLOSE * (1.0 + abs(height)):
            break
    return coefficients, np.asarray(np.linalg.inv(curvature), dtype=np.float64)


def _height(rows: Floats, outcome: Floats, offset: Floats, precision: Floats, coefficients: Floats) -> float:
    logit = offset + rows @ coefficients
    return float((outcome * logit - np.logaddexp(0.0, logit)).sum() - 0.5 * (precision * coefficients**2).sum())
