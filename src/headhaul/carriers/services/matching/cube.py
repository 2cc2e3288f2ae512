"""All carriers against all drivers at once, exactly, without ever looking at a pair.

Drivers are counted in a table (place, equipment mask, job term). For a block of neighbouring places the table is
rolled up over each job type's reach by one matrix product, and subset sums over the ten equipment bits (a zeta
transform) turn it into "drivers whose equipment lies within this mask". Who fits a carrier with equipment E is then
everybody minus those whose equipment lies within the families it does not run: two look-ups per sum.

Jobs. Sort the job types by reach. A driver in reach for any shared job type is in reach for the farthest-reaching
one, so each matched driver is counted at exactly one term (job, without): drivers who want `job` and none of
`without`, where `without` are the carrier's farther-reaching jobs.

Exactness. Every number is a whole number below 2**24 in float32, below 2**31 in int32, else below 2**53 in
float64; the types are chosen by what the pool can add up to.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import gcd
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from headhaul.carriers.choices import ALL_EQUIPMENT, Equipment, JobType
from headhaul.carriers.services.matching.cells import DriverCells
from headhaul.carriers.services.matching.columns import CarrierColumns, Int, Ints
from headhaul.carriers.services.matching.regions import Geography, Region, blocks

Numbers: TypeAlias = NDArray[Any]

MASKS = ALL_EQUIPMENT + 1
BLOCK_PLACES = 32  # so that a block's tables stay in the processor's cache


@dataclass(frozen=True, slots=True)
class Term:
    """Drivers who want this job and none of the carrier's farther-reaching ones."""

    job: JobType
    without: int

    def holds(self, jobs: Numbers) -> Numbers:
        """Which of these driver job masks are counted here."""
        return (jobs >> self.job & 1).astype(np.bool_) & (jobs & self.without == 0)


@dataclass(frozen=True, slots=True)
class Sum:
    """One of the sums wanted: over which driver table, with which whole-number weight per pair of places."""

    name: str
    table: str  # a column of DriverCells
    weight: Numbers | None  # None: 1 everywhere
    scale: int = 1


def wanted_sums(where: Region) -> tuple[Sum, ...]:
    """The five sums of a MatchColumns that depend on where drivers live."""
    scale = gcd(*(int(weight) for weight in np.unique(where.closeness))) or 1
    return (
        Sum("n", "n", None),
        Sum("near", "n", where.near.astype(np.int64)),
        Sum("prox", "n", where.closeness.astype(np.int64) // scale, scale),
        Sum("rec", "rec", None),
        Sum("active7", "active7", None),
    )


def terms_of(jobs: int, order: tuple[JobType, ...]) -> list[Term]:
    """The terms of a carrier's job mask, given the job types from near to far reach."""
    mine = [job for job in order if jobs >> job & 1]
    return [Term(job, sum(1 << far for far in mine[at + 1 :])) for at, job in enumerate(mine)]


def by_reach(where: Region) -> tuple[JobType, ...]:
    """Job types from the nearest reach to the farthest; reaches are nested because all are radii."""
    return tuple(sorted(JobType, key=lambda job: int(where.in_reach[job].sum())))


def _exact(most: int) -> type[np.float32 | np.int32 | np.float64]:
    """The fastest type in which sums up to `most` are exact."""
    if most < 1 << 24:
        return np.float32
    return np.int32 if most < 1 << 31 else np.float64


def _product_type(most: int) -> type[np.float32 | np.float64]:
    return np.float32 if most < 1 << 24 else np.float64


@dataclass(frozen=True, slots=True)
class Queue:
    """The carriers that can be matched, ordered by level, block of places and job mask."""

    order: Ints  # rows of the carriers
    groups: list[NDArray[np.int16]]  # the blocks
    column: NDArray[np.int32]  # per queued carrier: its place's column within its block
    outside: NDArray[np.int32]  # the mask of families it does not run
    outside_primary: NDArray[np.int32]
    starts: Ints  # segments of equal level, block and jobs
    level: Ints  # per segment
    block: Ints
    jobs: Ints


def queue_of(carriers: CarrierColumns, rows: Int, geo: Geography) -> Queue:
    """Brings carriers that share tables together, so that each table is made once and read while it is warm."""
    place = carriers.place[rows]
    groups = blocks(geo, np.flatnonzero(np.bincount(place, minlength=len(geo))), size=BLOCK_PLACES)
    block_of, column_of = np.zeros(len(geo), np.int32), np.zeros(len(geo), np.int32)
    for number, group in enumerate(groups):
        block_of[group], column_of[group] = number, np.arange(len(group))
    key = (carriers.min_level[rows].astype(np.int32) * len(groups) + block_of[place]) * 16 + carriers.jobs[rows]
    if int(key.max()) < 1 << 15:
        key = key.astype(np.int16)  # sorted by radix
    order = np.argsort(key, kind="stable")
    key = key[order].astype(np.int64)
    starts = np.flatnonzero(np.diff(key, prepend=-1))
    kinds = key[starts]
    picked = rows[order]
    return Queue(
        order=picked,
        groups=groups,
        column=column_of[place[order]],
        outside=(ALL_EQUIPMENT & ~carriers.equipment[picked]).astype(np.int32),
        outside_primary=(ALL_EQUIPMENT & ~carriers.primary[picked]).astype(np.int32),
        starts=np.append(starts, len(key)),
        level=kinds // 16 // len(groups),
        block=kinds // 16 % len(groups),
        jobs=kinds % 16,
    )


class Table:
    """Drivers of at least some level, per job type: (place, equipment mask that occurs, term)."""

    def __init__(self, cells: DriverCells, column: str, terms: dict[JobType, list[Term]], places: int) -> None:
        self.cells, self.values, self.terms = cells, getattr(cells, column), terms
        self.total = int(self.values.sum())
        self.masks, mask_row = np.unique(cells.equipment, return_inverse=True)
        self.mask_row = mask_row.astype(np.int64)
        most = int(np.bincount(self.mask_row, weights=self.values).max()) if len(cells) else 0
        self.type = _product_type(most)
        self.rows = {
            job: np.zeros((places, len(self.masks) * len(some)), self.type) for job, some in terms.items()
        }
        self.added_from = 99

    def lower_to(self, level: int) -> None:
        """Adds the drivers of `level` and above that are not in yet."""
        fresh = np.flatnonzero((self.cells.level >= level) & (self.cells.level < self.added_from))
        self.added_from = level
        for job, some in self.terms.items():
            flat = self.rows[job].reshape(-1)
            for number, term in enumerate(some):
                here = fresh[term.holds(np.arange(16))[self.cells.jobs[fresh]]]
                at = (self.cells.place[here].astype(np.int64) * len(self.masks) + self.mask_row[here]) * len(some)
                np.add.at(flat, at + number, self.values[here].astype(self.type))

    def spread(self, summed: Numbers, width: int, as_type: Any) -> Numbers:
        """Rolled-up columns as a full table over all masks: (MASKS, width)."""
        if len(self.masks) == MASKS:
            return summed.reshape(MASKS, width).astype(as_type, copy=False)
        full = np.zeros((MASKS, width), as_type)
        full[self.masks] = summed.reshape(len(self.masks), width)
        return full


def subset_sums(table: Numbers) -> Numbers:
    """In place: row m becomes the sum of all rows whose bits lie within m."""
    width = table.shape[1]
    for bit in range(len(Equipment)):
        halves = table.reshape(MASKS >> bit + 1, 2, width << bit)
        halves[:, 1] += halves[:, 0]
    return table


@dataclass(frozen=True, slots=True)
class Weights:
    """One sum's weights within one block: the same for all far homes, plus what differs for some."""

    far: int
    homes: Int  # places whose weight differs from `far`
    extra: Numbers  # (homes, places of the block)
    same_as: str = ""  # another sum of the same table with proportional weights
    factor: int = 1


def block_weights(where: Region, group: Int, job: JobType, sums: list[Sum], network: Int) -> dict[str, Weights]:
    """The weights of all `sums` over one table, for carriers in the places of `group`."""
    reach = where.in_reach[job][group]
    connected = network == network[group[0]]
    done: dict[str, Weights] = {}
    for wanted in sums:
        value = reach * (np.int64(1) if wanted.weight is None else wanted.weight[group])
        far = int(value[:, connected].min())
        differs = value - np.where(connected, far, 0)
        homes = np.flatnonzero(differs.any(axis=0))
        extra = np.ascontiguousarray(differs[:, homes].T)
        twin = next((n for n, w in done.items() if not w.same_as and _proportional(extra, homes, w)), "")
        factor = int(extra.max() // done[twin].extra.max()) if twin else 1
        done[wanted.name] = Weights(far, homes, extra, twin, factor)
    return done


def _proportional(extra: Numbers, homes: Int, other: Weights) -> bool:
    if not len(homes) or not np.array_equal(homes, other.homes):
        return False
    factor = extra.max() // other.extra.max() if other.extra.max() else 0
    return factor > 0 and bool(np.array_equal(extra, other.extra * factor))


class Cube:
    """Answers all queued carriers, table by table, level by level, block by block."""

    def __init__(self, queue: Queue, cells: DriverCells, geo: Geography, where: Region) -> None:
        self.queue, self.cells, self.geo, self.where = queue, cells, geo, where
        self.sums = wanted_sums(where)
        order = by_reach(where)
        self.needed = {jobs: terms_of(jobs, order) for jobs in (int(j) for j in np.unique(queue.jobs))}
        every = {term for some in self.needed.values() for term in some}
        self.terms = {job: sorted((t for t in every if t.job is job), key=lambda t: t.without) for job in order}
        self.terms = {job: some for job, some in self.terms.items() if some}
        self.network = geo.network[geo.state]

    def answer(self) -> dict[str, Numbers]:
        """Per sum (and "pool", "primary"): the values in the order of the queue."""
        size = len(self.queue.order)
        out: dict[str, Numbers] = {name: np.zeros(size, np.int32) for name in ("n", "near", "active7", "pool", "primary")}
        out |= {name: np.zeros(size, np.int64) for name in ("prox", "rec")}
        if not len(self.cells):
            return out
        for column in ("n", "rec", "active7"):
            sums = [wanted for wanted in self.sums if wanted.table == column]
            table = Table(self.cells, column, self.terms, len(self.geo))
            for level in np.unique(self.queue.level)[::-1]:
                table.lower_to(int(level))
                self._answer_level(table, sums, int(level), out)
        return out

    def _answer_level(self, table: Table, sums: list[Sum], level: int, out: dict[str, Numbers]) -> None:
        far = _FarTables(table, self.network)
        at_level = np.flatnonzero(self.queue.level == level)
        for block in np.unique(self.queue.block[at_level]):
            group = self.queue.groups[block]
            near = self._block_tables(table, sums, group, far)
            for segment in at_level[self.queue.block[at_level] == block]:
                self._answer_segment(int(segment), near, len(group), sums, out)

    def _block_tables(
        self, table: Table, sums: list[Sum], group: Int, far: _FarTables
    ) -> dict[tuple[JobType, str], tuple[Numbers | None, Numbers | None, int]]:
        """Per job type and sum: subset sums for the block's places, for everybody far away, and a factor."""
        done: dict[tuple[JobType, str], tuple[Numbers | None, Numbers | None, int]] = {}
        for job, some in self.terms.items():
            width = len(some) * len(group)
            weights = block_weights(self.where, group, job, sums, self.network)
            for wanted in sums:
                w = weights[wanted.name]
                rest = far.of(job, int(self.network[group[0]]), w.far) if w.far else None
                if w.same_as:
                    block_sums = done[job, w.same_as][0]
                elif not len(w.homes):
                    block_sums = None
                else:
                    heaviest = max(int(np.abs(w.extra).max()), 1)
                    kind = _product_type(table.total * heaviest) if table.type is np.float32 else np.float64
                    drivers = table.rows[job][w.homes].astype(kind, copy=False)
                    summed = drivers.T @ w.extra.astype(kind)
                    block_sums = subset_sums(table.spread(summed, width, _exact(table.total * heaviest)))
                done[job, wanted.name] = (block_sums, rest, w.factor)
        return done

    def _answer_segment(
        self,
        segment: int,
        tables: dict[tuple[JobType, str], tuple[Numbers | None, Numbers | None, int]],
        places: int,
        sums: list[Sum],
        out: dict[str, Numbers],
    ) -> None:
        queue = self.queue
        here = slice(int(queue.starts[segment]), int(queue.starts[segment + 1]))
        outside, outside_primary, column = queue.outside[here], queue.outside_primary[here], queue.column[here]
        for term in self.needed[int(queue.jobs[segment])]:
            number = self.terms[term.job].index(term)
            width = len(self.terms[term.job]) * places
            at = number * places + column
            look = outside * width + at
            for wanted in sums:
                block_sums, rest, factor = tables[term.job, wanted.name]
                factor *= wanted.scale
                if block_sums is not None:
                    flat = block_sums.reshape(-1)
                    everybody = block_sums[-1].take(at)
                    _add(out[wanted.name], here, everybody - flat.take(look), factor)
                    if wanted.name == "n":
                        _add(out["pool"], here, everybody, 1)
                        _add(out["primary"], here, everybody - flat.take(outside_primary * width + at), 1)
                if rest is not None:
                    of_term = rest[number]
                    _add(out[wanted.name], here, of_term[-1] - of_term.take(outside), wanted.scale)
                    if wanted.name == "n":
                        out["pool"][here] += int(of_term[-1])
                        _add(out["primary"], here, of_term[-1] - of_term.take(outside_primary), 1)


def _add(target: Numbers, here: slice, values: Numbers, factor: int) -> None:
    whole = values.astype(target.dtype, copy=False)
    target[here] += whole if factor == 1 else whole * target.dtype.type(factor)


class _FarTables:
    """Subset sums over whole road networks, for work that reaches anywhere."""

    def __init__(self, table: Table, network: Int) -> None:
        self.table, self.network = table, network
        self.made: dict[tuple[JobType, int], Numbers] = {}

    def of(self, job: JobType, network: int, weight: int) -> Numbers:
        """(terms, MASKS) whole numbers."""
        if (job, network) not in self.made:
            terms = len(self.table.terms[job])
            summed = self.table.rows[job][self.network == network].sum(axis=0, dtype=np.float64)
            full = subset_sums(self.table.spread(summed, terms, np.float64))
            self.made[job, network] = np.ascontiguousarray(full.T).astype(np.int64)
        return self.made[job, network] * weight


def segments(queue: Queue) -> Iterator[slice]:
    """Runs of queued carriers that share level, block and jobs."""
    return (slice(int(a), int(b)) for a, b in zip(queue.starts[:-1], queue.starts[1:], strict=True))
