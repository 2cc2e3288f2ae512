"""The parts that learning is made of, and whatever a file may hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, log_loss

from headhaul.advisor.leads import bands, calibration, gate, measures, weights
from headhaul.advisor.leads.arrays import log_odds, losses, probability
from headhaul.advisor.leads.bayes import Belief, fit
from headhaul.advisor.leads.documented import DocumentedWeights, LikeDocumented, Meaning
from headhaul.advisor.leads.encoding import Encoding
from headhaul.advisor.leads.ladder import Rung, learn, rung_for
from headhaul.advisor.leads.tables import Kind, column, table
from headhaul.capture.scoring import Logistic
from tests.advisor.leads.made_up import KINDS, PRIOR, facts, leads

ANYTHING = st.one_of(
    st.none(), st.just(""), st.just("Select"), st.text(max_size=6), st.floats(), st.integers(-(10**9), 10**9),
    st.booleans(), st.sampled_from(["1,200", "$5", "40%", "nan", "inf", "-"]),
)  # fmt: skip


@settings(max_examples=50)
@given(st.data())
def test_any_columns_and_any_outcomes_get_an_answer_and_never_an_exception(data: st.DataObject) -> None:
    n = data.draw(st.integers(0, 70))
    features = {
        name: data.draw(st.lists(ANYTHING, min_size=n, max_size=n))
        for name in data.draw(st.sets(st.text(min_size=1, max_size=3), max_size=3))
    }
    outcome = data.draw(st.lists(st.booleans(), min_size=n, max_size=n))
    found = table(features=features, outcome=outcome)
    prior = LikeDocumented.of(found)
    verdict = gate.judge(table=found, prior=prior, served=prior)
    assert verdict.is_adopted or verdict.why
    for rung in Rung:
        chances = learn(table=found, prior=prior, rung=rung).chances(found)
        assert chances.shape == (n,)
        assert ((chances > 0) & (chances < 1)).all()
    measures.of(outcome=found.outcome, chance=np.full(n, 0.5))


@pytest.mark.parametrize(
    ("won", "lost", "rung"),
    [
        (0, 0, Rung.PRIOR), (1, 0, Rung.LEVEL), (20, 29, Rung.LEVEL), (20, 30, Rung.WEIGHTS), (0, 9_000, Rung.LEVEL),
        (9_000, 4, Rung.LEVEL), (250, 249, Rung.WEIGHTS), (250, 250, Rung.CURVES),
    ],
)  # fmt: skip
def test_the_ladder_has_a_rung_for_every_number(won: int, lost: int, rung: Rung) -> None:
    assert rung_for(won=won, lost=lost) is rung


def test_without_an_offset_it_is_the_ridge_that_everybody_knows() -> None:
    chooses = np.random.default_rng(3)
    rows = chooses.normal(size=(400, 4))
    outcome = (chooses.random(400) < probability(rows @ [1.0, -2.0, 0.5, 0.0])).astype(float)
    known = LogisticRegression(C=0.25, fit_intercept=False, tol=1e-10, max_iter=500).fit(rows, outcome).coef_[0]
    belief = {"all": Belief(spread=0.5)}
    found = fit(rows=rows, outcome=outcome, offset=np.zeros(400), groups=["all"] * 4, beliefs=belief)
    assert np.allclose(found.coefficients, known, atol=1e-4)


def test_without_outcomes_the_prior_stands_and_with_many_it_gives_way() -> None:
    later = leads(2_000, seed=9, truth="other")
    believed = PRIOR.logits(later)
    none = learn(table=leads(0, seed=1, truth="other"), prior=PRIOR, rung=Rung.WEIGHTS)
    assert np.array_equal(none.logits(later), believed)
    losses_of = [
        losses(
            later.outcome, learn(table=leads(n, seed=1, truth="other"), prior=PRIOR, rung=Rung.WEIGHTS).chances(later)
        )
        for n in (0, 100, 400, 2_000)
    ]
    means = [float(each.mean()) for each in losses_of]
    assert means == sorted(means, reverse=True)


def test_a_group_that_tells_nothing_shrinks_together() -> None:
    chooses = np.random.default_rng(1)
    rows = chooses.normal(size=(2_000, 12))
    outcome = (chooses.random(2_000) < probability(2 * rows[:, 0] - 2 * rows[:, 1])).astype(float)
    groups = ["useful"] * 2 + ["noise"] * 10
    beliefs = {"useful": Belief(0.5, weight=4.0), "noise": Belief(0.5, weight=4.0)}
    spreads = fit(rows=rows, outcome=outcome, offset=np.zeros(2_000), groups=groups, beliefs=beliefs).spreads
    assert spreads["noise"] < 0.35 < 0.8 < spreads["useful"]


def test_columns_that_tell_nothing_are_left_out_and_words_never_seen_count_as_other() -> None:
    known = table(
        features={
            "same": ["a"] * 40,
            "never": [""] * 40,
            "city": ["Waco"] * 20 + ["Tulsa"] * 19 + ["other"],
            "visits": [float(n) for n in range(39)] + [None],
        },
        outcome=[0, 1] * 20,
    )
    encoding = Encoding.of(known, curves=True)
    assert encoding.left_out == {"same": "the same in every row", "never": "never given"}
    drawn = encoding.drawn(known)
    assert {"city: Waco", "city: other", "visits", "visits missing", "visits curve 1"} <= set(drawn.names)
    later = table(
        features={"same": ["b"], "never": ["x"], "city": ["Boise"], "visits": [10**9]},
        outcome=[1],
        kinds={"visits": Kind.NUMBER},
    )
    row = dict(zip(drawn.names, encoding.drawn(later).rows[0], strict=True))
    assert row["city: other"] == 1
    assert row["visits"] == max(drawn.rows[:, drawn.names.index("visits")])  # bounded to what was seen


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["1", "2", "3", ""], Kind.NUMBER),
        (["1,000", "$20", "5%"], Kind.NUMBER),
        (["0", "1", "0"], Kind.CATEGORY),
        (["Select", "", "n/a"], Kind.CATEGORY),
        (["1", "2", "three"], Kind.CATEGORY),
    ],
)
def test_a_column_is_read_by_what_it_holds(values: list[str], kind: Kind) -> None:
    assert column("any", values).kind is kind


def test_no_curve_is_learnt_from_the_future() -> None:
    """What is scored depends on what came before it alone: later rows can be anything."""
    found = leads(400, seed=4, truth="other")
    turned = table(
        features={each.name: np.where(np.arange(400) < 320, each.numbers, 1 - each.numbers) for each in found.columns},
        outcome=np.where(np.arange(400) < 320, found.outcome, 1 - found.outcome),
        kinds=KINDS,
    )
    places, logits = calibration.crossed(table=found, prior=PRIOR, rung=Rung.WEIGHTS)
    _, others = calibration.crossed(table=turned, prior=PRIOR, rung=Rung.WEIGHTS)
    assert np.array_equal(logits[places < 320], others[places < 320])
    assert not np.array_equal(logits[places >= 320], others[places >= 320])


def test_measures_are_those_of_the_books() -> None:
    outcome, chance = np.array([0.0, 1.0, 1.0, 0.0, 1.0]), np.array([0.1, 0.8, 0.6, 0.4, 0.3])
    found = measures.of(outcome=outcome, chance=chance)
    assert found.log_loss == pytest.approx(log_loss(outcome, chance))
    assert found.brier == pytest.approx(brier_score_loss(outcome, chance))
    assert found.auc == pytest.approx(5 / 6)
    assert sum(point.n for point in found.curve) == 5
    one_class = measures.of(outcome=np.ones(5), chance=chance)
    assert one_class.auc is one_class.slope is one_class.pr_auc is None


def test_the_slope_says_overconfidence() -> None:
    chooses = np.random.default_rng(2)
    truth = chooses.normal(size=20_000)
    outcome = (chooses.random(20_000) < probability(truth)).astype(float)
    assert measures.of(outcome=outcome, chance=probability(truth)).slope == pytest.approx(1.0, abs=0.05)
    assert measures.of(outcome=outcome, chance=probability(2 * truth)).slope == pytest.approx(0.5, abs=0.03)
    assert measures.of(outcome=outcome, chance=probability(truth)).ece == pytest.approx(0, abs=0.015)


def test_a_correction_is_learnt_only_where_it_helps() -> None:
    right = leads(1_000, seed=3, truth="documented")
    assert calibration.correction(table=right, prior=PRIOR, rung=Rung.PRIOR) == calibration.NONE
    steep = DocumentedWeights(PRIOR.weights, Meaning(at_warm=0.2, at_hot=0.97))
    found = calibration.correction(table=right, prior=steep, rung=Rung.PRIOR)
    assert found.scale < 0.9


def test_plain_weights_say_exactly_what_the_model_says_and_so_does_scoring() -> None:
    found = leads(500, seed=8, truth="other")
    model = gate.made(table=found, prior=PRIOR, rung=Rung.WEIGHTS)
    plain = weights.plain(model, PRIOR)
    assert np.allclose(plain.logits(found), model.logits(found), atol=1e-12)
    logistic = Logistic(plain.weights, plain.intercept)
    row = {each.name: float(each.numbers[7]) for each in found.columns}
    assert logistic.probability(row) == pytest.approx(model.chances(found)[7])
    with pytest.raises(ValueError, match="Curves are no weights"):
        weights.plain(gate.made(table=found, prior=PRIOR, rung=Rung.CURVES), PRIOR)


def test_the_meaning_of_both_thresholds_is_kept() -> None:
    logits = Meaning(at_warm=0.2, at_hot=0.5).logits(np.array([50.0, 80.0]))
    assert probability(logits) == pytest.approx([0.2, 0.5])


@settings(max_examples=80)
@given(
    st.lists(st.floats(1e-6, 1 - 1e-6), min_size=1, max_size=300),
    st.floats(0, 1), st.floats(0, 1), st.one_of(st.none(), st.floats(0.01, 0.99)),
)  # fmt: skip
def test_the_map_to_the_score_always_rises_and_holds_both_thresholds(
    chances: list[float], spread: float, level: float, hot_from: float | None
) -> None:
    known = np.array(chances)
    documented = np.clip(100 * (level + spread * (known - 0.5)), 0, 100)
    found = bands.through_shares(chances=known, documented=documented, bands=bands.Bands(hot_from=hot_from))
    assert all(a < b for a, b in zip(found.p, found.p[1:], strict=False))
    assert all(a < b for a, b in zip(found.score, found.score[1:], strict=False))
    assert (found.p[0], found.p[-1], found.score[0], found.score[-1]) == (0, 1, 0, 100)
    assert {50.0, 80.0} <= set(found.score)


@pytest.mark.parametrize("base", [0.02, 0.1, 0.5, 0.9])
def test_hot_and_warm_mean_something_where_few_convert_and_where_most_do(base: float) -> None:
    chances = probability(float(log_odds(base)) + np.random.default_rng(1).normal(size=2_000))
    documented = np.random.default_rng(2).normal(60, 15, 2_000)
    scores = bands.through_shares(chances=chances, documented=documented, bands=bands.Bands()).read(chances)
    assert 0.05 <= (scores >= 80).mean() <= 0.21
    assert 0.15 <= ((scores >= 50) & (scores < 80)).mean() <= 0.41


def test_a_new_level_keeps_every_documented_score() -> None:
    found = leads(300, seed=2, truth="documented")
    scores = PRIOR.scores(found)
    score_map = bands.as_documented(0.7 + 0.5 * PRIOR.meaning.logits(np.arange(101.0)))
    chances = probability(0.7 + 0.5 * PRIOR.meaning.logits(scores))
    assert np.abs(score_map.read(chances) - scores).max() < 0.05


def test_documented_scores_are_those_of_the_lead_score() -> None:
    from headhaul.capture import scoring

    row = {name: float(values[0]) for name, values in facts(1, seed=5).items()}
    made = table(features={name: [value] for name, value in row.items()}, outcome=[1], kinds=KINDS)
    assert PRIOR.scores(made)[0] == pytest.approx(scoring.Weights().exact(row))
