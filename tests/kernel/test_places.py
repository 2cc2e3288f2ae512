"""States, ZIP codes and time zones."""

from __future__ import annotations

import numpy as np
import pytest

from headhaul.kernel.places import STATES, haversine_miles, is_foreign, place_of_zip, zip3_areas, zip5


@pytest.mark.parametrize(
    ("written", "means"),
    [
        ("75201", "75201"),
        ("75201-1234", "75201"),
        ("75201 1234", "75201"),
        ("752011234", "75201"),
        ("2134", "02134"),
        ("501", "00501"),
        ("21341234", "02134"),
        ("60601-", "60601"),
        (" 60601 ", "60601"),
        ("", ""),
        ("12", ""),
        ("123456", ""),
        ("1234567890", ""),
        ("K1A 0B1", ""),
        ("7520A", ""),
    ],
)
def test_zip_codes_are_read_as_files_write_them(written: str, means: str) -> None:
    assert zip5(written) == means


def test_a_zip_code_knows_its_town_and_time_zone() -> None:
    dallas = place_of_zip("75201-1234")
    assert dallas is not None
    assert (dallas.city, dallas.state, dallas.time_zone) == ("Dallas", "TX", "America/Chicago")
    assert (round(dallas.latitude), round(dallas.longitude)) == (33, -97)


@pytest.mark.parametrize("zip_code", ["00000", "99999", "K1A 0B1", "", "09012"])
def test_unknown_foreign_and_military_zip_codes_are_nowhere(zip_code: str) -> None:
    assert place_of_zip(zip_code) is None


def test_two_zones_of_one_state_are_told_apart() -> None:
    zones = [place_of_zip(code) for code in ("37902", "37201")]
    assert [zone.time_zone for zone in zones if zone] == ["America/New_York", "America/Chicago"]


def test_neighbours_are_mutual_and_known() -> None:
    for state in STATES.values():
        assert state.code not in state.neighbours
        for code in state.neighbours:
            assert state.code in STATES[code].neighbours
    assert STATES["MO"].neighbours == {"AR", "IA", "IL", "KS", "KY", "NE", "OK", "TN"}
    assert not STATES["AK"].neighbours | STATES["HI"].neighbours | STATES["PR"].neighbours


@pytest.mark.parametrize(
    ("state", "country", "abroad"),
    [("TX", "", False), ("TX", "US", False), ("TX", "MX", True), ("ON", "", True), ("AE", "", False), ("", "", False)],
)
def test_addresses_abroad_are_told_by_country_or_province(state: str, country: str, abroad: bool) -> None:
    assert is_foreign(state, country) is abroad


def test_areas_lie_where_their_state_is() -> None:
    areas = {area.number: area for area in zip3_areas()}
    assert (areas[752].state, areas[100].state, areas[968].state, areas[7].state) == ("TX", "NY", "HI", "PR")
    for area in areas.values():
        assert abs(area.latitude) > 10, area


def test_miles_work_on_numbers_and_on_arrays() -> None:
    assert haversine_miles(40.7, -74.0, 34.0, -118.2) == pytest.approx(2447, abs=10)
    assert haversine_miles(np.array([10.0, 20.0]), 5.0, np.array([10.0, 20.0]), 5.0).tolist() == [0.0, 0.0]
