"""Whether a challenger takes over: only if it foretells the newest leads better than what is served now.

Better is: a lower log loss on leads that it did not see, by more than one standard error of the paired differences
(leads of one account count as one), and a mean probability within half and twice of what came. In every other case
what is served stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol, TypeAlias

import numpy as np

from headhaul.advisor.leads import measures
from headhaul.advisor.leads.arrays import Floats, Places, losses, probability
from headhaul.advisor.leads.calibration import NONE, Correction, correction
from headhaul.advisor.leads.ladder import Learnt, Prior, Rung, learn, rung_for
from headhaul.advisor.leads.measures import Measures
from headhaul.advisor.leads.tables import Table

HELD_SHARE = 0.3
ENOUGH_HELD = 300
FEW_CUTS = (0.4, 0.6, 0.8, 1.0)
"""With fewer held-out leads than that the newest 60 % are: each fifth judged by what was learnt from those before."""
LEAST_HELD = 20
LEAST_HELD_OF_EACH = 5
ORDER = (Rung.PRIOR, Rung.LEVEL, Rung.WEIGHTS, Rung.CURVES)
STANDARD_ERRORS = 1.0
STANDARD_ERRORS_OF_FEW, FEW_HELD = 2.0, 100
"""Of so few leads, and of a new level alone: a run of luck moves every lead's level the same way."""
STANDARD_ERRORS_OF_MORE = 1.64
"""What knows more has to be better than the best that knows less beyond what chance does once in twenty times."""
FURTHEST = 2.0
"""A mean probability beyond half or twice the rate that came is a broken model, whatever its log loss."""

Round: TypeAlias = tuple[Places, Places]


class Served(Protocol):
    """What scores leads now."""

    def logits(self, table: Table) -> Floats:
        """Log odds of these rows."""
        ...


@dataclass(frozen=True, slots=True)
class Model:
    """What was learnt, with its correction."""

    learnt: Learnt
    correction: Correction = NONE

    @property
    def rung(self) -> Rung:
        """How much was learnt."""
        return self.learnt.rung

    def logits(self, table: Table) -> Floats:
        """The corrected log odds."""
        return self.correction.applied(self.learnt.logits(table))

    def chances(self, table: Table) -> Floats:
        """The probabilities."""
        return probability(self.logits(table))


@dataclass(frozen=True, slots=True)
class Paired:
    """How much lower the log loss is, on the same leads: positive is better."""

    gain: float
    error: float
    demanded: float = STANDARD_ERRORS

    @property
    def is_better(self) -> bool:
        """By more than the demanded standard errors."""
        return self.gain > self.demanded * self.error and self.gain > 0


@dataclass(frozen=True, slots=True)
class Trial:
    """One challenger on the held-out leads."""

    rung: Rung
    measures: Measures
    against_served: Paired
    against_simpler: Paired
    stopped: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of it, in sentences, too. `challenger` is what was tried, None where there was too little to try.

    It is learnt from all leads, the held-out ones too; `after` is what its like, which did not see them, made of them.
    """

    is_adopted: bool
    challenger: Model | None
    rung: Rung
    why: list[str]
    n: int
    won: int
    held: int
    before: Measures
    after: Measures | None
    trials: list[Trial]

    @property
    def model(self) -> Model | None:
        """What takes over, if anything does."""
        return self.challenger if self.is_adopted else None


def judge(
    *, table: Table, prior: Prior, served: Served, seen_until: float | None = None, ceiling: Rung = Rung.CURVES
) -> Verdict:
    """Try every rung that the number of outcomes allows; the best one that is better than what is served takes over.

    `seen_until` is the time of the newest lead that what is served was learnt from: where enough newer leads are
    there, they alone decide, so that what is served gets no credit for what it has seen. `ceiling` is the highest rung
    that whoever asks can serve.
    """
    rung = min(rung_for(won=table.won, lost=table.lost), ceiling, key=ORDER.index)
    rounds = _rounds(table, seen_until)
    kept = table.taken(np.concatenate([later for _, later in rounds]) if rounds else np.empty(0, dtype=np.intp))
    before = measures.of(outcome=kept.outcome, chance=probability(served.logits(kept)))
    if refusal := _too_little(table, kept):
        return Verdict(False, None, rung, [refusal], len(table), table.won, len(kept), before, None, [])
    trials, best = _tried(table, rounds, prior=prior, served=served, highest=rung)
    shown = best or min(trials, key=lambda trial: trial.measures.log_loss or 0.0)
    return Verdict(
        best is not None,
        made(table=table, prior=prior, rung=shown.rung),
        shown.rung,
        [_why(best, before)] if best else _why_not(trials),
        len(table),
        table.won,
        len(kept),
        before,
        shown.measures,
        trials,
    )


def made(*, table: Table, prior: Prior, rung: Rung) -> Model:
    """A model from all these rows: what the gate let through is learnt anew with the newest leads, too."""
    learnt = learn(table=table, prior=prior, rung=rung)
    if rung in (Rung.PRIOR, Rung.LEVEL):
        return Model(learnt)
    return Model(learnt, correction(table=table, prior=prior, rung=rung))


def paired(*, outcome: Floats, better: Floats, than: Floats, group: Places, demanded: float) -> Paired:
    """The gain in log loss, with a standard error over groups: leads of one account are not independent."""
    gain = losses(outcome, than) - losses(outcome, better)
    _, whose = np.unique(group, return_inverse=True)
    many = int(whose.max()) + 1 if len(whose) else 0
    if many < 2:
        return Paired(float(gain.mean()) if len(gain) else 0.0, float("inf"), demanded)
    off = np.bincount(whose, weights=gain - gain.mean(), minlength=many)
    error = float(np.sqrt((off**2).sum() * many / (many - 1))) / len(gain)
    return Paired(float(gain.mean()), error, demanded)


def _rounds(table: Table, seen_until: float | None) -> list[Round]:
    """The held-out leads, and what may be learnt from for them: always what came before, never one of their group."""
    n = len(table)
    if seen_until is not None:
        unseen = np.flatnonzero(table.time > seen_until)
        if 0 < len(unseen) < n / 2 and not _too_few(table.taken(unseen)):
            return [_round(table, int(unseen[0]), n)]
    cuts = [n - int(np.ceil(n * HELD_SHARE)), n]
    if cuts[1] - cuts[0] < ENOUGH_HELD:
        cuts = [round(n * share) for share in FEW_CUTS]
    return [_round(table, start, end) for start, end in pairwise(cuts) if start < end]


def _round(table: Table, start: int, end: int) -> Round:
    earlier, later = np.arange(start), np.arange(start, end)
    return earlier[~np.isin(table.group[earlier], table.group[later])], later


def missing(*, n: int, won: int) -> str:
    """What has to come before anything can be tried, in a sentence; "" when nothing has."""
    if not n:
        return "No lead has a mature outcome yet. What is served stays."
    if not 0 < won < n:
        ended = "was won" if won else "was lost"
        return f"Every one of the {n:,} leads with a mature outcome {ended}: one class alone teaches nothing."
    needed = int(np.ceil(LEAST_HELD / (1 - FEW_CUTS[0])))
    if n < needed:
        return (
            f"{n:,} leads have a mature outcome; {needed} are needed, so that {LEAST_HELD} of them can be held out to "
            "compare on."
        )
    if min(won, n - won) < LEAST_HELD_OF_EACH:
        return f"{won:,} leads were won and {n - won:,} lost; at least {LEAST_HELD_OF_EACH} of each are needed."
    return ""


def _too_few(kept: Table) -> bool:
    return len(kept) < LEAST_HELD or min(kept.won, kept.lost) < LEAST_HELD_OF_EACH


def _too_little(table: Table, kept: Table) -> str:
    """Why nothing can be learnt yet, with what is missing; "" when it can."""
    if said := missing(n=len(table), won=table.won):
        return said
    if _too_few(kept):
        return (
            f"Of the newest {len(kept):,} leads {kept.won:,} were won and {kept.lost:,} lost; "
            f"{LEAST_HELD_OF_EACH} of each are needed to compare."
        )
    return ""


def _tried(
    table: Table, rounds: list[Round], *, prior: Prior, served: Served, highest: Rung
) -> tuple[list[Trial], Trial | None]:
    """The rungs from below: each has to be better than what is served, and than the best below it."""
    kept = table.taken(np.concatenate([later for _, later in rounds]))
    now = probability(served.logits(kept))
    simpler, best, trials = now, None, []
    for rung in _up_to(highest):
        chances = np.concatenate(
            [
                made(table=table.taken(earlier), prior=prior, rung=rung).chances(table.taken(later))
                for earlier, later in rounds
            ]
        )
        demanded = STANDARD_ERRORS if len(kept) >= FEW_HELD and rung is not Rung.LEVEL else STANDARD_ERRORS_OF_FEW
        trial = Trial(
            rung,
            measures.of(outcome=kept.outcome, chance=chances),
            paired(outcome=kept.outcome, better=chances, than=now, group=kept.group, demanded=demanded),
            paired(
                outcome=kept.outcome, better=chances, than=simpler, group=kept.group, demanded=STANDARD_ERRORS_OF_MORE
            ),
            _stop(kept, chances),
        )
        trials.append(trial)
        if not trial.stopped and trial.against_served.is_better and trial.against_simpler.is_better:
            best = trial
        if losses(kept.outcome, chances).mean() < losses(kept.outcome, simpler).mean():
            simpler = chances
    return trials, best


def _up_to(highest: Rung) -> list[Rung]:
    return list(ORDER[1 : ORDER.index(highest) + 1])


def _stop(kept: Table, chances: Floats) -> str:
    said, came = float(chances.mean()), float(kept.outcome.mean())
    if came / FURTHEST <= said <= came * FURTHEST:
        return ""
    return f"it says {said:.1%} on average where {came:.1%} came, further off than half or twice"


def _why(best: Trial, before: Measures) -> str:
    found = best.against_served
    return (
        f"{NAMES[best.rung]}: on {before.n:,} newest leads the log loss is {best.measures.log_loss:.4f} against "
        f"{before.log_loss:.4f}, lower by {found.gain:.4f}; {_demanded(found)} would be "
        f"{found.demanded * found.error:.4f}."
    )


def _why_not(trials: list[Trial]) -> list[str]:
    said = []
    for trial in trials:
        name, found = NAMES[trial.rung], trial.against_served
        if trial.stopped:
            said.append(f"{name}: stopped, {trial.stopped}.")
        elif found.gain <= 0:
            said.append(f"{name}: the log loss is higher by {-found.gain:.4f} on the newest leads.")
        else:
            said.append(
                f"{name}: the log loss is lower by {found.gain:.4f}, not by more than {_demanded(found)} "
                f"({found.demanded * found.error:.4f}): it may be chance."
            )
    return said


def _demanded(found: Paired) -> str:
    return "one standard error" if found.demanded == 1 else f"{found.demanded:.0f} standard errors"


NAMES = {
    Rung.PRIOR: "Documented weights",
    Rung.LEVEL: "Documented weights at a new level",
    Rung.WEIGHTS: "Learnt weights",
    Rung.CURVES: "Learnt weights with curves",
}
