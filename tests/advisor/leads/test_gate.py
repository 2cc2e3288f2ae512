"""A challenger takes over only if it is better on the newest leads; otherwise what is served stays."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from headhaul.advisor.leads import gate, weights
from headhaul.advisor.leads.arrays import Floats, log_odds, losses, probability
from headhaul.advisor.leads.ladder import Rung
from headhaul.advisor.leads.tables import Table, table
from tests.advisor.leads.made_up import KINDS, PRIOR, WEIGHTS, facts, leads


def judged(found: Table, **more: object) -> gate.Verdict:
    return gate.judge(table=found, prior=PRIOR, served=PRIOR, ceiling=Rung.WEIGHTS, **more)  # type: ignore[arg-type]


def log_loss(found: Table, chances: Floats) -> float:
    return float(losses(found.outcome, chances).mean())


@pytest.mark.parametrize("seed", range(12))
def test_what_other_weights_made_is_learnt_and_foretells_later_leads_better(seed: int) -> None:
    verdict = judged(leads(1_000, seed=seed, truth="other"))
    later = leads(4_000, seed=999, truth="other")
    assert verdict.is_adopted
    assert verdict.rung is Rung.WEIGHTS
    assert verdict.model is not None
    assert log_loss(later, verdict.model.chances(later)) < log_loss(later, probability(PRIOR.logits(later))) - 0.03
    learnt = weights.plain(verdict.model, PRIOR).weights
    assert max(learnt, key=lambda name: learnt[name]) == "fleet"
    assert learnt["signal"] < learnt["equipment_fit"]


def test_with_fewer_leads_most_months_already_learn_them_and_none_does_harm() -> None:
    """Of 100 pools of 400 leads 92 let the learnt weights through; the price of a gate that chance rarely opens."""
    later = leads(4_000, seed=999, truth="other")
    stands = log_loss(later, probability(PRIOR.logits(later)))
    found = [judged(leads(400, seed=seed, truth="other")) for seed in range(12)]
    assert sum(verdict.is_adopted and verdict.rung is Rung.WEIGHTS for verdict in found) >= 8
    assert all(log_loss(later, verdict.model.chances(later)) < stands for verdict in found if verdict.model)


def test_where_the_documented_weights_are_right_they_stay() -> None:
    """One in six would be let through if a gain of one standard error were enough by itself."""
    found = [judged(leads(n, seed=seed, truth="documented")) for seed in range(40) for n in (100, 400)]
    assert sum(verdict.is_adopted for verdict in found) <= 4


def test_where_outcomes_are_coins_the_proportions_of_the_documented_weights_stay() -> None:
    """Their level and scale may give way, which keeps every score as it is: no feature is believed in its stead."""
    rungs = Counter(
        verdict.rung if verdict.is_adopted else Rung.PRIOR
        for seed in range(40)
        for verdict in [judged(leads(400, seed=seed, truth="coin"))]
    )
    assert rungs[Rung.WEIGHTS] <= 4


@pytest.mark.parametrize("truth", ["documented", "coin", "other"])
@pytest.mark.parametrize("n", [25, 100, 500])
def test_from_few_outcomes_it_is_never_worse_than_the_documented_weights_on_average(n: int, truth: str) -> None:
    later = leads(4_000, seed=999, truth=truth)
    stands = log_loss(later, probability(PRIOR.logits(later)))
    found = []
    for seed in range(25):
        model = judged(leads(n, seed=seed, truth=truth)).model
        found.append(stands if model is None else log_loss(later, model.chances(later)))
    assert np.mean(found) <= stands + 0.002
    assert n > 25 or max(found) == stands


def test_a_mean_probability_far_off_is_stopped_whatever_its_log_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "FURTHEST", 1.0)
    verdict = judged(leads(600, seed=3, truth="other"))
    assert not verdict.is_adopted
    assert all(trial.stopped for trial in verdict.trials)
    assert all("further off than half or twice" in why for why in verdict.why)


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        ([], "No lead has a mature outcome yet"),
        ([1], "one class alone teaches nothing"),
        ([0], "one class alone teaches nothing"),
        ([0, 1], "2 leads have a mature outcome"),
        ([1] * 200, "was won: one class alone"),
        ([0] * 200, "was lost: one class alone"),
        ([0] * 199 + [1], "1 leads were won and 199 lost"),
        ([1] * 60 + [0] * 200, "Of the newest"),
    ],
)
def test_too_little_is_said_with_what_is_missing(outcome: list[int], said: str) -> None:
    features = facts(len(outcome), seed=1)
    verdict = judged(table(features=features, outcome=outcome, kinds=KINDS))
    assert not verdict.is_adopted
    assert verdict.challenger is None
    assert any(said in why for why in verdict.why)


def test_the_same_leads_give_the_same_model_to_the_last_digit() -> None:
    first, second = (judged(leads(300, seed=5, truth="other")) for _ in range(2))
    assert first.model is not None
    assert second.model is not None
    assert weights.plain(first.model, PRIOR) == weights.plain(second.model, PRIOR)


def test_leads_of_one_account_count_as_one() -> None:
    outcome = np.array([1.0, 0.0] * 50)
    better, than = np.where(outcome > 0, 0.7, 0.4), np.full(100, 0.5)
    alone = gate.paired(outcome=outcome, better=better, than=than, group=np.arange(100), demanded=1)
    together = gate.paired(outcome=outcome, better=better, than=than, group=np.arange(100) % 2, demanded=1)
    assert together.gain == alone.gain
    assert together.error > 3 * alone.error


def test_no_lead_is_judged_by_what_was_learnt_from_its_own_account() -> None:
    found = leads(300, seed=1, truth="other")
    grouped = Table(found.columns, found.outcome, found.time, np.arange(300) % 30)
    for earlier, later in gate._rounds(grouped, None):
        assert not set(grouped.group[earlier]) & set(grouped.group[later])


def test_what_is_served_gets_no_credit_for_leads_that_it_was_learnt_from() -> None:
    found = leads(600, seed=1, truth="other")
    verdict = judged(found, seen_until=float(found.time[499]))
    assert verdict.held == 100
    assert judged(found, seen_until=float(found.time[597])).held > 100  # two new leads decide nothing


class Broken:
    """A model that says the same of everybody, and far too much."""

    def logits(self, table: Table) -> Floats:
        return np.full(len(table), float(log_odds(0.95)))


def test_a_broken_model_in_force_is_replaced() -> None:
    found = leads(400, seed=2, truth="documented")
    verdict = gate.judge(table=found, prior=PRIOR, served=Broken(), ceiling=Rung.WEIGHTS)
    assert verdict.is_adopted
    assert set(WEIGHTS) >= set(weights.plain(verdict.model, PRIOR).weights)  # type: ignore[arg-type]
