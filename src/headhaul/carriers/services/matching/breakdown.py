"""What the matched drivers of some carriers bring, by equipment family, job type and home state; exact.

The same tables as in `cube`, read at more masks: "everybody minus those without reefer" for the reefer drivers,
a job type's own term for its drivers, and one table per home state for the top states.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from headhaul.carriers.choices import ALL_EQUIPMENT, Equipment, JobType
from headhaul.carriers.services.matching.cells import DriverCells, driver_cells
from headhaul.carriers.services.matching.columns import (
    BreakdownColumns,
    CarrierColumns,
    DriverColumns,
    Int,
    Ints,
    NoMatch,
)
from headhaul.carriers.services.matching.cube import (
    MASKS,
    Numbers,
    Queue,
    Table,
    layout_of,
    queue_of,
    rolled_up,
    subset_sums,
)
from headhaul.carriers.services.matching.regions import Geography, Region, region
from headhaul.carriers.services.matching.rollup import Block, Sum, Term, by_reach, terms_of
from headhaul.carriers.services.matching.run import check_carriers, why_no_match
from headhaul.carriers.services.matching.settings import MatchSettings

TOP_STATES = 3
_COUNT = Sum("n", "n", None)


def breakdown(
    carriers: CarrierColumns, rows: Int, drivers: DriverColumns | DriverCells, geo: Geography, settings: MatchSettings
) -> BreakdownColumns:
    """For these rows of the carriers, in their order. Made for many; for one carrier see `supply.Supply`."""
    some = carriers.take(rows)
    check_carriers(some, geo)
    out = BreakdownColumns(
        by_equipment=np.zeros((len(some), len(Equipment)), np.int32),
        by_job=np.zeros((len(some), len(JobType)), np.int32),
        top_states=np.full((len(some), TOP_STATES), -1, np.int8),
        top_state_counts=np.zeros((len(some), TOP_STATES), np.int32),
    )
    matchable = np.flatnonzero(why_no_match(some) == NoMatch.NONE)
    cells = drivers if isinstance(drivers, DriverCells) else driver_cells(drivers)
    if len(matchable) and len(cells):
        queue = queue_of(some, matchable, geo)
        _Parts(queue, cells, geo, region(geo, settings)).fill(out)
    return out


def top_states(counts: Numbers) -> tuple[NDArray[np.int8], NDArray[np.int32]]:
    """The states with most drivers per row of (rows, states), the lower number first among equals."""
    states = counts.shape[1]
    key = counts.astype(np.int64) * states + (states - 1 - np.arange(states))
    best = -np.sort(-np.partition(key, states - TOP_STATES, axis=1)[:, -TOP_STATES:], axis=1)
    most = best // states
    return np.where(most > 0, states - 1 - best % states, -1).astype(np.int8), most.astype(np.int32)


@dataclass(frozen=True, slots=True)
class _StateTables:
    """Subset sums of one job type, split by the driver's home state."""

    near: list[tuple[int, Numbers]]  # (state, (MASKS, terms × places)) from homes in reach of the block
    far: Numbers | None  # (states, terms, MASKS), where the job reaches anywhere


class _Parts:
    def __init__(self, queue: Queue, cells: DriverCells, geo: Geography, where: Region) -> None:
        self.queue, self.geo, self.where = queue, geo, where
        order = by_reach(where)
        self.needed = {int(jobs): terms_of(int(jobs), order) for jobs in np.unique(queue.jobs)}
        offered = [job for job in JobType if any(jobs >> job & 1 for jobs in self.needed)]
        terms = {term for some in self.needed.values() for term in some} | {Term(job, 0) for job in offered}
        self.layout = layout_of(cells, terms, len(geo))
        self.blocks = [Block(where, group, self.layout.terms, [_COUNT], geo) for group in queue.groups]
        self.states = int(geo.adjacent.shape[0])

    def fill(self, out: BreakdownColumns) -> None:
        """Writes every queued carrier's numbers."""
        table = Table(self.layout, "n", self.layout.memory())
        for level in np.unique(self.queue.level)[::-1]:
            table.lower_to(int(level))
            far: dict[tuple[JobType, int], Numbers] = {}
            at_level = np.flatnonzero(self.queue.level == level)
            for number in np.unique(self.queue.block[at_level]):
                tables = self._tables(table, self.blocks[number], far)
                for segment in at_level[self.queue.block[at_level] == number]:
                    self._fill_segment(int(segment), tables, out)

    def _tables(
        self, table: Table, block: Block, far: dict[tuple[JobType, int], Numbers]
    ) -> dict[JobType, _StateTables]:
        done = {}
        for job in self.layout.terms:
            weights = block.weights[job, _COUNT.name]
            home_states = self.geo.state[weights.homes]
            near = []
            for state in np.unique(home_states):
                mine = home_states == state
                drivers = table.rows[job][weights.homes[mine]]
                if drivers.any():
                    near.append((int(state), rolled_up(table, drivers, job, weights.extra[mine])))
            if weights.far and (job, block.network) not in far:
                far[job, block.network] = self._far(table, job, block.network)
            done[job] = _StateTables(near, far[job, block.network] if weights.far else None)
        return done

    def _far(self, table: Table, job: JobType, network: int) -> Numbers:
        terms = len(self.layout.terms[job])
        by_state = np.zeros((self.states, terms, MASKS), np.int32)
        for state in np.flatnonzero(self.geo.network == network):
            summed = table.rows[job][self.geo.state == state].sum(axis=0, dtype=np.float64)
            if summed.any():
                by_state[state] = subset_sums(table.spread(summed, terms, np.float64)).T
        return by_state

    def _fill_segment(self, segment: int, tables: dict[JobType, _StateTables], out: BreakdownColumns) -> None:
        queue = self.queue
        here = slice(int(queue.starts[segment]), int(queue.starts[segment + 1]))
        rows, outside, column = queue.order[here], queue.outside[here], queue.column[here]
        places = len(queue.groups[queue.block[segment]])
        jobs = int(queue.jobs[segment])
        counts = np.zeros((len(rows), self.states), np.int32)
        for term in self.needed[jobs]:
            counts += self._by_state(tables[term.job], term, outside, column, places)
        states, most = top_states(counts)
        out.top_states[rows], out.top_state_counts[rows] = states, most
        for kind in Equipment:
            runs_it = np.flatnonzero(outside >> kind & 1 == 0)
            if len(runs_it):
                without = np.full(len(runs_it), ALL_EQUIPMENT & ~(1 << kind), np.int32)
                total = np.zeros(len(runs_it), np.int64)
                for term in self.needed[jobs]:
                    total += self._by_state(tables[term.job], term, without, column[runs_it], places).sum(axis=1)
                out.by_equipment[rows[runs_it], kind] = total
        for job in JobType:
            if jobs >> job & 1:
                wants_it = self._by_state(tables[job], Term(job, 0), outside, column, places)
                out.by_job[rows, job] = wants_it.sum(axis=1)

    def _by_state(self, tables: _StateTables, term: Term, outside: Int, column: Int, places: int) -> Ints:
        """(carriers, states): drivers of the term with any equipment not `outside`."""
        number = self.layout.terms[term.job].index(term)
        at_column = number * places + column
        found = np.zeros((len(column), self.states), np.int64)
        for state, sums in tables.near:
            found[:, state] = sums[-1].take(at_column) - sums.take(outside * sums.shape[1] + at_column)
        if tables.far is not None:
            far = tables.far[:, number]
            found += (far[:, -1:] - far[:, outside]).T
        return found
