"""One carrier's supply at a time, exact, in milliseconds: for its page, where the whole run would be too much."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from headhaul.carriers.choices import Equipment, JobType
from headhaul.carriers.services.matching.breakdown import top_states
from headhaul.carriers.services.matching.cells import DriverCells, driver_cells
from headhaul.carriers.services.matching.columns import (
    FULL,
    BreakdownColumns,
    CarrierColumns,
    DriverColumns,
    Ints,
    MatchColumns,
    NoMatch,
)
from headhaul.carriers.services.matching.regions import Geography, region
from headhaul.carriers.services.matching.run import nobody, why_no_match
from headhaul.carriers.services.matching.settings import MatchSettings


@dataclass(frozen=True, slots=True)
class CarrierSupply:
    """Everything a page shows about one carrier's matched drivers. `carrier`, `found` and `parts` have one row."""

    carrier: CarrierColumns
    found: MatchColumns
    parts: BreakdownColumns
    near_by_equipment: Ints  # (10,)
    active_by_equipment: Ints  # (10,)
    by_state: Ints  # (states,) numbers of kernel.places
    by_level: Ints  # (4,) CdlLevel


class Supply:
    """A pool under some settings, made once and asked often."""

    def __init__(self, drivers: DriverColumns | DriverCells, geo: Geography, settings: MatchSettings) -> None:
        self.cells = drivers if isinstance(drivers, DriverCells) else driver_cells(drivers)
        self.geo, self.settings, self.where = geo, settings, region(geo, settings)

    def of(self, carriers: CarrierColumns, row: int) -> CarrierSupply:
        """The supply of the carrier in this row."""
        one = carriers.take(slice(row, row + 1))
        reason = why_no_match(one)
        if reason[0] != NoMatch.NONE:
            return self._summed(one, self.cells.take(slice(0)), nobody(reason))
        place = int(one.place[0])
        offered = sum(np.uint8(1 << job) * self.where.in_reach[job][place] for job in JobType) & one.jobs[0]
        cells = self.cells
        shared = cells.jobs & offered[cells.place]
        pool = (shared != 0) & (cells.level >= one.min_level[0])
        fits = np.flatnonzero(pool & (cells.equipment & one.equipment[0] != 0))
        chosen = DriverCells(
            cells.place[fits], cells.equipment[fits], shared[fits], cells.level[fits], cells.n[fits], cells.rec[fits],
            cells.active7[fits],
        )  # fmt: skip
        return self._summed(one, chosen, self._found(one, chosen, int(cells.n[pool].sum())))

    def _found(self, one: CarrierColumns, fits: DriverCells, pool: int) -> MatchColumns:
        place = int(one.place[0])
        primary = fits.equipment & one.primary[0] != 0
        found = nobody(np.zeros(1, np.uint8))
        found.n[0], found.pool[0], found.active7[0] = fits.n.sum(), pool, fits.active7.sum()
        found.near[0] = fits.n[self.where.near[place][fits.place]].sum()
        found.prox[0] = (fits.n * self.where.closeness[place][fits.place].astype(np.int64)).sum()
        found.rec[0] = fits.rec.sum()
        found.fit[0] = (fits.n * np.where(primary, FULL, FULL // 2)).sum()
        return found

    def _summed(self, one: CarrierColumns, fits: DriverCells, found: MatchColumns) -> CarrierSupply:
        place = int(one.place[0])
        near = self.where.near[place][fits.place] if place >= 0 else np.zeros(0, np.bool_)
        runs = [(fits.equipment & one.equipment[0]) >> kind & 1 == 1 for kind in Equipment]
        homes = self.geo.state[fits.place]
        states = np.bincount(homes, weights=fits.n, minlength=len(self.geo.network)).astype(np.int64)
        best, most = top_states(states[None, :])
        parts = BreakdownColumns(
            by_equipment=np.array([[fits.n[held].sum() for held in runs]], np.int32),
            by_job=np.array([[fits.n[fits.jobs >> job & 1 == 1].sum() for job in JobType]], np.int32),
            top_states=best,
            top_state_counts=most,
        )
        return CarrierSupply(
            carrier=one,
            found=found,
            parts=parts,
            near_by_equipment=np.array([fits.n[held & near].sum() for held in runs], np.int64),
            active_by_equipment=np.array([fits.active7[held].sum() for held in runs], np.int64),
            by_state=states,
            by_level=np.bincount(fits.level, weights=fits.n, minlength=4).astype(np.int64),
        )
