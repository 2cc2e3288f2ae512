"""Features as columns of numbers that a regression can use, made from the rows it may learn from and no other."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from headhaul.advisor.leads.arrays import Flags, Floats
from headhaul.advisor.leads.tables import Column, Kind, Table

LEAST_ROWS = 20
"""A word that fewer rows have stands with the other rare ones; of fewer than 400 rows, the twentieth part."""

KNOTS = 5


@dataclass(frozen=True, slots=True)
class Drawn:
    """The matrix, and for each of its columns the name and the group whose prior it has."""

    rows: Floats
    names: list[str]
    groups: list[str]


@dataclass(frozen=True, slots=True)
class NumberCode:
    """A number as its place among those learnt from: signed log, middle and spread, bounded to the range seen."""

    name: str
    least: float
    most: float
    middle: float
    spread: float
    has_gaps: bool
    knots: tuple[float, ...]
    is_share: bool = False

    def placed(self, column: Column) -> Floats:
        """Standardised, what is missing at the middle."""
        bounded = np.clip(column.numbers, self.least, self.most)
        straight = bounded if self.is_share else _bent(bounded)
        return np.where(np.isnan(bounded), 0.0, (straight - self.middle) / self.spread)


@dataclass(frozen=True, slots=True)
class CategoryCode:
    """The words that are told apart; any other, new ones too, is `other`."""

    name: str
    words: tuple[str, ...]
    has_other: bool
    has_gaps: bool


@dataclass(slots=True)
class Encoding:
    """How a table is drawn; `curves` lets numbers bend."""

    curves: bool
    numbers: list[NumberCode] = field(default_factory=list)
    categories: list[CategoryCode] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, table: Table, *, curves: bool) -> Encoding:
        """Learnt from these rows. A column that is the same in all of them tells nothing and is left out."""
        made = cls(curves)
        for column in table.columns:
            if column.is_numeric:
                made._learn_number(column)
            else:
                made._learn_category(column)
        return made

    def drawn(self, table: Table) -> Drawn:
        """The matrix of these rows."""
        found = {column.name: column for column in table.columns}
        parts: list[Floats] = []
        names: list[str] = []
        groups: list[str] = []

        def put(values: Floats | Flags, name: str, group: str) -> None:
            parts.append(np.asarray(values, dtype=np.float64))
            names.append(name)
            groups.append(group)

        for code in self.numbers:
            placed = code.placed(found[code.name])
            put(placed, code.name, "numbers")
            if code.has_gaps:
                put(~found[code.name].given, f"{code.name} missing", "missing")
            if self.curves and code.knots:
                for place, bend in enumerate(_bends(placed, code.knots)):
                    put(bend, f"{code.name} curve {place + 1}", f"curve {code.name}")
        for kind in self.categories:
            words = [kind_of(word, kind) for word in found[kind.name].words]
            for word in (*kind.words, *(["other"] if kind.has_other else []), *(["missing"] if kind.has_gaps else [])):
                label = (word,) if word in kind.words else word
                put(np.array([each == label for each in words]), f"{kind.name}: {word}", f"words {kind.name}")
        rows = np.column_stack(parts) if parts else np.zeros((len(table), 0))
        return Drawn(rows, names, groups)

    def _learn_number(self, column: Column) -> None:
        seen = column.numbers[column.given]
        has_gaps = bool(0 < len(seen) < len(column.numbers))
        if not len(seen) or (np.ptp(seen) == 0 and not has_gaps):
            self.left_out[column.name] = "the same in every row" if len(seen) else "never given"
            return
        is_share = column.kind is Kind.SHARE
        bent = seen if is_share else _bent(seen)
        spread = float(bent.std()) or 1.0
        middle = float(np.median(bent))
        placed = (bent - middle) / spread
        knots = np.unique(np.quantile(placed, np.linspace(0, 1, KNOTS)))
        self.numbers.append(
            NumberCode(
                column.name,
                0.0 if is_share else float(seen.min()),
                1.0 if is_share else float(seen.max()),
                middle,
                spread,
                has_gaps,
                tuple(float(knot) for knot in knots) if len(knots) > 2 else (),
                is_share,
            )
        )

    def _learn_category(self, column: Column) -> None:
        counts = Counter(word for word in column.words if word is not None)
        least = min(LEAST_ROWS, max(2, len(column.words) // 20))
        kept = tuple(sorted(word for word, many in counts.items() if many >= least))
        rare = sum(many for word, many in counts.items() if many < least)
        gaps = len(column.words) - sum(counts.values())
        if (len(kept) + bool(rare) + bool(gaps)) < 2:
            self.left_out[column.name] = "the same in every row" if counts else "never given"
            return
        self.categories.append(CategoryCode(column.name, kept, rare > 0, gaps > 0))


def kind_of(word: str | None, code: CategoryCode) -> tuple[str] | str:
    """Which of its columns a word falls into; known words are wrapped, so that a word "other" is not the rest."""
    if word is None:
        return "missing"
    return (word,) if word in code.words else "other"


def _bent(values: Floats) -> Floats:
    """The signed logarithm, so that counts and money of any size fit into one line."""
    bent: Floats = np.sign(values) * np.log1p(np.abs(values))
    return bent


def _bends(placed: Floats, knots: tuple[float, ...]) -> list[Floats]:
    """A cubic spline's columns beside the straight line: flat outside of the knots."""
    from sklearn.preprocessing import SplineTransformer

    if not len(placed):
        return [placed] * (len(knots) + 1)
    spline = SplineTransformer(degree=3, knots=np.array(knots)[:, None], extrapolation="constant", include_bias=False)
    spline.fit(np.array(knots)[:, None])
    made = spline.transform(placed[:, None])
    return [made[:, place] for place in range(made.shape[1])]
