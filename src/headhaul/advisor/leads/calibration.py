"""A light correction of probabilities: two numbers, learnt from scores of rows that came after those learnt from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from headhaul.advisor.leads.arrays import Floats, Places, losses, probability
from headhaul.advisor.leads.bayes import Belief, fit
from headhaul.advisor.leads.ladder import Prior, Rung, learn
from headhaul.advisor.leads.tables import Table

BLOCKS = 5
LEAST_ROWS = 100
"""Scored rows below which two numbers are noise."""


@dataclass(frozen=True, slots=True)
class Correction:
    """log odds → level + scale · log odds."""

    level: float = 0.0
    scale: float = 1.0

    def applied(self, logits: Floats) -> Floats:
        """The corrected log odds; the order of leads stays as it is."""
        made: Floats = self.level + self.scale * logits
        return made

    @property
    def is_none(self) -> bool:
        """Whether it changes nothing."""
        return self.level == 0.0 and self.scale == 1.0


NONE = Correction()


def correction(*, table: Table, prior: Prior, rung: Rung) -> Correction:
    """Kept only if it helps rows that it was not learnt from by more than one standard error; else none.

    Every block of time is scored by what the blocks before it teach. Nothing is held back from the model for this.
    """
    places, logits = crossed(table=table, prior=prior, rung=rung)
    outcome = table.outcome[places]
    half = len(places) // 2
    if len(places) < LEAST_ROWS or not _has_both(outcome[:half]) or not _has_both(outcome[half:]):
        return NONE
    tried = _two_numbers(logits[:half], outcome[:half])
    gain = losses(outcome[half:], probability(logits[half:])) - losses(
        outcome[half:], probability(tried.applied(logits[half:]))
    )
    if gain.mean() <= gain.std(ddof=1) / np.sqrt(len(gain)):
        return NONE
    return _two_numbers(logits, outcome)


def crossed(*, table: Table, prior: Prior, rung: Rung, blocks: int = BLOCKS) -> tuple[Places, Floats]:
    """Places of rows, and their log odds from what came before them; no row is scored by one of its own group."""
    parts = np.array_split(np.arange(len(table)), blocks)
    scored: list[Places] = []
    logits: list[Floats] = []
    for turn in range(1, blocks):
        later = parts[turn]
        earlier = np.concatenate(parts[:turn])
        earlier = earlier[~np.isin(table.group[earlier], table.group[later])]
        known = table.taken(earlier)
        if not len(later) or not _has_both(known.outcome):
            continue
        scored.append(later)
        logits.append(learn(table=known, prior=prior, rung=rung).logits(table.taken(later)))
    if not scored:
        return np.empty(0, dtype=np.intp), np.empty(0)
    return np.concatenate(scored), np.concatenate(logits)


def _two_numbers(logits: Floats, outcome: Floats) -> Correction:
    """Held near to no correction by a prior, as a correction from few rows is mostly their noise."""
    rows = np.column_stack([np.ones(len(logits)), logits])
    believed = {"level": Belief(spread=0.5), "scale": Belief(spread=0.25)}
    found = fit(rows=rows, outcome=outcome, offset=logits, groups=["level", "scale"], beliefs=believed)
    return Correction(float(found.coefficients[0]), max(0.1, 1.0 + float(found.coefficients[1])))


def _has_both(outcome: Floats) -> bool:
    return bool(0 < outcome.sum() < len(outcome))
