"""Words for arrays, and the two maps between a probability and its log odds."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]
Places: TypeAlias = NDArray[np.intp]

SURE = 1e-6
"""No probability is nearer to 0 or 1: one sure lead that went the other way must not decide a log loss."""


def probability(logit: Floats) -> Floats:
    """Of log odds."""
    bounded = np.clip(logit, -30.0, 30.0)
    return np.clip(1.0 / (1.0 + np.exp(-bounded)), SURE, 1.0 - SURE)


def log_odds(chance: Any) -> Floats:
    """Of a probability."""
    bounded = np.clip(np.asarray(chance, dtype=np.float64), SURE, 1.0 - SURE)
    return np.log(bounded / (1.0 - bounded))


def losses(outcome: Floats, chance: Floats) -> Floats:
    """The log loss of each row."""
    bounded = np.clip(chance, SURE, 1.0 - SURE)
    return -(outcome * np.log(bounded) + (1.0 - outcome) * np.log(1.0 - bounded))
