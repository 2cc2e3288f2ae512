"""The map of the United States that matching runs on."""

from __future__ import annotations

import numpy as np
import pytest

from headhaul.carriers.choices import JobType
from headhaul.carriers.services.matching import FOREIGN_PLACE, UNKNOWN_PLACE, MatchSettings, geography, state_numbers
from headhaul.carriers.services.matching.regions import blocks, region
from headhaul.kernel.places import STATE_CODES, STATES


def area(zip3: int) -> int:
    return int(np.flatnonzero(geography().zip3 == zip3)[0])


def test_rows_find_their_place_by_zip_then_by_state() -> None:
    geo = geography()
    texas = STATES["TX"].number
    found = geo.places_of(
        zip3=np.array([752, -1, -1, 1, 752]),
        state=np.array([texas, texas, -1, -1, texas]),
        foreign=np.array([False, False, False, False, True]),
    )
    assert found.tolist() == [area(752), geo.areas + texas, UNKNOWN_PLACE, UNKNOWN_PLACE, FOREIGN_PLACE]
    assert [geo.name(int(at)) for at in found[:2]] == ["ZIP 752xx, TX", "TX"]


def test_state_codes_become_numbers_and_anything_else_none() -> None:
    assert state_numbers(["TX", "ON", "", "PR"]).tolist() == [STATES["TX"].number, -1, -1, STATES["PR"].number]


@pytest.mark.parametrize(
    ("a", "b", "miles"),
    [(752, 770, 225), (100, 900, 2450), (606, 462, 165), (331, 336, 205), (752, 752, 0)],
)
def test_miles_are_about_what_a_map_says(a: int, b: int, miles: float) -> None:
    assert geography().miles[area(a), area(b)] == pytest.approx(miles, rel=0.08, abs=12)


def test_the_whole_country_is_there() -> None:
    geo = geography()
    assert 880 < geo.areas < 940
    assert {STATE_CODES[state] for state in geo.state[: geo.areas]} >= set(STATE_CODES) - {"AS", "MP"}
    np.testing.assert_array_equal(geo.adjacent, geo.adjacent.T)


def test_reaches_are_nested_and_stay_on_their_road_network() -> None:
    where = region(geography(), MatchSettings())
    for nearer, farther in zip(list(JobType)[:-1], list(JobType)[1:], strict=True):
        assert not (where.in_reach[nearer] & ~where.in_reach[farther]).any()
    assert not where.in_reach[JobType.OTR][area(752), area(968)]
    assert where.in_reach[JobType.OTR][area(752), area(995)]


def test_blocks_hold_every_place_once_and_keep_networks_apart() -> None:
    geo = geography()
    everywhere = np.arange(len(geo))
    groups = blocks(geo, everywhere, size=32)
    assert sorted(np.concatenate(groups).tolist()) == everywhere.tolist()
    for group in groups:
        assert 0 < len(group) <= 32
        assert len(np.unique(geo.network[geo.state[group]])) == 1
