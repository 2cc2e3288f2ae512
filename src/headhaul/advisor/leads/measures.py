"""How good probabilities are, measured on rows that they were not learnt from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from headhaul.advisor.leads.arrays import Floats, log_odds, losses
from headhaul.advisor.leads.bayes import Belief, fit

BINS = 15
POINTS = 10
Z_OF_90 = 1.6448536269514722


@dataclass(frozen=True, slots=True)
class Point:
    """One bin of the reliability curve: what was said, what came, and the 90 % interval of the latter."""

    said: float
    came: float
    least: float
    most: float
    n: int


@dataclass(frozen=True, slots=True)
class Measures:
    """None where it cannot be told: ranking needs both outcomes."""

    n: int
    won: int
    base_rate: float | None
    mean_chance: float | None
    log_loss: float | None
    brier: float | None
    auc: float | None
    pr_auc: float | None
    ece: float | None
    slope: float | None
    curve: tuple[Point, ...]


def of(*, outcome: Floats, chance: Floats) -> Measures:
    """All measures of these rows; of no row, none."""
    n, won = len(outcome), int(outcome.sum())
    if n == 0:
        return Measures(0, 0, None, None, None, None, None, None, None, None, ())
    both = 0 < won < n
    return Measures(
        n=n,
        won=won,
        base_rate=won / n,
        mean_chance=float(chance.mean()),
        log_loss=float(losses(outcome, chance).mean()),
        brier=float(((outcome - chance) ** 2).mean()),
        auc=_auc(outcome, chance) if both else None,
        pr_auc=_pr_auc(outcome, chance) if both else None,
        ece=expected_calibration_error(outcome, chance),
        slope=_slope(outcome, chance) if both else None,
        curve=reliability(outcome, chance),
    )


def expected_calibration_error(outcome: Floats, chance: Floats) -> float:
    """The mean gap between what was said and what came, over bins of equal mass."""
    gaps = [abs(outcome[mine].mean() - chance[mine].mean()) * len(mine) for mine in _bins(chance, BINS)]
    return float(sum(gaps) / len(outcome))


def reliability(outcome: Floats, chance: Floats) -> tuple[Point, ...]:
    """What came against what was said, in bins of equal mass with Wilson's interval."""
    points = []
    for mine in _bins(chance, min(POINTS, max(1, len(outcome) // 10))):
        least, most = interval(int(outcome[mine].sum()), len(mine))
        points.append(Point(float(chance[mine].mean()), float(outcome[mine].mean()), least, most, len(mine)))
    return tuple(points)


def interval(won: int, n: int) -> tuple[float, float]:
    """Wilson's 90 % interval of a share."""
    share, square = won / n, Z_OF_90**2
    middle = (share + square / (2 * n)) / (1 + square / n)
    half = Z_OF_90 * float(np.sqrt(share * (1 - share) / n + square / (4 * n * n))) / (1 + square / n)
    return max(0.0, middle - half), min(1.0, middle + half)


def _bins(chance: Floats, many: int) -> list[np.ndarray]:
    order = np.argsort(chance, kind="stable")
    return [part for part in np.array_split(order, many) if len(part)]


def _auc(outcome: Floats, chance: Floats) -> float:
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(outcome, chance))


def _pr_auc(outcome: Floats, chance: Floats) -> float:
    from sklearn.metrics import average_precision_score

    return float(average_precision_score(outcome, chance))


def _slope(outcome: Floats, chance: Floats) -> float | None:
    """How much the log odds that came rise with those that were said: 1 is right, less is overconfident."""
    said = log_odds(chance)
    if np.ptp(said) < 1e-9:
        return None
    rows = np.column_stack([np.ones(len(said)), said])
    loose = {"all": Belief(spread=30.0)}
    found = fit(rows=rows, outcome=outcome, offset=np.zeros(len(said)), groups=["all", "all"], beliefs=loose)
    return float(found.coefficients[1])
