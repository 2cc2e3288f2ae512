"""Demand signals, one by one and together."""

from __future__ import annotations

import numpy as np
import pytest

from headhaul.carriers.choices import Demand, Level
from headhaul.carriers.services.matching import DemandColumns, DemandSettings, demand_facts, urgency

RULES = DemandSettings()


def a_need(**facts: float) -> DemandColumns:
    """A carrier of which nothing is known but these facts."""
    return DemandColumns(
        **{
            name: np.array([facts.get(name, 0.0)], np.bool_)
            if name == "private_only"
            else np.array([facts.get(name, np.nan)])
            for name in DemandColumns.__slots__
        }
    )


@pytest.mark.parametrize(
    ("facts", "signal"),
    [
        ({"power_units": 40, "drivers": 25}, Demand.UNSEATED_TRUCKS),
        ({"growth": 0.3}, Demand.FLEET_GROWTH),
        ({"miles_per_unit": 95_000}, Demand.HIGH_UTILISATION),
        ({"leased_drivers": 3}, Demand.LEASES_DRIVERS),
        ({"leased_units": 2}, Demand.LEASES_DRIVERS),
        ({"authority_years": 4}, Demand.NEW_AUTHORITY),
        ({"private_only": 1, "tractors": 12}, Demand.PRIVATE_FLEET),
        ({"driver_inspections": 40, "driver_oos": 8}, Demand.DRIVER_OUT_OF_SERVICE),
    ],
)
def test_each_fact_speaks_for_itself_and_for_nothing_else(facts: dict[str, float], signal: Demand) -> None:
    need = a_need(**facts)
    assert [fact.code for fact in demand_facts(need, 0, RULES)] == [signal]
    assert urgency(need, RULES).demand_mask[0] == 1 << signal


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"power_units": 5, "drivers": 1},  # an owner drives too
        {"power_units": 40, "drivers": 37},  # as in most fleets
        {"power_units": 0, "drivers": 3},
        {"growth": -0.4},
        {"miles_per_unit": 30_000},
        {"miles_per_unit": 900_000},  # nobody can
        {"leased_drivers": 0, "leased_units": 0},
        {"authority_years": 1},
        {"authority_years": 25},
        {"private_only": 1, "tractors": 3},
        {"driver_inspections": 40, "driver_oos": 2},
        {"driver_inspections": 1, "driver_oos": 0},
    ],
)
def test_what_is_unknown_normal_or_absurd_says_nothing(facts: dict[str, float]) -> None:
    assert demand_facts(a_need(**facts), 0, RULES) == []
    assert urgency(a_need(**facts), RULES).urgency.tolist() == [Level.LOW]


def test_signals_add_up_without_counting_twice() -> None:
    one = urgency(a_need(leased_drivers=3), RULES).strength[0]
    two = urgency(a_need(leased_drivers=3, authority_years=4), RULES).strength[0]
    assert one == pytest.approx(0.3)
    assert two == pytest.approx(1 - 0.7 * 0.85)


def test_urgency_rises_with_the_need() -> None:
    needs = [{}, {"leased_drivers": 3.0}, {"power_units": 40.0, "drivers": 18.0, "leased_drivers": 3.0}]
    assert [Level(int(urgency(a_need(**need), RULES).urgency[0])) for need in needs] == list(Level)


def test_a_spike_makes_it_high() -> None:
    assert urgency(a_need(), RULES, spiking=np.array([True])).urgency.tolist() == [Level.HIGH]


def test_one_bad_inspection_is_drawn_towards_the_nation() -> None:
    few = urgency(a_need(driver_inspections=1, driver_oos=1), RULES).strength[0]
    many = urgency(a_need(driver_inspections=50, driver_oos=25), RULES).strength[0]
    assert 0 < few <= many == pytest.approx(RULES.driver_out_of_service)


def test_words_name_the_facts() -> None:
    need = a_need(power_units=40, drivers=25, growth=np.log(1.25), driver_inspections=40, driver_oos=8)
    assert {fact.words for fact in demand_facts(need, 0, RULES)} == {
        "40 trucks and 25 drivers: 15 trucks without one.",
        "Its fleet grew by 25% a year between two filings.",
        "8 of 40 driver inspections ended out of service; 6.7% is the national rate.",
    }


def test_settings_out_of_range_are_refused() -> None:
    for wrong in ({"fleet_growth": 1.2}, {"urgency_medium": 0.9}):
        with pytest.raises(ValueError, match=r"between 0 and 1|low, then medium"):
            DemandSettings(**wrong)
