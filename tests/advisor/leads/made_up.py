"""Leads made up from known weights, or from none."""

from __future__ import annotations

import numpy as np

from headhaul.advisor.leads.arrays import Floats, probability
from headhaul.advisor.leads.documented import DocumentedWeights
from headhaul.advisor.leads.tables import Kind, Table, table

WEIGHTS = {"signal": 30.0, "fleet": 20.0, "region_supply": 20.0, "equipment_fit": 15.0, "source_quality": 15.0}
PRIOR = DocumentedWeights(WEIGHTS)
KINDS = dict.fromkeys(WEIGHTS, Kind.SHARE)


def facts(n: int, *, seed: int) -> dict[str, Floats]:
    """Features between 0 and 1."""
    chooses = np.random.default_rng(seed)
    return {name: chooses.beta(2, 2, n) for name in WEIGHTS}


def leads(n: int, *, seed: int, truth: str) -> Table:
    """`other`: the fleet decides and the signal misleads; `documented`: as believed; `coin`: nothing tells anything."""
    features = facts(n, seed=seed)
    blank = table(features=features, outcome=np.zeros(n), kinds=KINDS)
    chances = {
        "other": probability(-3 + 4 * features["fleet"] - 2 * features["signal"] + 2 * features["equipment_fit"]),
        "documented": probability(PRIOR.logits(blank)),
        "coin": np.full(n, 0.3),
    }[truth]
    won = np.random.default_rng([seed, 1]).random(n) < chances
    return table(features=features, outcome=won, kinds=KINDS)
