"""The score: as on paper, never lowered by a driver, and honest about how sure it is."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headhaul.carriers.choices import Level
from headhaul.carriers.services.matching import (
    CarrierColumns,
    DriverColumns,
    MatchColumns,
    MatchSettings,
    ScoreSettings,
    data_freshness,
    match,
    prospects,
    recency_weight,
    score,
    spikes,
)
from tests.carriers.matching.worlds import (
    a_carrier,
    a_driver,
    match_settings,
    place,
    random_carriers,
    random_drivers,
    small_country,
    together,
)

seeds = st.integers(0, 2**32 - 1)


@st.composite
def score_settings(draw: st.DrawFn) -> ScoreSettings:
    shares = draw(st.lists(st.integers(0, 10), min_size=4, max_size=4).filter(any))
    weights = [share / sum(shares) for share in shares]
    half = st.floats(0.1, 500)
    return ScoreSettings(
        *weights,
        match_half=draw(half),
        region_half=draw(half),
        equipment_half=draw(half),
        recency_half=draw(half),
        floor=draw(st.floats(0.001, 0.9)),
        specificity_floor=draw(st.floats(0, 1)),
    )


def on_paper(found: MatchColumns, carriers: CarrierColumns, row: int, rules: ScoreSettings) -> float:
    if found.n[row] == 0:
        return 0.0
    known = rules.specificity_floor + (1 - rules.specificity_floor) * int(carriers.specificity[row]) / 100
    filled = [
        int(found.n[row]) / (int(found.n[row]) + rules.match_half),
        int(found.prox[row]) / (int(found.prox[row]) + 1000 * rules.region_half),
        known * int(found.fit[row]) / (int(found.fit[row]) + 1000 * rules.equipment_half),
        int(found.rec[row]) / (int(found.rec[row]) + 1000 * rules.recency_half),
    ]
    product = 100.0
    for share, weight in zip(filled, rules.weights, strict=True):
        product *= math.pow(rules.floor + (1 - rules.floor) * share, weight)
    return product


@given(seeds, match_settings(), score_settings())
@settings(max_examples=60, deadline=None)
def test_scores_are_what_paper_says(seed: int, matching: MatchSettings, rules: ScoreSettings) -> None:
    rng, geo = np.random.default_rng(seed), small_country()
    fleet = random_carriers(rng, 30, geo)
    found = match(fleet, random_drivers(rng, 60, geo), geo, matching)
    paper = [on_paper(found, fleet, row, rules) for row in range(30)]
    np.testing.assert_allclose(score(found, fleet, rules).score, paper, rtol=0, atol=1e-9)


@given(seeds, match_settings(), score_settings(), st.integers(0, 30))
@settings(max_examples=60, deadline=None)
def test_one_more_driver_never_lowers_a_score(
    seed: int, matching: MatchSettings, rules: ScoreSettings, drivers: int
) -> None:
    rng, geo = np.random.default_rng(seed), small_country()
    fleet, pool, newcomer = (
        random_carriers(rng, 25, geo),
        random_drivers(rng, drivers, geo),
        random_drivers(rng, 1, geo),
    )
    before = scores(fleet, pool, matching, rules)
    assert (scores(fleet, together(pool, newcomer), matching, rules) >= before).all()


@pytest.mark.parametrize(
    ("worse", "better"),
    [
        ({"place": place("TX 787")}, {"place": place("TX 752")}),  # closer
        ({"recency": 200}, {"recency": 900}),  # fresher
        ({"equipment": 0b10}, {"equipment": 0b01}),  # its main family instead of a possible one
        ({"equipment": 0b10}, {"equipment": 0b11}),
    ],
)
def test_a_better_driver_raises_the_score(worse: dict[str, int], better: dict[str, int]) -> None:
    fleet = a_carrier(primary=0b01, equipment=0b11)
    low, high = (scores(fleet, a_driver(3, **facts), MatchSettings(), ScoreSettings())[0] for facts in (worse, better))
    assert high > low


def test_a_thousandth_driver_still_ranks_a_carrier_higher() -> None:
    fleet = a_carrier()
    fewer, more = (scores(fleet, a_driver(n), MatchSettings(), ScoreSettings())[0] for n in (999, 1000))
    assert fewer < more < 100


def test_general_freight_alone_never_fits_fully() -> None:
    vague, certain = a_carrier(specificity=7), a_carrier(specificity=100)
    pool = a_driver(10_000)
    assert scores(vague, pool, MatchSettings(), ScoreSettings())[0] < 90
    assert scores(certain, pool, MatchSettings(), ScoreSettings())[0] > 99


def test_nobody_scores_nothing() -> None:
    assert scores(a_carrier(), a_driver().take(slice(0)), MatchSettings(), ScoreSettings()).tolist() == [0.0]


def test_a_prospect_needs_the_score_and_the_drivers() -> None:
    geo, rules = small_country(), ScoreSettings(threshold=10, min_drivers=3)
    for drivers, worth in ((2, False), (3, True)):
        found = match(a_carrier(), a_driver(drivers), geo, MatchSettings())
        assert prospects(found, score(found, a_carrier(), rules), rules).tolist() == [worth]


def test_confidence_needs_drivers_and_fresh_facts_on_both_sides() -> None:
    def sure(drivers: int, recency: int, freshness: int) -> Level:
        fleet = a_carrier(freshness=freshness)
        found = match(fleet, a_driver(drivers, recency=recency), small_country(), MatchSettings())
        return Level(int(score(found, fleet, ScoreSettings()).confidence[0]))

    assert sure(100, 900, 100) is Level.HIGH
    assert sure(20, 500, 80) is Level.MEDIUM
    assert sure(100, 50, 50) is Level.LOW
    assert sure(2, 900, 100) is Level.LOW


@pytest.mark.parametrize(
    ("before", "now", "spike"),
    [(10, 12, False), (10, 13, True), (2, 4, False), (3, 4, True), (0, 50, False), (100, 120, False), (100, 121, True)],
)
def test_a_spike_is_more_than_a_fifth_on_at_least_three_drivers(before: int, now: int, spike: bool) -> None:
    assert spikes(np.array([now]), np.array([before]), ScoreSettings()).tolist() == [spike]


@given(st.integers(1, 1_000_000), st.integers(1, 50))
def test_a_rise_by_exactly_the_share_is_no_spike(hundreds: int, percent: int) -> None:
    rules, before = ScoreSettings(spike_rise=percent / 100), np.array([hundreds * 100])
    exactly = before + hundreds * percent
    assert [bool(spikes(now, before, rules)[0]) for now in (exactly, exactly + 1)] == [False, True]


def test_recency_halves_each_half_life() -> None:
    days = np.array([0, 30, 60, -5, np.nan])
    assert recency_weight(days, 30).tolist() == [1000, 500, 250, 1000, 0]


def test_a_census_row_fades_with_its_filing() -> None:
    days = np.array([timedelta(days=d).days for d in (10, 400, 900, 9000)] + [np.nan])
    assert data_freshness(days).tolist() == [100, 80, 50, 50, 30]


@pytest.mark.parametrize(
    "wrong",
    [
        {"match_weight": 0.5},
        {"match_weight": -0.1, "region_weight": 0.65},
        {"recency_half": 0},
        {"floor": 0},
        {"floor": 1},
        {"threshold": 101},
        {"spike_rise": -0.1},
        {"confidence_medium": 0.9},
    ],
)
def test_settings_that_make_no_score_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        replace(ScoreSettings(), **wrong)  # type: ignore[arg-type]


def scores(
    fleet: CarrierColumns, pool: DriverColumns, matching: MatchSettings, rules: ScoreSettings
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return score(match(fleet, pool, small_country(), matching), fleet, rules).score
