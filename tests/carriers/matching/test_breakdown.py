"""What the matched drivers bring, for many carriers at once and for one, against pairs looked at one by one."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from headhaul.carriers.services.matching import BreakdownColumns, MatchSettings, Supply, breakdown
from headhaul.carriers.services.matching.brute import match_pair_by_pair
from headhaul.kernel.places import STATE_CODES
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
PARTS = BreakdownColumns.__slots__


@given(seeds, st.integers(0, 25), st.integers(0, 60), match_settings())
@settings(max_examples=80, deadline=None)
def test_breakdowns_equal_pair_by_pair(seed: int, carriers: int, drivers: int, rules: MatchSettings) -> None:
    rng, geo = np.random.default_rng(seed), small_country()
    fleet, pool = random_carriers(rng, carriers, geo), random_drivers(rng, drivers, geo)
    rows = rng.permutation(carriers)[: carriers // 2 + 1]
    parts, (_, paper) = breakdown(fleet, rows, pool, geo, rules), match_pair_by_pair(fleet, pool, geo, rules)
    for name in PARTS:
        np.testing.assert_array_equal(getattr(parts, name), getattr(paper, name)[rows], err_msg=name)


@given(seeds, st.integers(1, 8), st.integers(0, 60), match_settings())
@settings(max_examples=60, deadline=None)
def test_one_carriers_supply_equals_pair_by_pair(seed: int, carriers: int, drivers: int, rules: MatchSettings) -> None:
    rng, geo = np.random.default_rng(seed), small_country()
    fleet, pool = random_carriers(rng, carriers, geo), random_drivers(rng, drivers, geo)
    supply, (found, parts) = Supply(pool, geo, rules), match_pair_by_pair(fleet, pool, geo, rules)
    for row in range(carriers):
        mine = supply.of(fleet, row)
        assert [getattr(mine.found, name)[0] for name in SUMS] == [getattr(found, name)[row] for name in SUMS]
        for name in PARTS:
            np.testing.assert_array_equal(getattr(mine.parts, name)[0], getattr(parts, name)[row], err_msg=name)
        assert mine.by_state.sum() == mine.by_level.sum() == found.n[row]


def test_a_driver_counts_for_each_family_and_job_the_carrier_has() -> None:
    geo = small_country()
    carrier = a_carrier(equipment=0b011, jobs=0b1100)
    parts = breakdown(carrier, np.array([0]), a_driver(5, equipment=0b111, jobs=0b1111), geo, MatchSettings())
    assert parts.by_equipment[0, :3].tolist() == [5, 5, 0]
    assert parts.by_job[0].tolist() == [0, 0, 5, 5]


def test_top_states_come_with_most_drivers_first() -> None:
    homes = [("TX 750", 3), ("OK 731", 5), ("NY 100", 5), ("CA 900", 1)]
    pool = together(*(a_driver(count, place=place(home)) for home, count in homes))
    parts = breakdown(a_carrier(), np.array([0]), pool, small_country(), MatchSettings())
    named = [STATE_CODES[state] for state in parts.top_states[0]]
    assert list(zip(named, parts.top_state_counts[0].tolist(), strict=True)) == [("NY", 5), ("OK", 5), ("TX", 3)]


def test_supply_tells_who_of_each_family_is_near_and_active() -> None:
    pool = together(
        a_driver(3, equipment=0b01),
        a_driver(2, equipment=0b10, recency=0),
        a_driver(4, equipment=0b10, place=place("NY 100")),
    )
    mine = Supply(pool, small_country(), MatchSettings()).of(a_carrier(equipment=0b11), 0)
    assert mine.near_by_equipment[:2].tolist() == [3, 2]
    assert mine.active_by_equipment[:2].tolist() == [3, 4]
