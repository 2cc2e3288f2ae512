"""Time zones by number, ZIP and state: several are said, none is made up."""

from __future__ import annotations

from headhaul.kernel import zones
from headhaul.kernel.places import STATES


def test_an_area_code_has_its_zones() -> None:
    assert zones.of_phone("+12145550100") == ("America/Chicago",)
    assert zones.of_phone("+12085550100") == ("America/Boise", "America/Los_Angeles")
    assert zones.of_phone("+447911123456")[-1] == "Europe/London"


def test_a_toll_free_number_says_nothing() -> None:
    assert zones.of_phone("+18005550100") == ()
    assert zones.of_phone("") == ()


def test_a_zip_code_has_one_zone_and_an_unknown_one_none() -> None:
    assert zones.of_zip("79901") == ("America/Denver",)
    assert zones.of_zip("75201-1234") == ("America/Chicago",)
    assert zones.of_zip("00000") == ()
    assert zones.of_zip("") == ()


def test_every_state_has_zones_that_exist_the_largest_first() -> None:
    assert zones.of_state("tx") == ("America/Chicago", "America/Denver")
    for state in STATES:
        assert zones.of_state(state)
        assert all(zones.is_zone(zone) for zone in zones.of_state(state))
    assert zones.of_state("ZZ") == ()
