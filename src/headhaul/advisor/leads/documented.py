"""What is believed of a lead before any outcome: points that sum to 100, and what a score of 50 and of 80 mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from headhaul.advisor.leads.arrays import Floats, log_odds
from headhaul.advisor.leads.tables import Table

WARM, HOT = 50.0, 80.0
FILLED = "\0filled"  # no column of a file is called so


@dataclass(frozen=True, slots=True)
class Meaning:
    """How often leads at the two thresholds are believed to convert; a straight line of log odds through both."""

    at_warm: float = 0.20
    at_hot: float = 0.50
    warm: float = WARM
    hot: float = HOT

    @property
    def per_point(self) -> float:
        """Log odds for each point of the score."""
        return float((log_odds(self.at_hot) - log_odds(self.at_warm)) / (self.hot - self.warm))

    @property
    def at_nought(self) -> float:
        """Log odds of a score of 0."""
        return float(log_odds(self.at_warm)) - self.warm * self.per_point

    def logits(self, score: Floats) -> Floats:
        """The log odds of scores."""
        made: Floats = self.at_nought + self.per_point * score
        return made


@dataclass(frozen=True, slots=True)
class DocumentedWeights:
    """Features between 0 and 1, each times its weight; the weights are taken as shares of 100."""

    weights: Mapping[str, float]
    meaning: Meaning = Meaning()

    def scores(self, table: Table) -> Floats:
        """0 to 100. A feature that is not known gives no points."""
        total = sum(self.weights.values()) or 1.0
        score = np.zeros(len(table))
        for column in table.columns:
            if column.is_numeric and column.name in self.weights:
                given = np.nan_to_num(np.clip(column.numbers, 0.0, 1.0), nan=0.0)
                score += 100.0 * self.weights[column.name] / total * given
        return score

    def logits(self, table: Table) -> Floats:
        """What is believed of these rows."""
        return self.meaning.logits(self.scores(table))


@dataclass(frozen=True, slots=True)
class LikeDocumented:
    """Documented weights for a file of other columns: each number gives points by its place among rows known before.

    More is better. Without points that somebody states, they are spread evenly over all numbers and the share of
    fields that are filled, as that is all that can be believed of columns of which nothing is known. The middle of
    all leads then has a score of 50.
    """

    seen: Mapping[str, Floats]
    points: Mapping[str, float]
    meaning: Meaning = field(default_factory=Meaning)

    @classmethod
    def of(
        cls, table: Table, *, points: Mapping[str, float] | None = None, meaning: Meaning | None = None
    ) -> LikeDocumented:
        """From rows' features alone; no outcome is looked at."""
        seen = {
            column.name: np.sort(column.numbers[column.given])
            for column in table.columns
            if column.is_numeric and column.given.any() and (not points or column.name in points)
        }
        if not points:
            seen[FILLED] = np.sort(_filled(table))
        return cls(seen, points or dict.fromkeys(seen, 1.0), meaning or Meaning())

    def scores(self, table: Table) -> Floats:
        """0 to 100."""
        found = {column.name: column.numbers for column in table.columns if column.is_numeric}
        if FILLED in self.seen:
            found[FILLED] = _filled(table)
        names = [name for name in self.seen if name in found]
        if not names:
            return np.full(len(table), WARM)
        placed = [_place(found[name], self.seen[name]) for name in names]
        made: Floats = 100.0 * np.average(placed, axis=0, weights=[self.points[name] for name in names])
        return made

    def logits(self, table: Table) -> Floats:
        """What is believed of these rows."""
        return self.meaning.logits(self.scores(table))


def _filled(table: Table) -> Floats:
    if not table.columns:
        return np.zeros(len(table))
    made: Floats = np.mean([column.given for column in table.columns], axis=0)
    return made


def _place(numbers: Floats, seen: Floats) -> Floats:
    below = np.searchsorted(seen, numbers, side="left") + np.searchsorted(seen, numbers, side="right")
    return np.where(np.isnan(numbers), 0.0, below / (2.0 * len(seen)))
