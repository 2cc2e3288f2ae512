"""Drivers who are alike, counted once: the pool as cells of (place, equipment, jobs, level)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from headhaul.carriers.choices import ALL_EQUIPMENT, ALL_JOBS, CdlLevel
from headhaul.carriers.services.matching.columns import Bools, DriverColumns, Ints, Rows

_EQUIPMENT_BITS = ALL_EQUIPMENT.bit_length()
_JOB_BITS = ALL_JOBS.bit_length()
_LEVEL_BITS = int(max(CdlLevel)).bit_length()
_RECENCY_BITS = 10


@dataclass(frozen=True, slots=True)
class DriverCells(Rows):
    """One row per kind of driver that occurs, with the sums over its drivers. Ordered by place."""

    place: NDArray[np.int16]
    equipment: NDArray[np.uint16]
    jobs: NDArray[np.uint8]
    level: NDArray[np.uint8]
    n: Ints
    rec: Ints
    active7: Ints

    def __len__(self) -> int:
        return len(self.place)


def driver_cells(drivers: DriverColumns) -> DriverCells:
    """Drivers without a known place, usable equipment or wanted job type fit nobody and are left out."""
    if len(drivers) and (int(drivers.recency.max()) > 1000 or int(drivers.equipment.max()) > ALL_EQUIPMENT):
        raise ValueError("Recency is 0 to 1000 and equipment a mask of the known families.")
    # One integer per driver, sums' parts in its low bits: a single sort replaces an argsort and six gathers.
    key = drivers.place.astype(np.int64)
    for part, bits in (
        (drivers.equipment, _EQUIPMENT_BITS),
        (drivers.jobs, _JOB_BITS),
        (drivers.level, _LEVEL_BITS),
        (drivers.recency, _RECENCY_BITS),
        (drivers.active7, 1),
    ):
        key <<= bits
        key |= part
    usable: Bools = (drivers.place >= 0) & (drivers.equipment != 0) & (drivers.jobs != 0)
    if not usable.all():
        key = key[usable]
    key.sort()
    kind = key >> (_RECENCY_BITS + 1)
    first = run_starts(kind)
    kind = kind[first]
    return DriverCells(
        place=(kind >> (_EQUIPMENT_BITS + _JOB_BITS + _LEVEL_BITS)).astype(np.int16),
        equipment=(kind >> (_JOB_BITS + _LEVEL_BITS) & ALL_EQUIPMENT).astype(np.uint16),
        jobs=(kind >> _LEVEL_BITS & ALL_JOBS).astype(np.uint8),
        level=(kind & ((1 << _LEVEL_BITS) - 1)).astype(np.uint8),
        n=np.diff(first, append=len(key)),
        rec=_sum_runs(key >> 1 & ((1 << _RECENCY_BITS) - 1), first),
        active7=_sum_runs(key & 1, first),
    )


def run_starts(ordered: NDArray[Any]) -> Ints:
    """Where each run of equal values begins."""
    if not len(ordered):
        return np.zeros(0, np.int64)
    return np.append(0, np.flatnonzero(ordered[1:] != ordered[:-1]) + 1)


def _sum_runs(values: Ints, first: Ints) -> Ints:
    return np.add.reduceat(values, first) if len(first) else np.zeros(0, np.int64)
