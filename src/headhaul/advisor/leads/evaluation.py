"""How well leads of a file can be told apart: learnt from the oldest, measured on the newest, and with few outcomes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from headhaul.advisor.leads import gate, measures
from headhaul.advisor.leads.arrays import Floats, losses, probability
from headhaul.advisor.leads.documented import LikeDocumented
from headhaul.advisor.leads.gate import NAMES, Verdict
from headhaul.advisor.leads.ladder import Prior, Rung, rung_for
from headhaul.advisor.leads.measures import Measures
from headhaul.advisor.leads.tables import Table

OLDEST = 0.7
FEW = (25, 100, 500)
DRAWS = 20
SEED = 7


@dataclass(frozen=True, slots=True)
class Row:
    """One way of foretelling, on the test leads."""

    name: str
    measures: Measures


@dataclass(frozen=True, slots=True)
class FromFew:
    """What the gate serves when only `n` outcomes are known, over random draws."""

    n: int
    draws: int
    prior: float
    mean: float
    sd: float
    worst: float
    worse: int
    auc: float
    served: dict[str, int]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Everything the command prints. `refusal` says why there is nothing to measure."""

    learnt_from: int
    tested_on: int
    rung: Rung
    rows: list[Row]
    verdict: Verdict | None
    few: list[FromFew]
    suspects: list[tuple[str, float]]
    refusal: str = ""


def evaluate(
    *,
    leads: Table,
    test: Table | None = None,
    points: dict[str, float] | None = None,
    draws: int = DRAWS,
    few: tuple[int, ...] = FEW,
    seed: int = SEED,
) -> Evaluation:
    """Split by time unless the newest leads are given by themselves; the same seed, the same figures."""
    cut = round(len(leads) * OLDEST)
    places = np.arange(len(leads))
    older, newer = (leads.taken(places[:cut]), leads.taken(places[cut:])) if test is None else (leads, test)
    rung = rung_for(won=older.won, lost=older.lost)
    if refusal := _refusal(older, newer):
        return Evaluation(len(older), len(newer), rung, [], None, [], [], refusal)
    prior = LikeDocumented.of(older, points=points)
    rate = np.full(len(newer), older.outcome.mean())
    rows = [
        Row("Base rate", measures.of(outcome=newer.outcome, chance=rate)),
        Row(NAMES[Rung.PRIOR], measures.of(outcome=newer.outcome, chance=probability(prior.logits(newer)))),
    ]
    for step in gate.ORDER[1 : gate.ORDER.index(rung) + 1]:
        model = gate.made(table=older, prior=prior, rung=step)
        rows.append(Row(NAMES[step], measures.of(outcome=newer.outcome, chance=model.chances(newer))))
    verdict = gate.judge(table=older, prior=prior, served=prior)
    found = [
        from_few(older=older, newer=newer, prior=prior, n=n, draws=draws, seed=seed) for n in few if n <= len(older)
    ]
    return Evaluation(len(older), len(newer), rung, rows, verdict, found, suspects(older, newer))


def from_few(*, older: Table, newer: Table, prior: Prior, n: int, draws: int, seed: int) -> FromFew:
    """Draw `n` of the older leads, let the gate decide, and measure what it would serve."""
    chooses = np.random.default_rng([seed, n])
    believed = probability(prior.logits(newer))
    stands = float(losses(newer.outcome, believed).mean())
    found: list[float] = []
    aucs: list[float] = []
    served: Counter[str] = Counter()
    for _ in range(draws):
        drawn = older.taken(np.sort(chooses.choice(len(older), n, replace=False)))
        verdict = gate.judge(table=drawn, prior=prior, served=prior)
        chances = verdict.model.chances(newer) if verdict.model else believed
        served[NAMES[verdict.rung if verdict.model else Rung.PRIOR]] += 1
        found.append(float(losses(newer.outcome, chances).mean()))
        aucs.append(measures.of(outcome=newer.outcome, chance=chances).auc or 0.5)
    losses_of = np.array(found)
    return FromFew(
        n,
        draws,
        stands,
        float(losses_of.mean()),
        float(losses_of.std()),
        float(losses_of.max()),
        int((losses_of > stands + 1e-9).sum()),
        float(np.mean(aucs)),
        dict(served),
    )


SUSPECT_FROM = 0.80


def suspects(older: Table, newer: Table) -> list[tuple[str, float]]:
    """Columns that alone tell so much that somebody should ask whether they are known when a lead comes in."""
    flat = Flat(float(older.outcome.mean()))
    found = []
    for place in range(len(older.columns)):
        alone, later = _only(older, place), _only(newer, place)
        chances = gate.made(table=alone, prior=flat, rung=rung_for(won=older.won, lost=older.lost)).chances(later)
        auc = measures.of(outcome=newer.outcome, chance=chances).auc
        if auc is not None and auc >= SUSPECT_FROM:
            found.append((older.columns[place].name, auc))
    return sorted(found, key=lambda each: -each[1])


@dataclass(frozen=True, slots=True)
class Flat:
    """The same chance for every lead."""

    rate: float

    def logits(self, table: Table) -> Floats:
        """As many as there are rows."""
        from headhaul.advisor.leads.arrays import log_odds

        return np.full(len(table), float(log_odds(self.rate)))


def _only(table: Table, place: int) -> Table:
    return Table((table.columns[place],), table.outcome, table.time, table.group)


def _refusal(older: Table, newer: Table) -> str:
    if not len(older) or not len(newer):
        return f"{len(older) + len(newer):,} leads are too few to learn from some and measure on others."
    if not older.won or not older.lost:
        ended = "won" if older.won else "lost"
        return f"All {len(older):,} leads to learn from were {ended}: one class alone teaches nothing."
    if not newer.won or not newer.lost:
        ended = "won" if newer.won else "lost"
        return f"All {len(newer):,} leads to measure on were {ended}: nothing can be told apart on them."
    return ""
