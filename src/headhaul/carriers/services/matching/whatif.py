"""What a change of the pool would do: who crosses the threshold, and whom to recruit next.

All sums of a match are sums over drivers, so the change alone is matched and added to what is known: carriers that
it does not reach are not looked at again, and the result equals a whole new run exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from headhaul.carriers.choices import ALL_EQUIPMENT, ALL_JOBS, CdlLevel, Equipment, JobType
from headhaul.carriers.services.matching.cells import DriverCells, driver_cells
from headhaul.carriers.services.matching.columns import (
    FULL,
    Bools,
    CarrierColumns,
    DriverColumns,
    Floats,
    Int,
    Ints,
    MatchColumns,
    NoMatch,
    ScoreColumns,
)
from headhaul.carriers.services.matching.reasons import Rules
from headhaul.carriers.services.matching.regions import Geography, Region, region
from headhaul.carriers.services.matching.rollup import by_reach
from headhaul.carriers.services.matching.run import match, nobody, why_no_match
from headhaul.carriers.services.matching.score import prospects, score

SUMS = ("n", "near", "active7", "pool", "prox", "rec", "fit")
FEW_PROFILES = 24  # up to here drivers are matched profile by profile, beyond as a whole run


@dataclass(frozen=True, slots=True)
class Profile:
    """Drivers who are alike but for their homes."""

    equipment: int
    jobs: int
    level: CdlLevel = CdlLevel.A
    recency: int = FULL
    active7: bool = True

    def __post_init__(self) -> None:
        if not 0 < self.equipment <= ALL_EQUIPMENT or not 0 < self.jobs <= ALL_JOBS or not 0 <= self.recency <= FULL:
            raise ValueError("A profile names at least one equipment family and one job type.")


@dataclass(frozen=True, slots=True)
class Selection:
    """Which drivers of the pool; None means any."""

    places: Sequence[int] | None = None
    equipment: int | None = None  # with any of these families
    jobs: int | None = None  # who want any of these
    levels: Sequence[CdlLevel] | None = None

    def of(self, cells: DriverCells) -> DriverCells:
        """The chosen cells."""
        chosen = np.ones(len(cells), np.bool_)
        if self.places is not None:
            chosen &= np.isin(cells.place, np.asarray(self.places, np.int16))
        if self.equipment is not None:
            chosen &= cells.equipment & np.uint16(self.equipment) != 0
        if self.jobs is not None:
            chosen &= cells.jobs & np.uint8(self.jobs) != 0
        if self.levels is not None:
            chosen &= np.isin(cells.level, np.asarray([int(level) for level in self.levels], np.uint8))
        return cells.take(chosen)


@dataclass(frozen=True, slots=True)
class Simulation:
    """Rows of the carriers that a change moves, with both sides."""

    rows: Ints  # carriers with any changed sum
    before: Floats  # scores, per row
    after: Floats
    found: MatchColumns  # after, per row
    opened: Ints  # rows that become prospects, best score first
    closed: Ints  # rows that stop being prospects, best former score first

    def score_of(self, row: int) -> tuple[float, float]:
        """(before, after) of a moved carrier."""
        at = int(np.searchsorted(self.rows, row))
        return float(self.before[at]), float(self.after[at])


@dataclass(frozen=True, slots=True)
class Candidate:
    """A profile to recruit somewhere, and what it would bring."""

    name: str
    profile: Profile
    places: Ints  # homes of the recruits, one per recruit
    opened: int
    points: float  # summed over carriers below the threshold: breaks ties


def spread(count: int, places: Int, cells: DriverCells | None = None) -> Ints:
    """Homes for so many drivers: shared among places as the pool is today, evenly where it is empty there."""
    if count < 0 or not len(places):
        raise ValueError("Drivers need a number from 0 on and at least one place.")
    weight: NDArray[Any] = np.ones(len(places))
    if cells is not None and len(cells):
        of_place = np.bincount(cells.place, weights=cells.n, minlength=int(np.max(places)) + 1)
        if of_place[places].sum() > 0:
            weight = of_place[places]
    share = weight / weight.sum() * count
    whole = np.floor(share).astype(np.int64)
    left = count - int(whole.sum())
    whole[np.argsort(-(share - whole), kind="stable")[:left]] += 1  # the largest remainders
    return np.repeat(np.asarray(places, np.int64), whole)


def state_places(geo: Geography, state: int) -> Ints:
    """The ZIP3 areas of a state, or its own place where it has none."""
    areas = np.flatnonzero(geo.state[: geo.areas] == state)
    return areas if len(areas) else np.array([geo.areas + state])


def recruits(profile: Profile, homes: Int) -> DriverColumns:
    """These drivers as columns."""
    size = len(homes)
    return DriverColumns(
        place=homes.astype(np.int16),
        equipment=np.full(size, profile.equipment, np.uint16),
        jobs=np.full(size, profile.jobs, np.uint8),
        level=np.full(size, int(profile.level), np.uint8),
        recency=np.full(size, profile.recency, np.uint16),
        active7=np.full(size, profile.active7, np.bool_),
    )


def simulate(
    found: MatchColumns,
    carriers: CarrierColumns,
    geo: Geography,
    rules: Rules,
    *,
    added: DriverColumns | DriverCells | None = None,
    removed: DriverColumns | DriverCells | None = None,
    eligible: Bools | None = None,
) -> Simulation:
    """The carriers' match and score if these drivers came or went; `eligible` leaves out who is no prospect anyway."""
    where = region(geo, rules.matching)
    change = np.zeros(len(carriers), np.bool_)
    deltas: list[tuple[int, MatchColumns]] = []
    for sign, drivers in ((1, added), (-1, removed)):
        if drivers is not None and len(drivers):
            cells = drivers if isinstance(drivers, DriverCells) else driver_cells(drivers)
            delta = matched_change(carriers, cells, geo, rules, where)
            deltas.append((sign, delta))
            change |= delta.pool > 0
    rows = np.flatnonzero(change)
    before_found, some = found.take(rows), carriers.take(rows)
    after_found = replace(
        before_found,
        **{
            name: sum((sign * getattr(delta, name)[rows] for sign, delta in deltas), getattr(before_found, name))
            for name in SUMS
        },
    )
    if len(rows) and int(after_found.pool.min()) < 0:
        raise ValueError("More drivers are removed than the pool holds.")
    before, after = score(before_found, some, rules.scoring), score(after_found, some, rules.scoring)
    was, becomes = prospects(before_found, before, rules.scoring), prospects(after_found, after, rules.scoring)
    if eligible is not None:
        was, becomes = was & eligible[rows], becomes & eligible[rows]
    return Simulation(
        rows=rows,
        before=before.score,
        after=after.score,
        found=after_found,
        opened=_best_first(rows, becomes & ~was, after),
        closed=_best_first(rows, was & ~becomes, before),
    )


def _best_first(rows: Ints, chosen: Bools, scored: ScoreColumns) -> Ints:
    at = np.flatnonzero(chosen)
    return rows[at[np.argsort(-scored.score[at], kind="stable")]]


def matched_change(
    carriers: CarrierColumns, cells: DriverCells, geo: Geography, rules: Rules, where: Region
) -> MatchColumns:
    """The match of a few drivers with all carriers: profile by profile, or as a run where profiles are many."""
    kind = (cells.equipment.astype(np.int64) << 8) | (cells.jobs.astype(np.int64) << 4) | cells.level
    kinds = np.unique(kind)
    if len(kinds) > FEW_PROFILES:
        return match(carriers, cells, geo, rules.matching)
    total = nobody(why_no_match(carriers))
    for each in kinds:
        reach = _Reach(where, cells.take(kind == each), jobs=int(each >> 4 & ALL_JOBS))
        reach.add_to(total, carriers, equipment=int(each >> 8), level=int(each & 15))
    return total


class _Reach:
    """Sums of some drivers per carrier place and farthest-reaching shared job type."""

    def __init__(self, where: Region, cells: DriverCells, *, jobs: int) -> None:
        self.jobs = jobs
        self.order = by_reach(where)
        homes, n = cells.place, cells.n
        near, close = where.near[:, homes], where.closeness[:, homes].astype(np.int64)
        self.sums: dict[JobType, dict[str, Ints]] = {}
        for job in JobType:
            if jobs >> job & 1:
                reach = where.in_reach[job][:, homes]
                self.sums[job] = {
                    "n": reach @ n,
                    "near": (reach & near) @ n,
                    "prox": (reach * close) @ n,
                    "rec": reach @ cells.rec,
                    "active7": reach @ cells.active7,
                }

    def add_to(self, total: MatchColumns, carriers: CarrierColumns, *, equipment: int, level: int) -> None:
        """Adds these drivers to every carrier they fit."""
        able = (total.no_match == NoMatch.NONE) & (carriers.min_level <= level) & (carriers.jobs & self.jobs != 0)
        rows = np.flatnonzero(able)
        farthest = self._farthest(carriers.jobs[rows])
        fits = carriers.equipment[rows] & equipment != 0
        primary = carriers.primary[rows] & equipment != 0
        for job, sums in self.sums.items():
            mine = farthest == job
            here, places = rows[mine], carriers.place[rows[mine]]
            suits = fits[mine]
            total.pool[here] += sums["n"][places].astype(np.int32)
            here, places = here[suits], places[suits]
            for name, values in sums.items():
                target = getattr(total, name)
                target[here] += values[places].astype(target.dtype)
            weight = np.where(primary[mine][suits], FULL, FULL // 2)
            total.fit[here] += sums["n"][places] * weight

    def _farthest(self, jobs: NDArray[np.uint8]) -> NDArray[np.int8]:
        """The shared job type that reaches farthest: who is in reach for any is in reach for it."""
        table = np.full(ALL_JOBS + 1, -1, np.int8)
        for job in self.order:
            for mask in range(ALL_JOBS + 1):
                if mask & self.jobs & 1 << job:
                    table[mask] = job
        return table[jobs]


def recruit_next(
    found: MatchColumns,
    carriers: CarrierColumns,
    geo: Geography,
    rules: Rules,
    candidates: Iterable[tuple[str, Profile, Ints]],
    *,
    eligible: Bools | None = None,
) -> list[Candidate]:
    """Each candidate (name, profile, homes) with the accounts it would open, best first; exact.

    Only carriers below the threshold that the given number of perfect drivers could lift over it are looked at.
    """
    listed = list(candidates)
    most = max((len(homes) for _, _, homes in listed), default=0)
    within = _could_rise(found, carriers, rules, most)
    if eligible is not None:
        within &= eligible
    some, base = carriers.take(within), found.take(within)
    where = region(geo, rules.matching)
    done: list[Candidate] = []
    for profile in dict.fromkeys(profile for _, profile, _ in listed):
        fit = np.flatnonzero(_fits(some, profile))
        their, sums = some.take(fit), base.take(fit)
        now = score(sums, their, rules.scoring).score
        for name, same, homes in listed:
            if same == profile:
                cells = driver_cells(recruits(profile, homes))
                moved = np.flatnonzero(_reached(where, cells.place, profile.jobs)[their.place])
                opened, points = _gain(sums.take(moved), their.take(moved), now[moved], cells, geo, rules, where)
                done.append(Candidate(name, profile, homes, opened, points))
    return sorted(done, key=lambda each: (-each.opened, -each.points, each.name))


def _fits(carriers: CarrierColumns, profile: Profile) -> Bools:
    """Carriers that could employ such drivers if they lived close by."""
    wanted = (carriers.equipment & np.uint16(profile.equipment) != 0) & (carriers.jobs & np.uint8(profile.jobs) != 0)
    fit: Bools = wanted & (carriers.min_level <= profile.level)
    return fit


def _reached(where: Region, homes: Int, jobs: int) -> Bools:
    """The places of carriers that drivers at these homes are in reach of, for any of their job types."""
    reached = np.zeros(len(where.near), np.bool_)
    for job in JobType:
        if jobs >> job & 1:
            reached |= where.in_reach[job][:, homes].any(axis=1)
    return reached


def _gain(
    sums: MatchColumns, carriers: CarrierColumns, now: Floats, cells: DriverCells, geo: Geography, rules: Rules,
    where: Region,
) -> tuple[int, float]:  # fmt: skip
    """(new prospects, points gained) among carriers that are none now."""
    delta = matched_change(carriers, cells, geo, rules, where)
    after = replace(sums, **{name: getattr(sums, name) + getattr(delta, name) for name in SUMS})
    scored = score(after, carriers, rules.scoring)
    return int(prospects(after, scored, rules.scoring).sum()), float((scored.score - now).sum())


def _could_rise(found: MatchColumns, carriers: CarrierColumns, rules: Rules, most: int) -> Bools:
    """Who is no prospect now and would be with so many drivers next door, of the right kind, active today."""
    scored = score(found, carriers, rules.scoring)
    best = replace(
        found,
        n=found.n + np.int32(most),
        prox=found.prox + most * FULL,
        rec=found.rec + most * FULL,
        fit=found.fit + most * FULL,
    )
    could: Bools = (
        (found.no_match == NoMatch.NONE)
        & ~prospects(found, scored, rules.scoring)
        & prospects(best, score(best, carriers, rules.scoring), rules.scoring)
    )
    return could


def candidate_grid(
    geo: Geography, cells: DriverCells, *, count: int, states: Iterable[int], names: Sequence[str]
) -> list[tuple[str, Profile, Ints]]:
    """Every state with every equipment family, for drivers who stay home and for drivers who go far."""
    home = 1 << JobType.LOCAL | 1 << JobType.DEDICATED | 1 << JobType.REGIONAL
    far = 1 << JobType.REGIONAL | 1 << JobType.OTR
    return [
        (f"{kind.code}:{names[state]}:{word}", Profile(1 << kind, jobs), spread(count, state_places(geo, state), cells))
        for state in states
        for kind in Equipment
        for word, jobs in (("home", home), ("far", far))
    ]
