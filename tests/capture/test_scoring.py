"""The score: documented weights, sentences with points, what would make it hot, and never less for more."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headhaul.capture.models import Lead, LeadModel
from headhaul.capture.scoring import (
    DOCUMENTED,
    SCORED,
    Facts,
    Logistic,
    Scale,
    Weights,
    features,
    score,
    wording,
)
from headhaul.capture.services import models
from headhaul.kernel import Actor, InvalidData
from headhaul.preferences.services import values
from tests.capture.doing import captured, do
from tests.factories.market import NOON, TODAY, carrier, signals

FULL = Facts(
    signal_score=82.0,
    fleet_size=120,
    drivers_near=30,
    drivers_matched=44,
    equipment_fit=0.9,
    source_quality=65,
    source_name="Trade show",
)


def test_the_documented_weights_sum_up_to_a_hundred() -> None:
    assert sum(DOCUMENTED.values()) == 100
    best = dict.fromkeys(SCORED, 1.0)
    assert (score(best).score, score(dict.fromkeys(SCORED, 0.0)).score) == (100, 0)


def test_reasons_are_sentences_whose_points_make_the_score() -> None:
    scored = score(features(FULL), facts=FULL)
    assert scored.score == round(sum(reason.points for reason in scored.reasons))
    said = [reason.text for reason in scored.reasons]
    assert "Their driver signal is 82 of 100: 24.6 of 30 points." in said
    assert any("120 trucks" in text for text in said)
    assert any("30 fitting drivers live close by" in text for text in said)
    assert any("Trade show" in text for text in said)


@pytest.mark.parametrize(("points", "most", "said"), [(-0.31, 2.0, "0.3 points less"), (0.4, -1.0, "0.4 points more")])
def test_what_speaks_against_a_lead_is_said_so(points: float, most: float, said: str) -> None:
    text = wording.reason("signal", 0.82, FULL, is_known=True, points=points, most=most)
    assert text == f"Their driver signal is 82 of 100: {said}."


def test_what_is_not_known_is_neutral_and_said() -> None:
    scored = score(features(Facts()), facts=Facts())
    assert scored.score == 40
    assert scored.grade == "cold"
    assert all("not known" in r.text or "No driver signal" in r.text for r in scored.reasons)
    assert not any(reason.is_known for reason in scored.reasons)


def test_a_counterfactual_reaches_what_it_says() -> None:
    known = replace(FULL, signal_score=40.0)
    numbers = features(known)
    scored = score(numbers, facts=known)
    assert scored.grade == "warm"
    said = {each.text for each in scored.counterfactuals}
    assert any(text.startswith("Reaches 80 if their driver signal were at least") for text in said), said
    single = next(text for text in said if "signal were at least" in text and " and " not in text)
    needed = int(single.rstrip(".").split()[-1])
    assert score(features(replace(known, signal_score=float(needed)))).score >= 80
    assert score(features(replace(known, signal_score=float(needed - 2)))).score < 80


def test_where_no_single_fact_does_it_the_fewest_together_are_named() -> None:
    poor = Facts(signal_score=5, fleet_size=2, drivers_near=1, equipment_fit=0.2, source_quality=40)
    found = [each for each in score(features(poor)).counterfactuals if each.reaches == 80]
    assert len(found) == 1
    assert " and " in found[0].text


def test_a_hot_lead_needs_no_counterfactual() -> None:
    best = Facts(signal_score=99, fleet_size=600, drivers_near=80, equipment_fit=1, source_quality=90)
    assert score(features(best)).counterfactuals == []


unit = st.floats(0, 1, allow_nan=False)
facts = st.builds(
    Facts,
    signal_score=st.floats(0, 100),
    fleet_size=st.integers(0, 5_000),
    drivers_near=st.floats(0, 500),
    equipment_fit=unit,
    source_quality=st.integers(0, 100),
)
MORE = {
    "signal_score": lambda value, more: min(100.0, value + 100 * more),
    "fleet_size": lambda value, more: value + int(1_000 * more),
    "drivers_near": lambda value, more: value + 100 * more,
    "equipment_fit": lambda value, more: min(1.0, value + more),
    "source_quality": lambda value, more: min(100, value + int(100 * more)),
}
LEARNT = Logistic(dict.fromkeys(SCORED, 1.3), -3.0, {"p": [0.0, 0.1, 0.4, 1.0], "score": [0, 50, 80, 100]})


@pytest.mark.parametrize("model", [Weights(), LEARNT], ids=["documented", "fitted"])
@given(known=facts, name=st.sampled_from(sorted(MORE)), more=unit)
def test_more_of_a_fact_never_scores_less(model: Any, known: Facts, name: str, more: float) -> None:
    better = replace(known, **{name: MORE[name](getattr(known, name), more)})
    assert score(features(better), model).score >= score(features(known), model).score


@pytest.mark.parametrize("model", [Weights(), LEARNT], ids=["documented", "fitted"])
@given(known=facts)
def test_a_score_is_within_its_bounds_and_its_class_fits(model: Any, known: Facts) -> None:
    scored = score(features(known), model)
    assert 0 <= scored.score <= 100
    assert scored.grade == ("hot" if scored.score >= 80 else "warm" if scored.score >= 50 else "cold")
    for each in scored.counterfactuals:
        assert each.reaches > scored.score


@given(known=facts, name=st.sampled_from(["signal_score", "fleet_size", "drivers_near", "equipment_fit"]))
def test_not_knowing_lies_between_the_worst_and_the_best(known: Facts, name: str) -> None:
    worst = score(features(replace(known, **{name: 0}))).score
    best = score(features(replace(known, **{name: 1 if name == "equipment_fit" else 10_000}))).score
    assert worst <= score(features(replace(known, **{name: None}))).score <= best


def test_a_fitted_model_says_how_likely_they_become_a_client() -> None:
    scored = score(features(FULL), LEARNT, facts=FULL)
    assert scored.p_convert is not None
    assert 0 < scored.p_convert < 1
    assert score(features(FULL), replace(LEARNT, map={})).score == round(100 * scored.p_convert)


@pytest.mark.django_db
def test_an_adopted_model_scores_new_leads_and_leaves_old_ones(rosa: Actor) -> None:
    before = captured(rosa)
    row = models.record(
        weights=dict.fromkeys(SCORED, 5.0), intercept=0.0, map={"p": [0, 1], "score": [0, 100]}, measures={}, at=NOON
    )
    models.adopt(model_id=row.pk, why="Better on held-out leads.", at=NOON)
    after = captured(rosa, company="Another", state="OH", contactName="Al")
    assert after.p_convert is not None
    assert Lead.objects.get(pk=after.lead_id).score_model_id == row.pk
    assert Lead.objects.get(pk=before.lead_id).score_model_id is None
    models.retire(why="Taken back.", at=NOON)
    assert LeadModel.objects.filter(is_active=True).count() == 0
    assert captured(rosa, company="Third", state="OH", contactName="Bo").p_convert is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    "bad", [{"p": [0, 1], "score": [50, 20]}, {"p": [0, 0], "score": [0, 1]}, {"p": [0, 1], "score": [0, 140]}]
)
def test_a_map_that_falls_is_refused(bad: Any) -> None:
    with pytest.raises(InvalidData):
        models.record(weights={}, intercept=0, map=bad, measures={}, at=NOON)


@pytest.mark.django_db
def test_features_stay_as_they_were_when_it_was_scored(rosa: Actor, hot_carrier: int) -> None:
    done = captured(rosa, dotNumber=hot_carrier, contactName="Al")
    stored = Lead.objects.get(pk=done.lead_id).features
    assert stored["signal"] == 0.92
    assert stored["signal_known"] == 1.0
    signals(TODAY.replace(day=21), {"dot_number": hot_carrier, "score_hundredths": 100})
    assert do("getLead", rosa, leadId=done.lead_id).features["signal"] == 0.92
    assert do("scoreLead", rosa, leadId=done.lead_id).features["signal"] == 0.01


@pytest.mark.django_db
def test_a_matched_carrier_whom_no_driver_fits_is_known_to_have_none(rosa: Actor, hot_carrier: int) -> None:
    carrier(202)
    found = do("scoreLead", rosa, dotNumber=202)
    assert found.features["signal"] == 0
    assert found.features["signal_known"] == 1.0


@pytest.mark.django_db
def test_asking_for_a_score_writes_nothing_and_names_no_account_one_may_not_see(
    rosa: Actor, rick: Actor, hot_carrier: int, ada: Actor
) -> None:
    mine = captured(rosa, dotNumber=hot_carrier, contactName="Al")
    do("saveSettings", ada, section="visibility", values={"reps": "own"}, expectedVersion=0)
    values.forget()
    assert do("scoreLead", rosa, dotNumber=hot_carrier).account_id == mine.account_id
    assert do("scoreLead", rick, dotNumber=hot_carrier).account_id is None
    assert Lead.objects.count() == 1


@pytest.mark.django_db
def test_weights_that_do_not_add_up_are_refused(ada: Actor) -> None:
    with pytest.raises(InvalidData):
        do("saveSettings", ada, section="lead_scoring", values={"signal": 40}, expectedVersion=0)


def test_the_scale_is_what_the_settings_say() -> None:
    assert features(Facts(fleet_size=50), Scale(fleet_full_at=50))["fleet"] == 1.0
