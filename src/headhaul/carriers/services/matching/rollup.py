"""What is summed over which homes: job terms, the five sums, and their weights within a block of places.

Jobs. Sort the job types by reach. A driver in reach for any shared job type is in reach for the
farthest-reaching one, so each matched driver is counted at exactly one term (job, without): drivers who want
`job` and none of `without`, where `without` are the carrier's farther-reaching jobs.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import gcd
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from headhaul.carriers.choices import JobType
from headhaul.carriers.services.matching.columns import Bools, Int, Ints
from headhaul.carriers.services.matching.regions import Geography, Region

Numbers: TypeAlias = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Term:
    """Drivers who want this job and none of the carrier's farther-reaching ones."""

    job: JobType
    without: int

    def holds(self, jobs: Int) -> Bools:
        """Which of these driver job masks are counted here."""
        held: Bools = ((jobs >> self.job & 1) == 1) & (jobs & self.without == 0)
        return held


def by_reach(where: Region) -> tuple[JobType, ...]:
    """Job types from the nearest reach to the farthest; reaches are nested because all are radii."""
    return tuple(sorted(JobType, key=lambda job: int(where.in_reach[job].sum())))


def terms_of(jobs: int, order: tuple[JobType, ...]) -> list[Term]:
    """The terms of a carrier's job mask, given the job types from near to far reach."""
    mine = [job for job in order if jobs >> job & 1]
    return [Term(job, sum(1 << far for far in mine[at + 1 :])) for at, job in enumerate(mine)]


@dataclass(frozen=True, slots=True)
class Sum:
    """One of the sums wanted: over which driver table, with which whole-number weight per pair of places."""

    name: str
    table: str  # a column of DriverCells
    weight: Numbers | None  # None: 1 everywhere
    scale: int = 1  # what the weights were divided by


def wanted_sums(where: Region) -> tuple[Sum, ...]:
    """The five sums of a MatchColumns that depend on where drivers live."""
    scale = gcd(*(int(weight) for weight in np.unique(where.closeness))) or 1
    return (
        Sum("n", "n", None),
        Sum("near", "n", where.near.astype(np.int16)),
        Sum("prox", "n", where.closeness // np.int16(scale), scale),
        Sum("rec", "rec", None),
        Sum("active7", "active7", None),
    )


@dataclass(frozen=True, slots=True)
class Weights:
    """One sum's weights within one block: the same for all far homes, plus what differs for some."""

    far: int
    homes: Ints  # places whose weight differs from `far`
    extra: NDArray[np.float32]  # (homes, places of the block), whole numbers
    same_as: str = ""  # an earlier sum of the same table with proportional weights
    factor: int = 1  # this one's weights, divided by that one's

    def times(self, other: Weights) -> int:
        """How many times the other's weights these are; 0 if they are not a multiple."""
        if not len(self.homes) or not np.array_equal(self.homes, other.homes):
            return 0
        factor = int(self.extra.max() // other.extra.max())
        return factor if np.array_equal(self.extra, other.extra * np.float32(factor)) else 0


class Block:
    """The weights of all sums for carriers in a group of neighbouring places."""

    def __init__(
        self, where: Region, group: Ints | NDArray[np.int16], jobs: Iterable[JobType], sums: Iterable[Sum],
        geo: Geography,
    ) -> None:  # fmt: skip
        networks = geo.network[geo.state]
        self.network = int(networks[group[0]])
        connected = networks == self.network
        sums = list(sums)
        self.weights: dict[tuple[JobType, str], Weights] = {}
        for job in jobs:
            reach = where.in_reach[job][group]
            for wanted in sums:
                mine = _weights(reach, None if wanted.weight is None else wanted.weight[group], connected)
                self.weights[job, wanted.name] = self._shared(job, mine, wanted, sums)

    def _shared(self, job: JobType, mine: Weights, wanted: Sum, sums: list[Sum]) -> Weights:
        for earlier in sums[: sums.index(wanted)]:
            theirs = self.weights[job, earlier.name]
            if earlier.table == wanted.table and not theirs.same_as and (factor := mine.times(theirs)):
                return Weights(mine.far, mine.homes, mine.extra, earlier.name, factor)
        return mine


def _weights(reach: Bools, weight: Numbers | None, connected: Bools) -> Weights:
    value = reach.astype(np.int16) if weight is None else reach * weight
    far = int(value[:, connected].min())
    differs = value - np.where(connected, far, 0).astype(np.int16)
    homes = np.flatnonzero(differs.any(axis=0))
    return Weights(far, homes, np.ascontiguousarray(differs[:, homes].T, dtype=np.float32))
