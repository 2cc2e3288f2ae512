"""The matching run: columns in, columns out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from headhaul.carriers.choices import ALL_EQUIPMENT, ALL_JOBS, CdlLevel
from headhaul.carriers.services.matching.cells import DriverCells, driver_cells
from headhaul.carriers.services.matching.columns import (
    FOREIGN_PLACE,
    FULL,
    CarrierColumns,
    DriverColumns,
    MatchColumns,
    NoMatch,
)
from headhaul.carriers.services.matching.cube import Cube, queue_of
from headhaul.carriers.services.matching.regions import Geography, region
from headhaul.carriers.services.matching.settings import MatchSettings


def match(
    carriers: CarrierColumns, drivers: DriverColumns | DriverCells, geo: Geography, settings: MatchSettings
) -> MatchColumns:
    """Who fits whom, summed per carrier; exact, whatever the number of pairs."""
    check_carriers(carriers, geo)
    no_match = why_no_match(carriers)
    rows = np.flatnonzero(no_match == NoMatch.NONE)
    found = nobody(no_match)
    if len(rows):
        cells = drivers if isinstance(drivers, DriverCells) else driver_cells(drivers)
        queue = queue_of(carriers, rows, geo)
        sums = Cube(queue, cells, geo, region(geo, settings)).answer()
        for name in ("n", "near", "active7", "pool", "prox", "rec"):
            getattr(found, name)[queue.order] = sums[name]
        found.fit[queue.order] = (sums["n"].astype(np.int64) + sums["primary"]) * (FULL // 2)
    return found


def nobody(no_match: NDArray[np.uint8]) -> MatchColumns:
    """All sums at zero."""
    size = len(no_match)
    n, near, active7, pool = (np.zeros(size, np.int32) for _ in range(4))
    prox, rec, fit = (np.zeros(size, np.int64) for _ in range(3))
    return MatchColumns(n, near, active7, pool, prox, rec, fit, no_match)


def why_no_match(carriers: CarrierColumns) -> NDArray[np.uint8]:
    """NoMatch per carrier: what is missing to match it at all, the place first."""
    reasons = np.full(len(carriers), NoMatch.NONE, np.uint8)
    reasons[carriers.jobs == 0] = NoMatch.NO_JOB_TYPE
    reasons[carriers.equipment == 0] = NoMatch.NO_EQUIPMENT
    reasons[carriers.place < 0] = NoMatch.UNKNOWN_PLACE
    reasons[carriers.place == FOREIGN_PLACE] = NoMatch.FOREIGN
    return reasons


def check_carriers(carriers: CarrierColumns, geo: Geography) -> None:
    """Refuses columns that break the data's own rules, since the tables would answer them with nonsense."""
    if not len(carriers):
        return
    if (carriers.primary & ~carriers.equipment).any():
        raise ValueError("A carrier's primary equipment is part of its equipment.")
    if int(carriers.equipment.max()) > ALL_EQUIPMENT or int(carriers.jobs.max()) > ALL_JOBS:
        raise ValueError("Equipment and jobs are masks of the known kinds.")
    if int(carriers.place.max()) >= len(geo) or int(carriers.min_level.max()) > max(CdlLevel):
        raise ValueError("A place or licence level is out of range.")
