"""What is learnt from how many outcomes: with few the documented weights' level, with more their weights, then curves.

Every rung starts from the log odds that are believed so far (the prior) and learns what to add to them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import numpy as np

from headhaul.advisor.leads.arrays import Floats, probability
from headhaul.advisor.leads.bayes import Belief, Fitted, fit
from headhaul.advisor.leads.encoding import Encoding
from headhaul.advisor.leads.tables import Table

WEIGHTS_FROM = 50
CURVES_FROM = 500
LEAST_OF_EACH = 5

LEVEL_SPREAD = 0.5
"""Log odds: about as strong as 20 leads of a pool in which every fourth converts."""

BELIEFS = {
    "level": Belief(spread=LEVEL_SPREAD),
    "free level": Belief(spread=1.0),
    "scale": Belief(spread=0.5),
    "numbers": Belief(spread=0.5, weight=4.0),
    "missing": Belief(spread=0.5, weight=4.0),
    "words": Belief(spread=0.5, weight=4.0),
    "curve": Belief(spread=0.5, weight=4.0),
}


class Rung(StrEnum):
    """How much is learnt."""

    PRIOR = "prior"
    LEVEL = "level"
    WEIGHTS = "weights"
    CURVES = "curves"


class Prior(Protocol):
    """What is believed of a lead before any outcome, as log odds."""

    def logits(self, table: Table) -> Floats:
        """One for each row."""
        ...


@dataclass(frozen=True, slots=True)
class Learnt:
    """A model: the prior, what was learnt to be added, and how the rows it is added to are drawn."""

    rung: Rung
    prior: Prior
    encoding: Encoding | None
    names: list[str]
    fitted: Fitted | None
    n: int
    centre: float = 0.0

    def logits(self, table: Table) -> Floats:
        """The log odds of these rows."""
        believed = self.prior.logits(table)
        if self.fitted is None:
            return believed
        rows, _, _ = _drawn(table, encoding=self.encoding, believed=believed, centre=self.centre, n=self.n)
        made: Floats = believed + rows @ self.fitted.coefficients
        return made

    def chances(self, table: Table) -> Floats:
        """The probabilities of these rows."""
        return probability(self.logits(table))


def rung_for(*, won: int, lost: int) -> Rung:
    """By the number of outcomes; one outcome only is never enough for more than the level."""
    n = won + lost
    if n == 0:
        return Rung.PRIOR
    if n < WEIGHTS_FROM or min(won, lost) < LEAST_OF_EACH:
        return Rung.LEVEL
    return Rung.WEIGHTS if n < CURVES_FROM else Rung.CURVES


def learn(*, table: Table, prior: Prior, rung: Rung) -> Learnt:
    """Fit one rung to these rows."""
    if rung is Rung.PRIOR or not len(table):
        return Learnt(Rung.PRIOR, prior, None, [], None, len(table))
    believed = prior.logits(table)
    encoding = None if rung is Rung.LEVEL else Encoding.of(table, curves=rung is Rung.CURVES)
    centre = float(believed.mean())
    rows, names, groups = _drawn(table, encoding=encoding, believed=believed, centre=centre, n=len(table))
    beliefs = {group: BELIEFS[group if group in BELIEFS else group.split()[0]] for group in dict.fromkeys(groups)}
    fitted = fit(rows=rows, outcome=table.outcome, offset=believed, groups=groups, beliefs=beliefs)
    return Learnt(rung, prior, encoding, names, fitted, len(table), centre)


def _drawn(
    table: Table, *, encoding: Encoding | None, believed: Floats, centre: float, n: int
) -> tuple[Floats, list[str], list[str]]:
    """The level, the scale of what is believed, and the features; of few rows the level alone."""
    level = np.ones((len(table), 1))
    if encoding is None and n < WEIGHTS_FROM:
        return level, ["level"], ["level"]
    rows = np.column_stack([level, believed - centre])
    if encoding is None:
        return rows, ["level", "scale"], ["free level", "scale"]
    drawn = encoding.drawn(table)
    return np.column_stack([rows, drawn.rows]), ["level", "scale", *drawn.names], ["free level", "scale", *drawn.groups]
