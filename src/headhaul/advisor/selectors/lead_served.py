"""What scores leads now, as the learning compares it: documented weights as log odds, or a stored model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from headhaul.advisor.leads.arrays import Floats, log_odds
from headhaul.advisor.leads.documented import DocumentedWeights, Meaning
from headhaul.advisor.leads.tables import Table
from headhaul.advisor.leads.weights import PlainWeights
from headhaul.advisor.preferences import LeadLearning
from headhaul.capture.services.scores import documented


@dataclass(frozen=True, slots=True)
class Served:
    """A stored model, its calibration included."""

    weights: Mapping[str, float]
    intercept: float
    map: Mapping[str, Any]

    def logits(self, table: Table) -> Floats:
        """Log odds of these rows, as scoring would have them."""
        model = PlainWeights(self.weights, self.intercept)
        calibration = self.map.get("calibration")
        if not calibration:
            return model.logits(table)
        return log_odds(np.interp(model.chances(table), calibration["p"], calibration["q"]))


def prior_of(learning: LeadLearning) -> DocumentedWeights:
    """The weights of the settings, with what their thresholds are believed to mean."""
    weights = documented()
    meaning = Meaning(
        at_warm=learning.warm_percent / 100,
        at_hot=learning.hot_percent / 100,
        warm=float(weights.thresholds.warm),
        hot=float(weights.thresholds.hot),
    )
    return DocumentedWeights({name: weight for name, weight in weights.weights.items() if weight}, meaning)
