"""The matching run against pairs looked at one by one, and at the edges of the map."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headhaul.carriers.choices import CdlLevel, JobType
from headhaul.carriers.services.matching import (
    FOREIGN_PLACE,
    UNKNOWN_PLACE,
    CarrierColumns,
    DriverColumns,
    MatchColumns,
    MatchSettings,
    NoMatch,
    Reach,
    driver_cells,
    match,
)
from headhaul.carriers.services.matching.brute import match_pair_by_pair
from tests.carriers.matching.worlds import (
    ALL_JOBS,
    SUMS,
    a_carrier,
    a_driver,
    match_settings,
    place,
    random_carriers,
    random_drivers,
    small_country,
)

seeds = st.integers(0, 2**32 - 1)


@given(seeds, st.integers(0, 25), st.integers(0, 40), match_settings())
@settings(max_examples=120, deadline=None)
def test_the_run_equals_pair_by_pair(seed: int, carriers: int, drivers: int, rules: MatchSettings) -> None:
    rng, geo = np.random.default_rng(seed), small_country()
    fleet, pool = random_carriers(rng, carriers, geo), random_drivers(rng, drivers, geo)
    found, (paper, _) = match(fleet, pool, geo, rules), match_pair_by_pair(fleet, pool, geo, rules)
    for name in (*SUMS, "no_match"):
        np.testing.assert_array_equal(getattr(found, name), getattr(paper, name), err_msg=name)


@given(seeds, match_settings())
@settings(max_examples=20, deadline=None)
def test_the_order_of_rows_does_not_matter(seed: int, rules: MatchSettings) -> None:
    rng, geo = np.random.default_rng(seed), small_country()
    fleet, pool = random_carriers(rng, 60, geo), random_drivers(rng, 80, geo)
    mixed, remixed = rng.permutation(60), rng.permutation(80)
    once, again = match(fleet, pool, geo, rules), match(fleet.take(mixed), pool.take(remixed), geo, rules)
    for name in SUMS:
        np.testing.assert_array_equal(getattr(once, name)[mixed], getattr(again, name))


@given(seeds, match_settings())
@settings(max_examples=20, deadline=None)
def test_matches_of_two_pools_add_up(seed: int, rules: MatchSettings) -> None:
    rng, geo = np.random.default_rng(seed), small_country()
    fleet, pool = random_carriers(rng, 40, geo), random_drivers(rng, 60, geo)
    whole = match(fleet, pool, geo, rules)
    first, rest = (match(fleet, pool.take(half), geo, rules) for half in (slice(0, 25), slice(25, None)))
    for name in SUMS:
        np.testing.assert_array_equal(getattr(whole, name), getattr(first, name) + getattr(rest, name))


def test_numbers_too_large_for_single_precision_stay_exact() -> None:
    geo = small_country()
    driver = a_driver(recency=999)
    crowd = DriverColumns(*(np.repeat(getattr(driver, name), 50_001) for name in DriverColumns.__slots__))
    found = one(match(a_carrier(), crowd, geo, MatchSettings(closeness=((50, 997),), closeness_beyond=3)))
    assert (found["n"], found["rec"], found["prox"]) == (50_001, 50_001 * 999, 50_001 * 997)


def test_nobody_to_match_is_an_answer_too() -> None:
    geo, nobody = small_country(), a_driver().take(slice(0))
    assert one(match(a_carrier(), nobody, geo, MatchSettings()))["n"] == 0
    assert len(match(a_carrier().take(slice(0)), a_driver(), geo, MatchSettings())) == 0


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"place": UNKNOWN_PLACE}, NoMatch.UNKNOWN_PLACE),
        ({"place": FOREIGN_PLACE}, NoMatch.FOREIGN),
        ({"equipment": 0, "primary": 0}, NoMatch.NO_EQUIPMENT),
        ({"jobs": 0}, NoMatch.NO_JOB_TYPE),
    ],
)
def test_a_carrier_that_cannot_be_matched_says_why(changed: dict[str, int], reason: NoMatch) -> None:
    found = match(a_carrier(**changed), a_driver(), small_country(), MatchSettings())
    assert (found.n[0], NoMatch(int(found.no_match[0]))) == (0, reason)
    assert reason.words


LOCAL, REGIONAL, OTR = (1 << job for job in (JobType.LOCAL, JobType.REGIONAL, JobType.OTR))


@pytest.mark.parametrize(
    ("home", "jobs", "fits"),
    [
        ("TX 750", LOCAL, True),  # 20 miles
        ("TX 787", LOCAL, False),  # 180 miles
        ("TX 787", REGIONAL, True),
        ("TX 799", REGIONAL, False),  # 570 miles, the same state
        ("TX 799", OTR, True),
        ("NY 100", OTR, True),
        ("AK 995", OTR, True),  # there is a road
        ("HI 968", OTR, False),  # there is none
        ("PR 009", OTR, False),
    ],
)
def test_the_radius_of_the_job_decides(home: str, jobs: int, fits: bool) -> None:
    found = match(a_carrier(jobs=jobs), a_driver(place=place(home), jobs=jobs), small_country(), MatchSettings())
    assert bool(found.n[0]) is fits


def test_islanders_fit_carriers_on_their_island_and_elsewhere_by_setting() -> None:
    geo, here = small_country(), place("HI 968")
    driver = a_driver(place=place("HI 967"), jobs=ALL_JOBS)
    assert match(a_carrier(place=here), driver, geo, MatchSettings()).n[0] == 1
    assert match(a_carrier(), driver, geo, MatchSettings(across_water=True)).n[0] == 1


@pytest.mark.parametrize(("home", "fits"), [("TX 799", True), ("OK 731", True), ("NM 880", True), ("NY 100", False)])
def test_by_adjacency_regional_work_reaches_the_same_and_neighbouring_states(home: str, fits: bool) -> None:
    rules = MatchSettings(reach=Reach.ADJACENT)
    found = match(a_carrier(jobs=REGIONAL), a_driver(place=place(home), jobs=REGIONAL), small_country(), rules)
    assert bool(found.n[0]) is fits


def test_a_carrier_known_by_its_state_alone_is_matched_by_states() -> None:
    geo, texas = small_country(), place("TX")
    drivers = [a_driver(place=place(home), jobs=ALL_JOBS) for home in ("TX 752", "OK 731", "NY 100")]
    for jobs, fits in ((LOCAL, [0, 0, 0]), (REGIONAL, [1, 1, 0]), (OTR, [1, 1, 1])):
        assert [int(match(a_carrier(place=texas, jobs=jobs), d, geo, MatchSettings()).n[0]) for d in drivers] == fits
    assert match(a_carrier(place=texas), drivers[0], geo, MatchSettings()).near[0] == 0


def test_a_licence_may_be_higher_but_not_lower_than_asked() -> None:
    geo = small_country()
    carrier = a_carrier(min_level=CdlLevel.A)
    fits = [int(match(carrier, a_driver(level=level), geo, MatchSettings()).n[0]) for level in CdlLevel]
    assert fits == [0, 0, 1, 1]


def test_a_secondary_family_counts_half() -> None:
    geo, carrier = small_country(), a_carrier(primary=0b01, equipment=0b11)
    assert one(match(carrier, a_driver(equipment=0b01), geo, MatchSettings()))["fit"] == 1000
    assert one(match(carrier, a_driver(equipment=0b10), geo, MatchSettings()))["fit"] == 500
    assert one(match(carrier, a_driver(equipment=0b11), geo, MatchSettings()))["fit"] == 1000


def test_the_pool_counts_everybody_in_reach_whatever_their_equipment() -> None:
    found = one(match(a_carrier(equipment=1), a_driver(equipment=0b100), small_country(), MatchSettings()))
    assert (found["n"], found["pool"]) == (0, 1)


def test_columns_that_break_their_own_rules_are_refused() -> None:
    geo = small_country()
    for wrong in ({"primary": 2, "equipment": 1}, {"equipment": 1 << 10, "primary": 0}, {"place": 4000}):
        with pytest.raises(ValueError, match=r"equipment|Equipment|place"):
            match(a_carrier(**wrong), a_driver(), geo, MatchSettings())
    with pytest.raises(ValueError, match="Recency"):
        driver_cells(replace(a_driver(), recency=np.array([1001], np.uint16)))


def test_settings_out_of_range_are_refused() -> None:
    for wrong in (
        {"local_miles": -1.0},
        {"near_miles": float("nan")},
        {"closeness": ((100.0, 500), (50.0, 400))},
        {"closeness": ((50.0, 400), (100.0, 500))},
        {"closeness_beyond": 1001},
    ):
        with pytest.raises(ValueError, match=r"\w"):
            MatchSettings(**wrong)  # type: ignore[arg-type]


def one(found: MatchColumns) -> dict[str, int]:
    return {name: int(getattr(found, name)[0]) for name in MatchColumns.__slots__}


def test_carriers_without_trouble_have_no_reason() -> None:
    fleet: CarrierColumns = a_carrier()
    assert match(fleet, a_driver(), small_country(), MatchSettings()).no_match[0] == NoMatch.NONE
