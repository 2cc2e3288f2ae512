"""What a company may tune: who is in reach, and how supply becomes a score. Defaults with their reasons.

All values are priors: no public study measures which of them predicts a signed client. Change them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import inf, isclose

from headhaul.carriers.choices import JobType


class Reach(StrEnum):
    """How "in the carrier's region" is decided for regional work."""

    DISTANCE = "distance"  # miles between the homes' and the base's ZIP3 centroids
    ADJACENT = "adjacent"  # same or neighbouring state


def _refuse(problem: str) -> None:
    raise ValueError(problem)


@dataclass(frozen=True, slots=True)
class MatchSettings:
    """Who is in reach of whom. A radius of None is anywhere that a truck can drive to."""

    reach: Reach = Reach.DISTANCE
    local_miles: float | None = 50  # home every night, a yard one drives to each morning
    dedicated_miles: float | None = 150  # home most nights; the yard is still reached by car
    regional_miles: float | None = 250  # home at weekends
    otr_miles: float | None = None  # weeks out: the home hardly matters
    near_miles: float = 100  # what a rep calls "close by" in a sentence
    closeness: tuple[tuple[float, int], ...] = ((50, 1000), (100, 800), (250, 500), (500, 300))
    """Up to so many miles a driver counts with this weight (thousandths) in the region factor."""
    closeness_beyond: int = 100
    across_water: bool = False  # may drivers in Hawaii, Puerto Rico, Guam … fit carriers elsewhere

    def __post_init__(self) -> None:
        radii = (self.local_miles, self.dedicated_miles, self.regional_miles, self.otr_miles, self.near_miles)
        for miles in radii:
            if miles is not None and not 0 <= miles < inf:
                _refuse("A radius is a number of miles from 0 on, or nothing for anywhere.")
        edges = [miles for miles, _ in self.closeness]
        weights = [weight for _, weight in self.closeness] + [self.closeness_beyond]
        if edges != sorted(set(edges)):
            _refuse("Closeness bands are given from near to far, each once.")
        if weights != sorted(weights, reverse=True) or not all(0 <= weight <= 1000 for weight in weights):
            _refuse("Closeness weights are 0 to 1000 and never grow with distance.")

    def radius(self, job: JobType) -> float:
        """The reach of a job type in miles; infinite for anywhere."""
        miles = (self.local_miles, self.dedicated_miles, self.regional_miles, self.otr_miles)[job]
        return inf if miles is None else float(miles)


@dataclass(frozen=True, slots=True)
class ScoreSettings:
    """score = 100 · Π fᵢ^wᵢ, Σwᵢ = 1; each factor is floor + (1 − floor) · x / (x + half) of a sum x over drivers.

    x / (x + half) is one half at `half` drivers, three quarters at three times as many, and never quite full:
    every further driver still ranks a carrier higher, none lowers it.
    """

    match_weight: float = 0.30  # how many fit: without supply there is no pitch
    region_weight: float = 0.25  # how many of them live close: what a recruiter is asked first
    equipment_weight: float = 0.25  # how surely they fit what the carrier runs
    recency_weight: float = 0.20  # how many of them still answer the phone
    match_half: float = 8  # drivers; a carrier that sees eight candidates has a choice for one or two seats
    region_half: float = 4  # full-weight drivers (one next door = 1, at 100–250 miles = ½)
    equipment_half: float = 6  # full-weight drivers (primary family = 1, secondary = ½)
    recency_half: float = 4  # full-weight drivers (active today = 1, a half-life ago = ½)
    floor: float = 0.05  # a single empty factor must not erase the others
    recency_half_life_days: float = 30  # drivers change jobs within weeks; 30–45 days is the usual assumption
    threshold: float = 55  # a prospect from here on
    min_drivers: int = 3  # and with at least so many drivers
    specificity_floor: float = 0.5  # the least share of the equipment factor a vague carrier keeps
    confidence_half: float = 12  # matched drivers for a middling sample
    confidence_medium: float = 0.30
    confidence_high: float = 0.50
    spike_rise: float = 0.20  # week over week
    spike_base: int = 3  # both weeks have at least so many drivers: 1 → 2 is no news

    def __post_init__(self) -> None:
        if any(weight < 0 for weight in self.weights) or not isclose(sum(self.weights), 1, abs_tol=1e-9):
            _refuse("The four weights are 0 or more and make 1 together.")
        positive = (
            self.match_half, self.region_half, self.equipment_half, self.recency_half, self.confidence_half,
            self.recency_half_life_days,
        )  # fmt: skip
        if not all(0 < value < inf for value in positive):
            _refuse("Half values and the half-life are above 0.")
        if not 0 < self.floor < 1 or not 0 <= self.specificity_floor <= 1:
            _refuse("The floors are shares: above 0 and below 1.")
        if not 0 <= self.threshold <= 100 or min(self.min_drivers, self.spike_base, self.spike_rise) < 0:
            _refuse("The threshold is 0 to 100; counts and the rise are 0 or more.")
        if not 0 <= self.confidence_medium <= self.confidence_high <= 1:
            _refuse("Confidence is low, then medium, then high, between 0 and 1.")

    @property
    def weights(self) -> tuple[float, float, float, float]:
        """In the order of score.FACTORS."""
        return self.match_weight, self.region_weight, self.equipment_weight, self.recency_weight


@dataclass(frozen=True, slots=True)
class DemandSettings:
    """How strongly each public fact speaks for a need of drivers, 0–1; they add up as 1 − Π(1 − s)."""

    unseated_trucks: float = 0.5  # a truck without a driver earns nothing
    fleet_growth: float = 0.5  # each added truck is a seat
    high_utilisation: float = 0.2  # 80,000 miles a unit and more: nobody can take another load
    leases_drivers: float = 0.3  # pays others for drivers already
    new_authority: float = 0.15  # 2–10 years in: growing, past the first year's failures
    private_fleet: float = 0.2  # home every day, and no recruiting arm of its own
    driver_out_of_service: float = 0.2  # above the national rate: it needs qualified drivers
    unseated_min_units: int = 6  # below, an owner drives too and the ratio says nothing
    unseated_cap: float = 0.5  # half of the trucks empty is as strong as it gets (often bad data beyond)
    unseated_from: float = 0.15  # most fleets report a few trucks more than drivers
    growth_full: float = 0.5  # ln per year that counts in full (about +65 % a year)
    utilisation_from: float = 80_000
    utilisation_full: float = 120_000  # the 90th percentile of for-hire carriers
    utilisation_junk: float = 200_000  # more cannot be driven
    private_min_tractors: int = 10
    oos_prior: float = 10  # inspections' worth of the national rate mixed into a small sample
    urgency_medium: float = 0.20
    urgency_high: float = 0.50

    def __post_init__(self) -> None:
        shares = (
            self.unseated_trucks, self.fleet_growth, self.high_utilisation, self.leases_drivers,
            self.new_authority, self.private_fleet, self.driver_out_of_service, self.urgency_medium,
            self.urgency_high,
        )  # fmt: skip
        if not all(0 <= share <= 1 for share in shares):
            _refuse("Strengths and the urgency steps are between 0 and 1.")
        if self.urgency_medium > self.urgency_high:
            _refuse("Urgency is low, then medium, then high.")
