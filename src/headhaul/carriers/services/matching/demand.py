"""What speaks for a carrier's need of drivers: small pure functions over public facts, and their words.

Each signal is 0 (nothing known or nothing there) up to the strength its setting gives it; together they add up
as 1 − Π(1 − s), so a second signal always helps and none counts twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from headhaul.carriers.choices import Demand, Level
from headhaul.carriers.services.matching.columns import Bools, DemandColumns, Floats, UrgencyColumns
from headhaul.carriers.services.matching.score import scoring_rates
from headhaul.carriers.services.matching.settings import DemandSettings

Signal = Callable[[DemandColumns, DemandSettings], Floats]


@dataclass(frozen=True, slots=True)
class DemandFact:
    """One signal of one carrier, for people."""

    code: Demand
    strength: float
    words: str
    evidence: Mapping[str, float]


def unseated_share(facts: DemandColumns) -> Floats:
    """Power units without a driver, as a share; NaN where either is not known."""
    units = np.where(facts.power_units > 0, facts.power_units, np.nan)
    return np.clip((units - facts.drivers) / units, 0, 1)


def unseated_trucks(facts: DemandColumns, settings: DemandSettings) -> Floats:
    """More trucks than drivers, in fleets where that means something."""
    share = np.where(facts.power_units >= settings.unseated_min_units, unseated_share(facts), 0)
    span = max(settings.unseated_cap - settings.unseated_from, 1e-9)
    return settings.unseated_trucks * _ramp((share - settings.unseated_from) / span)


def fleet_growth(facts: DemandColumns, settings: DemandSettings) -> Floats:
    """More trucks than at the filing before."""
    return settings.fleet_growth * _ramp(facts.growth / settings.growth_full)


def high_utilisation(facts: DemandColumns, settings: DemandSettings) -> Floats:
    """So many miles a truck that there is no slack; figures nobody can drive are not believed."""
    miles = facts.miles_per_unit
    span = max(settings.utilisation_full - settings.utilisation_from, 1e-9)
    believed = (miles >= settings.utilisation_from) & (miles <= settings.utilisation_junk)
    above = _ramp((miles - settings.utilisation_from) / span)
    return settings.high_utilisation * np.where(believed, 0.5 + 0.5 * above, 0)


def leases_drivers(facts: DemandColumns, settings: DemandSettings) -> Floats:
    """Pays for leased drivers, or for trucks that come with one."""
    return settings.leases_drivers * ((facts.leased_drivers > 0) | (facts.leased_units > 0))


def new_authority(facts: DemandColumns, settings: DemandSettings) -> Floats:
    """Two to ten years in business."""
    return settings.new_authority * ((facts.authority_years >= 2) & (facts.authority_years <= 10))


def private_fleet(facts: DemandColumns, settings: DemandSettings) -> Floats:
    """A shipper's own fleet of some size."""
    return settings.private_fleet * (facts.private_only & (facts.tractors >= settings.private_min_tractors))


def out_of_service_ratio(facts: DemandColumns, settings: DemandSettings) -> Floats:
    """Driver out-of-service rate beside the nation's; small samples are drawn towards 1."""
    rate = float(scoring_rates()["driver_out_of_service"]["rate"])
    seen, bad = np.nan_to_num(facts.driver_inspections), np.nan_to_num(facts.driver_oos)
    ratio: Floats = (bad + settings.oos_prior * rate) / (seen + settings.oos_prior) / rate
    return ratio


def driver_out_of_service(facts: DemandColumns, settings: DemandSettings) -> Floats:
    """Its drivers are put out of service more often than others': it needs qualified ones."""
    return settings.driver_out_of_service * _ramp(out_of_service_ratio(facts, settings) - 1)


SIGNALS: dict[Demand, Signal] = {
    Demand.UNSEATED_TRUCKS: unseated_trucks,
    Demand.FLEET_GROWTH: fleet_growth,
    Demand.HIGH_UTILISATION: high_utilisation,
    Demand.LEASES_DRIVERS: leases_drivers,
    Demand.NEW_AUTHORITY: new_authority,
    Demand.PRIVATE_FLEET: private_fleet,
    Demand.DRIVER_OUT_OF_SERVICE: driver_out_of_service,
}


def urgency(facts: DemandColumns, settings: DemandSettings, *, spiking: Bools | None = None) -> UrgencyColumns:
    """Low, medium or high per carrier; a spike in its supply makes it high."""
    quiet = np.ones(len(facts))
    mask = np.zeros(len(facts), np.uint16)
    for code, signal in SIGNALS.items():
        strength = signal(facts, settings)
        quiet *= 1 - strength
        mask |= np.where(strength > 0, np.uint16(1 << code), np.uint16(0))
    total = 1 - quiet
    level = np.where(
        total >= settings.urgency_high, Level.HIGH, np.where(total >= settings.urgency_medium, Level.MEDIUM, Level.LOW)
    ).astype(np.uint8)
    if spiking is not None:
        level[spiking] = Level.HIGH
    return UrgencyColumns(level, total, mask)


def demand_facts(facts: DemandColumns, row: int, settings: DemandSettings) -> list[DemandFact]:
    """The signals of one carrier in words, strongest first."""
    one = facts.take(slice(row, row + 1))
    found = [
        DemandFact(code, float(strength), *_words(code, one, settings))
        for code, signal in SIGNALS.items()
        if (strength := signal(one, settings)[0]) > 0
    ]
    return sorted(found, key=lambda fact: -fact.strength)


def _words(code: Demand, one: DemandColumns, settings: DemandSettings) -> tuple[str, Mapping[str, float]]:
    units, drivers = float(one.power_units[0]), float(one.drivers[0])
    miles, years = float(one.miles_per_unit[0]), float(one.authority_years[0])
    growth = float(np.expm1(one.growth[0]))
    leased, leased_units = float(one.leased_drivers[0]), float(one.leased_units[0])
    seen, bad, tractors = float(one.driver_inspections[0]), float(one.driver_oos[0]), float(one.tractors[0])
    ratio = float(out_of_service_ratio(one, settings)[0])
    rate = float(scoring_rates()["driver_out_of_service"]["rate"])
    hires = f"{leased:,.0f} drivers a month" if leased > 0 else f"{leased_units:,.0f} trucks and tractors"
    spoken: dict[Demand, tuple[str, Mapping[str, float]]] = {
        Demand.UNSEATED_TRUCKS: (
            f"{units:,.0f} trucks and {drivers:,.0f} drivers: {units - drivers:,.0f} trucks without one.",
            {"power_units": units, "drivers": drivers},
        ),
        Demand.FLEET_GROWTH: (f"Its fleet grew by {growth:.0%} a year between two filings.", {"growth": growth}),
        Demand.HIGH_UTILISATION: (f"{miles:,.0f} miles a truck and year: no slack.", {"miles_per_unit": miles}),
        Demand.LEASES_DRIVERS: (
            f"It leases {hires}.",
            {"leased_drivers": leased, "leased_units": leased_units},
        ),
        Demand.NEW_AUTHORITY: (f"In business for {years:.0f} years: the growing age.", {"authority_years": years}),
        Demand.PRIVATE_FLEET: (
            f"A private fleet with {tractors:,.0f} tractors: steady work, no recruiting arm.",
            {"tractors": tractors},
        ),
        Demand.DRIVER_OUT_OF_SERVICE: (
            f"{bad:,.0f} of {seen:,.0f} driver inspections ended out of service; {rate:.1%} is the national rate.",
            {"driver_inspections": seen, "driver_oos": bad, "ratio": ratio},
        ),
    }
    return spoken[code]


def _ramp(value: Floats) -> Floats:
    return np.clip(np.nan_to_num(value, nan=0.0, posinf=1.0, neginf=0.0), 0, 1)
