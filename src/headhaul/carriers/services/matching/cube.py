"""All carriers against all drivers at once, exactly, without ever looking at a pair.

Drivers are counted in a table (place, equipment mask, job term). For a block of neighbouring places the table
is rolled up over each job type's reach by one matrix product, and subset sums over the ten equipment bits (a
zeta transform) turn it into "drivers whose equipment lies within this mask". Who fits a carrier with equipment
E is then everybody minus those whose equipment lies within the families it does not run: two look-ups a sum.

Exactness. Every number is a whole number below 2**24 in float32, below 2**31 in int32, else below 2**53 in
float64; the types are chosen by what the pool can add up to.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from headhaul.carriers.choices import ALL_EQUIPMENT, CdlLevel, Equipment, JobType
from headhaul.carriers.services.matching.cells import DriverCells, run_starts
from headhaul.carriers.services.matching.columns import FULL, CarrierColumns, Int, Ints
from headhaul.carriers.services.matching.regions import Geography, Region, blocks
from headhaul.carriers.services.matching.rollup import Block, Sum, Term, by_reach, terms_of, wanted_sums

Numbers: TypeAlias = NDArray[Any]

MASKS = ALL_EQUIPMENT + 1
BLOCK_PLACES = 32  # so that a block's tables stay in the processor's cache
COUNTS = ("n", "near", "active7", "pool", "primary")
WEIGHTED = ("prox", "rec")


def _exact(most: int) -> type[Any]:
    """The fastest type in which whole numbers up to `most` add up exactly."""
    if most < 1 << 24:
        return np.float32
    return np.int32 if most < 1 << 31 else np.float64


def _exact_product(most: int) -> type[Any]:
    """The same for matrix products, which only floats have fast."""
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


def queue_of(carriers: CarrierColumns, rows: Ints, geo: Geography) -> Queue:
    """Brings carriers that share tables together, so that each table is made once and read while warm."""
    place = carriers.place[rows]
    groups = blocks(geo, np.flatnonzero(np.bincount(place, minlength=len(geo))), size=BLOCK_PLACES)
    block_of, column_of = np.zeros(len(geo), np.int32), np.zeros(len(geo), np.int32)
    for number, group in enumerate(groups):
        block_of[group], column_of[group] = number, np.arange(len(group))
    key = carriers.min_level[rows].astype(np.int32) * len(groups) + block_of[place]
    key = key * 16 + carriers.jobs[rows]
    if int(key.max()) < 1 << 15:
        key = key.astype(np.int16)  # sorted by radix
    order = np.argsort(key, kind="stable")
    key = key[order]
    starts = run_starts(key)
    kinds = key[starts].astype(np.int64)
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


class Layout:
    """Which terms are kept per job type, and where each driver cell goes in a table."""

    def __init__(self, cells: DriverCells, terms: dict[JobType, list[Term]], places: int) -> None:
        self.cells, self.terms, self.places = cells, terms, places
        self.masks = np.flatnonzero(np.bincount(cells.equipment, minlength=MASKS))  # that occur
        number = np.zeros(MASKS, np.int32)
        number[self.masks] = np.arange(len(self.masks))
        self.mask_row = number[cells.equipment]
        row = cells.place.astype(np.int64) * len(self.masks) + self.mask_row
        of_level = [np.flatnonzero(cells.level == level) for level in CdlLevel]
        self.entries: dict[tuple[JobType, CdlLevel], tuple[Ints, Ints]] = {}
        for job, some in terms.items():
            for level, rows in zip(CdlLevel, of_level, strict=True):
                jobs = cells.jobs[rows]
                here = [rows[term.holds(np.arange(16))[jobs]] for term in some]
                at = [row[cell] * len(some) + number for number, cell in enumerate(here)]
                self.entries[job, level] = np.concatenate(here), np.concatenate(at)

    def memory(self) -> NDArray[np.uint8]:
        """Room for one table; pages come as they are used."""
        return np.empty(8 * self.places * len(self.masks) * sum(len(some) for some in self.terms.values()), np.uint8)


class Table:
    """Drivers of at least some level, per job type: (place, equipment mask that occurs × term)."""

    def __init__(self, layout: Layout, column: str, memory: NDArray[np.uint8]) -> None:
        self.layout, self.values = layout, getattr(layout.cells, column)
        self.total = int(self.values.sum())
        self.column_most: dict[JobType, int] = {}
        self.rows: dict[JobType, Numbers] = {}
        self.filled_from = len(CdlLevel)
        used = 0
        for job, terms in layout.terms.items():
            width = len(layout.masks) * len(terms)
            self.column_most[job] = self._most(job, width)
            kind = np.dtype(_exact_product(self.column_most[job]))
            end = used + layout.places * width * kind.itemsize
            self.rows[job] = memory[used:end].view(kind).reshape(layout.places, width)
            self.rows[job].fill(0)
            used = end

    def _most(self, job: JobType, width: int) -> int:
        """The largest sum any column over all places and levels can come to."""
        of_column = np.zeros(width)
        for level in CdlLevel:
            cells, at = self.layout.entries[job, level]
            of_column += np.bincount(at % width, weights=self.values[cells], minlength=width)
        return int(of_column.max())

    def lower_to(self, level: int) -> None:
        """Adds the drivers of `level` and above that are not in yet."""
        for fresh in range(level, self.filled_from):
            for job, rows in self.rows.items():
                cells, at = self.layout.entries[job, CdlLevel(fresh)]
                np.add.at(rows.reshape(-1), at, self.values[cells].astype(rows.dtype))
        self.filled_from = min(level, self.filled_from)

    def spread(self, summed: Numbers, width: int, as_type: Any) -> Numbers:
        """Rolled-up columns as a full table over all masks: (MASKS, width)."""
        masks = self.layout.masks
        if len(masks) == MASKS:
            return summed.reshape(MASKS, width).astype(as_type, copy=False)
        full = np.zeros((MASKS, width), as_type)
        full[masks] = summed.reshape(len(masks), width)
        return full


def subset_sums(table: Numbers) -> Numbers:
    """In place: row m becomes the sum of all rows whose bits lie within m."""
    width = table.shape[1]
    for bit in range(len(Equipment)):
        halves = table.reshape(MASKS >> bit + 1, 2, width << bit)
        halves[:, 1] += halves[:, 0]
    return table


def rolled_up(table: Table, drivers: Numbers, job: JobType, weights: Numbers) -> Numbers:
    """Subset sums of drivers (rows of a table: homes) weighted for each place of a block: (MASKS, terms × places)."""
    heaviest = int(weights.max())
    kind = _exact_product(table.column_most[job] * heaviest)
    summed = drivers.astype(kind, copy=False).T @ weights.astype(kind, copy=False)
    width = len(table.layout.terms[job]) * weights.shape[1]
    return subset_sums(table.spread(summed, width, _exact(table.total * heaviest)))


def layout_of(cells: DriverCells, terms: Iterable[Term], places: int) -> Layout:
    """A layout for these terms, each once."""
    by_job: dict[JobType, list[Term]] = {}
    for term in sorted(set(terms), key=lambda term: (term.job, term.without)):
        by_job.setdefault(term.job, []).append(term)
    return Layout(cells, by_job, places)


@dataclass(frozen=True, slots=True)
class Looked:
    """Subset sums ready to be looked up, for one job type and sum."""

    near: Numbers | None  # (MASKS, terms × places): homes whose weight differs from the far weight
    far: Numbers | None  # (terms, MASKS): everybody on the road network, at the far weight
    factor: int  # of `near`


class Cube:
    """Answers all queued carriers, table by table, level by level, block by block."""

    def __init__(self, queue: Queue, cells: DriverCells, geo: Geography, where: Region) -> None:
        self.queue, self.geo = queue, geo
        self.sums = wanted_sums(where)
        order = by_reach(where)
        self.needed = {int(jobs): terms_of(int(jobs), order) for jobs in np.unique(queue.jobs)}
        self.layout = layout_of(cells, (term for terms in self.needed.values() for term in terms), len(geo))
        self.blocks = [Block(where, group, self.layout.terms, self.sums, geo) for group in queue.groups]

    def answer(self) -> dict[str, Numbers]:
        """Per sum (and "pool", "primary"): the values in the order of the queue."""
        size = len(self.queue.order)
        out: dict[str, Numbers] = {name: np.zeros(size, np.int32) for name in COUNTS}
        most = int(self.layout.cells.n.sum()) * FULL
        out |= {name: np.zeros(size, np.int32 if most < 1 << 31 else np.int64) for name in WEIGHTED}
        if not len(self.layout.cells):
            return out
        memory = self.layout.memory()
        for column in ("n", "rec", "active7"):
            sums = [wanted for wanted in self.sums if wanted.table == column]
            table = Table(self.layout, column, memory)
            for level in np.unique(self.queue.level)[::-1]:
                table.lower_to(int(level))
                self._answer_level(table, sums, int(level), out)
        return out

    def _answer_level(self, table: Table, sums: list[Sum], level: int, out: dict[str, Numbers]) -> None:
        far = _FarTables(table, self.geo)
        at_level = np.flatnonzero(self.queue.level == level)
        for number in np.unique(self.queue.block[at_level]):
            tables = self._look_up_tables(table, sums, self.blocks[number], far)
            for segment in at_level[self.queue.block[at_level] == number]:
                self._answer_segment(int(segment), tables, sums, out)

    def _look_up_tables(
        self, table: Table, sums: list[Sum], block: Block, far: _FarTables
    ) -> dict[tuple[JobType, str], Looked]:
        done: dict[tuple[JobType, str], Looked] = {}
        for job in self.layout.terms:
            homes, drivers = None, table.rows[job]
            for wanted in sums:
                weights = block.weights[job, wanted.name]
                rest = far.of(job, block.network, weights.far) if weights.far else None
                if weights.same_as:
                    near = done[job, weights.same_as].near
                elif not len(weights.homes):
                    near = None
                else:
                    if homes is None or not np.array_equal(homes, weights.homes):
                        homes, drivers = weights.homes, table.rows[job][weights.homes]
                    near = rolled_up(table, drivers, job, weights.extra)
                done[job, wanted.name] = Looked(near, rest, weights.factor)
        return done

    def _answer_segment(
        self, segment: int, tables: dict[tuple[JobType, str], Looked], sums: list[Sum], out: dict[str, Numbers]
    ) -> None:
        queue = self.queue
        here = slice(int(queue.starts[segment]), int(queue.starts[segment + 1]))
        outside, outside_primary, column = queue.outside[here], queue.outside_primary[here], queue.column[here]
        places = len(queue.groups[queue.block[segment]])
        for term in self.needed[int(queue.jobs[segment])]:
            number = self.layout.terms[term.job].index(term)
            width = len(self.layout.terms[term.job]) * places
            column_at = column + np.int32(number * places)
            at = outside * np.int32(width) + column_at
            read: tuple[Numbers | None, Numbers] = None, column_at  # the table looked up last, and what it gave
            for wanted in sums:
                looked = tables[term.job, wanted.name]
                target = out[wanted.name][here]
                if looked.near is not None:
                    if looked.near is not read[0]:
                        everybody = looked.near[-1].take(column_at)
                        read = looked.near, everybody - looked.near.take(at)
                    _add(target, read[1], looked.factor * wanted.scale)
                    if wanted.name == "n":
                        _add(out["pool"][here], everybody, 1)
                        at_primary = outside_primary * np.int32(width) + column_at
                        _add(out["primary"][here], everybody - looked.near.take(at_primary), 1)
                if looked.far is not None:
                    far = looked.far[number]
                    _add(target, far[-1] - far.take(outside), wanted.scale)
                    if wanted.name == "n":
                        _add(out["pool"][here], far[-1:], 1)
                        _add(out["primary"][here], far[-1] - far.take(outside_primary), 1)


def _add(target: Numbers, values: Numbers, factor: int) -> None:
    whole = values.astype(target.dtype, copy=False)
    target += whole if factor == 1 else whole * target.dtype.type(factor)


class _FarTables:
    """Subset sums over whole road networks, for work that reaches anywhere."""

    def __init__(self, table: Table, geo: Geography) -> None:
        self.table, self.network = table, geo.network[geo.state]
        self.made: dict[tuple[JobType, int, int], Numbers] = {}

    def of(self, job: JobType, network: int, weight: int) -> Numbers:
        """(terms, MASKS) whole numbers."""
        if (job, network, weight) not in self.made:
            terms = len(self.table.layout.terms[job])
            rows: Int = np.flatnonzero(self.network == network)
            summed = np.zeros(self.table.rows[job].shape[1])
            for row in rows:
                summed += self.table.rows[job][row]
            full = subset_sums(self.table.spread(summed, terms, np.float64)) * weight
            kind = np.int32 if full[-1].max() < 1 << 31 else np.int64
            self.made[job, network, weight] = np.ascontiguousarray(full.T).astype(kind)
        return self.made[job, network, weight]
