"""The same answers pair by pair, as one would write the rules on paper. Slow; the tests hold the fast way to it."""

from __future__ import annotations

from math import inf

import numpy as np

from headhaul.carriers.choices import Equipment, JobType
from headhaul.carriers.services.matching.columns import (
    FOREIGN_PLACE,
    BreakdownColumns,
    CarrierColumns,
    DriverColumns,
    MatchColumns,
    NoMatch,
)
from headhaul.carriers.services.matching.regions import UNSURE_MILES, Geography
from headhaul.carriers.services.matching.settings import MatchSettings, Reach


def _regional_edge(settings: MatchSettings) -> float:
    miles = settings.radius(JobType.REGIONAL)
    return UNSURE_MILES if miles == inf else miles


def miles_between(a: int, b: int, geo: Geography, settings: MatchSettings) -> float:
    """Miles from place to place; a place known by state alone is at the regional edge of its neighbours."""
    state_a, state_b = geo.state[a], geo.state[b]
    if geo.network[state_a] != geo.network[state_b] and not settings.across_water:
        return inf
    miles = float(geo.miles[a, b])
    if a < geo.areas and b < geo.areas:
        return miles
    edge = _regional_edge(settings)
    return edge if geo.adjacent[state_a, state_b] else max(miles, edge + 1)


def jobs_in_reach(a: int, b: int, geo: Geography, settings: MatchSettings) -> set[JobType]:
    """The job types for which a carrier at `a` may employ a driver living at `b`."""
    miles = miles_between(a, b, geo, settings)
    if miles == inf:
        return set()
    radius = {job: settings.radius(job) for job in JobType}
    if settings.reach is Reach.ADJACENT:
        edge = radius[JobType.REGIONAL] = _regional_edge(settings)
        beside = geo.adjacent[geo.state[a], geo.state[b]]
        miles = min(miles, edge) if beside else max(miles, edge + 1)
    return {job for job in JobType if miles <= radius[job]}


def closeness(miles: float, settings: MatchSettings) -> int:
    """Thousandths, by the first band that holds the distance."""
    return next((weight for until, weight in settings.closeness if miles <= until), settings.closeness_beyond)


def match_pair_by_pair(
    carriers: CarrierColumns, drivers: DriverColumns, geo: Geography, settings: MatchSettings
) -> tuple[MatchColumns, BreakdownColumns]:
    """Every carrier with every driver."""
    size = len(carriers)
    n, near, active7, pool, prox, rec, fit, why = (np.zeros(size, np.int64) for _ in range(8))
    by_equipment, by_job = np.zeros((size, len(Equipment)), np.int32), np.zeros((size, len(JobType)), np.int32)
    states = np.zeros((size, len(geo.network)), np.int64)
    for c in range(size):
        place, equipment, jobs = int(carriers.place[c]), int(carriers.equipment[c]), int(carriers.jobs[c])
        why[c] = (
            NoMatch.FOREIGN if place == FOREIGN_PLACE
            else NoMatch.UNKNOWN_PLACE if place < 0
            else NoMatch.NO_EQUIPMENT if not equipment
            else NoMatch.NO_JOB_TYPE if not jobs
            else NoMatch.NONE
        )  # fmt: skip
        if why[c]:
            continue
        for d in range(len(drivers)):
            home, usable = int(drivers.place[d]), int(drivers.equipment[d])
            if home < 0 or not usable or drivers.level[d] < carriers.min_level[c]:
                continue
            shared = [
                job for job in jobs_in_reach(place, home, geo, settings) if (jobs & int(drivers.jobs[d])) >> job & 1
            ]
            if not shared:
                continue
            pool[c] += 1
            if not usable & equipment:
                continue
            miles = miles_between(place, home, geo, settings)
            n[c] += 1
            near[c] += miles <= settings.near_miles
            active7[c] += bool(drivers.active7[d])
            prox[c] += closeness(miles, settings)
            rec[c] += int(drivers.recency[d])
            fit[c] += 1000 if usable & int(carriers.primary[c]) else 500
            states[c, geo.state[home]] += 1
            for kind in Equipment:
                by_equipment[c, kind] += (usable & equipment) >> kind & 1
            for job in shared:
                by_job[c, job] += 1
    best = np.argsort(-states, axis=1, kind="stable")[:, :3]
    counts = np.take_along_axis(states, best, axis=1)
    found = MatchColumns(
        n.astype(np.int32), near.astype(np.int32), active7.astype(np.int32), pool.astype(np.int32),
        prox, rec, fit, why.astype(np.uint8),
    )  # fmt: skip
    return found, BreakdownColumns(
        by_equipment, by_job, np.where(counts > 0, best, -1).astype(np.int8), counts.astype(np.int32)
    )
