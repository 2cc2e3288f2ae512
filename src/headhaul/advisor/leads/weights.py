"""A learnt model of lead features as plain weights: what a lead's score needs, with nothing of the learning left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from headhaul.advisor.leads.arrays import Floats, probability
from headhaul.advisor.leads.documented import DocumentedWeights
from headhaul.advisor.leads.gate import Model
from headhaul.advisor.leads.ladder import Rung
from headhaul.advisor.leads.tables import Table


@dataclass(frozen=True, slots=True)
class PlainWeights:
    """Log odds = intercept + the sum of weight times feature."""

    weights: Mapping[str, float]
    intercept: float

    def logits(self, table: Table) -> Floats:
        """Of these rows; a feature that a row does not have counts 0."""
        logits = np.full(len(table), self.intercept)
        for column in table.columns:
            if column.is_numeric and column.name in self.weights:
                logits += self.weights[column.name] * np.nan_to_num(column.numbers, nan=0.0)
        return logits

    def chances(self, table: Table) -> Floats:
        """The probabilities of these rows."""
        return probability(self.logits(table))


def documented_as_plain(prior: DocumentedWeights) -> PlainWeights:
    """The documented weights as log odds, by what a score of 50 and of 80 is believed to mean."""
    total = sum(prior.weights.values()) or 1.0
    each = 100.0 * prior.meaning.per_point / total
    return PlainWeights({name: each * weight for name, weight in prior.weights.items()}, prior.meaning.at_nought)


def plain(model: Model, prior: DocumentedWeights) -> PlainWeights:
    """Everything that was learnt, folded into one weight a feature. Curves cannot be."""
    learnt, believed = model.learnt, documented_as_plain(prior)
    if learnt.rung is Rung.CURVES:
        raise ValueError("Curves are no weights: learn with Rung.WEIGHTS as the ceiling.")
    weights, intercept = dict(believed.weights), believed.intercept
    if learnt.fitted is not None:
        added = dict(zip(learnt.names, (float(value) for value in learnt.fitted.coefficients), strict=True))
        scale = 1.0 + added.get("scale", 0.0)
        intercept = scale * intercept + added["level"] - added.get("scale", 0.0) * learnt.centre
        weights = {name: scale * weight for name, weight in weights.items()}
        for code in learnt.encoding.numbers if learnt.encoding else ():
            each = added[code.name] / code.spread
            weights[code.name] = weights.get(code.name, 0.0) + each
            intercept -= each * code.middle
    correction = model.correction
    return PlainWeights(
        {name: correction.scale * weight for name, weight in weights.items()},
        correction.level + correction.scale * intercept,
    )
