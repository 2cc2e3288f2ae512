"""Reasons: points that add up, words that are true, levers that work."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headhaul.carriers.services.matching import (
    CarrierColumns,
    DriverColumns,
    Explanation,
    MatchSettings,
    Rules,
    ScoreSettings,
    Supply,
    explain,
    headline,
    match,
    score,
)
from tests.carriers.matching.worlds import (
    a_carrier,
    a_driver,
    place,
    random_carriers,
    random_drivers,
    small_country,
    together,
)

RULES = Rules(MatchSettings(), ScoreSettings())
REEFER, FLATBED, BUS = 0b10, 0b100, 1 << 9


def explained(fleet: CarrierColumns, pool: DriverColumns, rules: Rules = RULES) -> Explanation:
    mine = Supply(pool, small_country(), rules.matching).of(fleet, 0)
    return explain(mine.found, mine.carrier, 0, rules, mine.parts)


def line(fleet: CarrierColumns, pool: DriverColumns) -> str:
    return headline(match(fleet, pool, small_country(), RULES.matching), fleet, RULES.matching)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=30, deadline=None)
def test_base_and_points_add_up_to_the_score(seed: int) -> None:
    rng, geo = np.random.default_rng(seed), small_country()
    fleet = random_carriers(rng, 10, geo)
    found = match(fleet, random_drivers(rng, 60, geo), geo, RULES.matching)
    scored = score(found, fleet, RULES.scoring)
    for row in range(10):
        why = explain(found, fleet, row, RULES)
        assert why.score == scored.score[row]
        assert why.base + sum(reason.points for reason in why.reasons) == pytest.approx(why.score)
        if why.reasons:
            assert why.score + sum(reason.missing for reason in why.reasons) == pytest.approx(100)
            assert all(reason.points >= 0 and reason.missing >= 0 for reason in why.reasons)


def test_the_headline_says_how_many_are_near_and_active() -> None:
    carrier = a_carrier(equipment=REEFER)
    near = a_driver(12, equipment=REEFER)
    tired = a_driver(26, equipment=REEFER, recency=100)
    far = a_driver(57, equipment=REEFER, place=place("NY 100"), recency=100)
    assert line(carrier, together(near, tired)) == "38 reefer drivers within 100 miles; 12 active this week"
    assert line(carrier, together(near, tired, far)) == (
        "38 reefer drivers within 100 miles, 95 in all; 12 active this week"
    )
    assert line(carrier, far) == "57 reefer drivers fit, none within 100 miles; none active this week"
    assert line(carrier, near.take(slice(0, 1))) == "1 reefer driver within 100 miles; 1 active this week"


def test_the_headline_says_why_there_is_nobody() -> None:
    assert line(a_carrier(equipment=REEFER), a_driver(equipment=FLATBED)) == "No reefer driver fits."
    assert line(a_carrier(equipment=BUS), a_driver().take(slice(0))) == "No bus driver is in reach."
    assert line(a_carrier(equipment=0), a_driver()) == "The census does not say what equipment it runs."


def test_two_families_are_named_and_more_are_not() -> None:
    assert line(a_carrier(equipment=0b11), a_driver(2)).startswith("2 dry van or reefer drivers within")
    assert line(a_carrier(equipment=0b111), a_driver(2)).startswith("2 drivers within")


def test_reasons_name_families_states_and_numbers() -> None:
    pool = together(
        a_driver(6, equipment=0b01),
        a_driver(4, equipment=0b10, recency=0),
        a_driver(3, place=place("OK 731"), recency=0),
    )
    words = {r.code: r.words for r in explained(a_carrier(primary=0b01, equipment=0b11, specificity=20), pool).reasons}
    assert words == {
        "match": "13 dry van or reefer drivers fit, of 13 in reach with the licence. 9 dry van, 4 reefer.",
        "region": "10 of them within 100 miles. Home states: TX 10, OK 3.",
        "equipment": "9 of 13 run dry van. Its cargo says little about what it runs.",
        "recency": "6 of them active this week.",
    }


def test_more_drivers_of_the_kind_named_do_reach_the_step_named() -> None:
    fleet, pool = a_carrier(equipment=REEFER), a_driver(3, equipment=REEFER, recency=600)
    why = explained(fleet, pool)
    lever = next(lever for lever in why.levers if lever.code == "more_drivers")
    count, target = int(lever.evidence["drivers"]), float(lever.evidence["target"])
    assert lever.words == f"{count} more reefer drivers within 100 miles would bring it to {target:g}."
    assert why.score < target <= explained(fleet, together(pool, a_driver(count, equipment=REEFER))).score


def test_below_the_threshold_the_step_is_the_threshold() -> None:
    why = explained(a_carrier(), a_driver(1))
    assert why.score < RULES.scoring.threshold
    assert next(lever for lever in why.levers if lever.code == "more_drivers").evidence["target"] == 55


def test_a_carrier_short_of_drivers_is_told_how_many_it_lacks() -> None:
    rules = replace(RULES, scoring=ScoreSettings(threshold=5, min_drivers=4))
    lever = explained(a_carrier(), a_driver(2), rules).levers[0]
    assert lever.evidence["drivers"] == 2


def test_hearing_again_and_knowing_the_equipment_are_levers_where_they_help() -> None:
    stale = explained(a_carrier(specificity=10), a_driver(20, recency=50))
    assert {lever.code for lever in stale.levers} >= {"hear_again", "know_equipment"}
    best = explained(a_carrier(), a_driver(500))
    assert {lever.code for lever in best.levers}.isdisjoint({"hear_again", "know_equipment"})


def test_who_cannot_be_matched_gets_no_advice() -> None:
    why = explained(a_carrier(equipment=0), a_driver())
    assert (why.score, why.base, why.reasons, why.levers) == (0.0, 0.0, [], [])
