"""What-if against whole new runs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headhaul.carriers.choices import CdlLevel
from headhaul.carriers.services.matching import (
    DriverColumns,
    MatchSettings,
    Profile,
    Rules,
    ScoreSettings,
    Selection,
    candidate_grid,
    driver_cells,
    match,
    prospects,
    recruit_next,
    recruits,
    score,
    simulate,
    spread,
    state_places,
)
from headhaul.kernel.places import STATE_CODES, STATES
from tests.carriers.matching.worlds import (
    SUMS,
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
LOW_BAR = ScoreSettings(threshold=20, min_drivers=2)


@given(seeds, st.integers(0, 25), st.integers(0, 60), match_settings(), st.sampled_from([5, 40]))
@settings(max_examples=60, deadline=None)
def test_a_simulation_equals_a_whole_new_run(
    seed: int, carriers: int, drivers: int, matching: MatchSettings, newcomers: int
) -> None:
    rng, geo, rules = np.random.default_rng(seed), small_country(), Rules(matching, LOW_BAR)
    fleet, pool = random_carriers(rng, carriers, geo), random_drivers(rng, drivers, geo)
    added, leaves = random_drivers(rng, newcomers, geo), rng.random(drivers) < 0.3
    base = match(fleet, pool, geo, matching)
    then = match(fleet, together(pool.take(~leaves), added), geo, matching)
    moved = simulate(base, fleet, geo, rules, added=added, removed=pool.take(leaves))
    for name in SUMS:
        predicted = getattr(base, name).copy()
        predicted[moved.rows] = getattr(moved.found, name)
        np.testing.assert_array_equal(predicted, getattr(then, name), err_msg=name)
    was, is_ = (prospects(found, score(found, fleet, LOW_BAR), LOW_BAR) for found in (base, then))
    assert set(moved.opened) == set(np.flatnonzero(is_ & ~was))
    assert set(moved.closed) == set(np.flatnonzero(was & ~is_))
    after = score(then, fleet, LOW_BAR).score
    assert list(after[moved.opened]) == sorted(after[moved.opened], reverse=True)


def test_recruiting_next_door_opens_the_account_and_far_away_does_not() -> None:
    geo, rules, fleet = small_country(), Rules(MatchSettings(), ScoreSettings()), a_carrier(jobs=0b0111)
    base = match(fleet, a_driver().take(slice(0)), geo, rules.matching)
    profile = Profile(equipment=1, jobs=0b1111)
    near = simulate(base, fleet, geo, rules, added=recruits(profile, np.full(30, place("TX 750"))))
    far = simulate(base, fleet, geo, rules, added=recruits(profile, np.full(30, place("NY 100"))))
    assert near.opened.tolist() == [0]
    assert near.score_of(0)[0] == 0 < 55 < near.score_of(0)[1]
    assert far.rows.tolist() == []


def test_losing_its_drivers_closes_the_account() -> None:
    geo, rules, fleet, pool = small_country(), Rules(MatchSettings(), ScoreSettings()), a_carrier(), a_driver(30)
    cells = driver_cells(together(pool, a_driver(5, place=place("NY 100"))))
    gone = Selection(places=state_places(geo, STATES["TX"].number)).of(cells)
    moved = simulate(match(fleet, cells, geo, rules.matching), fleet, geo, rules, removed=gone)
    assert (moved.closed.tolist(), int(moved.found.n[0])) == ([0], 5)


def test_who_is_no_prospect_anyway_neither_opens_nor_closes() -> None:
    geo, rules, fleet = small_country(), Rules(MatchSettings(), ScoreSettings()), a_carrier()
    base = match(fleet, a_driver().take(slice(0)), geo, rules.matching)
    moved = simulate(base, fleet, geo, rules, added=a_driver(30), eligible=np.array([False]))
    assert (moved.rows.tolist(), moved.opened.tolist()) == ([0], [])


def test_no_more_drivers_can_leave_than_there_are() -> None:
    geo, rules, fleet = small_country(), Rules(MatchSettings(), ScoreSettings()), a_carrier()
    with pytest.raises(ValueError, match="than the pool holds"):
        simulate(match(fleet, a_driver(1), geo, rules.matching), fleet, geo, rules, removed=a_driver(2))


def test_a_selection_takes_any_of_what_it_names() -> None:
    cells = driver_cells(
        together(a_driver(2, equipment=0b11), a_driver(3, equipment=0b100), a_driver(4, level=CdlLevel.B, jobs=0b1))
    )
    assert Selection(equipment=0b110).of(cells).n.sum() == 5
    assert Selection(jobs=0b10).of(cells).n.sum() == 5
    assert Selection(levels=[CdlLevel.B]).of(cells).n.sum() == 4
    assert Selection(places=[place("NY 100")]).of(cells).n.sum() == 0
    assert Selection().of(cells).n.sum() == 9


@given(st.integers(0, 500), st.integers(1, 12), seeds)
def test_recruits_are_spread_like_the_pool_and_all_of_them(count: int, places: int, seed: int) -> None:
    geo, rng = small_country(), np.random.default_rng(seed)
    where = rng.permutation(geo.areas)[:places]
    cells = driver_cells(random_drivers(rng, 50, geo))
    homes = spread(count, where, cells)
    assert len(homes) == count
    assert set(homes) <= set(where)
    pool = np.bincount(cells.place, weights=cells.n, minlength=len(geo))[where]
    share = pool / pool.sum() if pool.sum() else np.full(places, 1 / places)
    assert (np.abs(np.bincount(homes, minlength=len(geo))[where] - share * count) < 1).all()


def test_the_next_driver_to_recruit_is_the_one_that_opens_most_accounts() -> None:
    rng, geo, rules = np.random.default_rng(8), small_country(), Rules(MatchSettings(), ScoreSettings(threshold=40))
    fleet, pool = random_carriers(rng, 150, geo), random_drivers(rng, 80, geo)
    base = match(fleet, pool, geo, rules.matching)
    states = [STATES[code].number for code in ("TX", "NY", "HI")]
    grid = candidate_grid(geo, driver_cells(pool), count=6, states=states, names=STATE_CODES)
    ranked = recruit_next(base, fleet, geo, rules, grid)
    assert len(ranked) == len(grid) == 3 * 10 * 2
    assert [each.opened for each in ranked] == sorted((each.opened for each in ranked), reverse=True)
    for each in (*ranked[:4], ranked[-1]):
        once_run = simulate(base, fleet, geo, rules, added=recruits(each.profile, each.places))
        assert each.opened == len(once_run.opened)
    assert ranked[0].opened > 0


def test_an_impossible_profile_is_refused() -> None:
    for wrong in (
        {"equipment": 0, "jobs": 1},
        {"equipment": 1, "jobs": 16},
        {"equipment": 1, "jobs": 1, "recency": -1},
    ):
        with pytest.raises(ValueError, match="at least one"):
            Profile(**wrong)
    with pytest.raises(ValueError, match="at least one place"):
        spread(3, np.zeros(0, np.int64))


def test_recruits_are_drivers_like_any_other() -> None:
    drivers: DriverColumns = recruits(Profile(equipment=3, jobs=5, level=CdlLevel.B), np.array([1, 1, 2]))
    assert (drivers.place.tolist(), drivers.level.tolist()) == ([1, 1, 2], [1, 1, 1])
