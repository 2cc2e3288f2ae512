"""Which kinds of work a carrier offers, read from how far its drivers go. No file says it outright."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from headhaul.carriers.choices import JobType

# Miles per truck and year. Above the last one the figure is not believed; the shares are of all drivers.
LOCAL_MILES = 30_000
REGIONAL_MILES = 40_000
OTR_MILES = 80_000
BELIEVABLE_MILES = 200_000
MAJORITY = 0.5
OLDEST_MILEAGE_YEARS = 3
DEDICATED_TRACTORS = 10


@dataclass(frozen=True, slots=True)
class WorkColumns:
    """What the census says about distances. NaN: not known."""

    beyond_100: NDArray[np.float64]
    within_100: NDArray[np.float64]
    drivers: NDArray[np.float64]
    mileage: NDArray[np.float64]
    mileage_year: NDArray[np.float64]
    units: NDArray[np.float64]
    tractors: NDArray[np.float64]
    interstate: NDArray[np.bool_]
    intrastate: NDArray[np.bool_]
    private_only: NDArray[np.bool_]


def job_masks(work: WorkColumns, *, year: int) -> NDArray[np.int16]:
    """Masks of choices.JobType; 0 where the census says nothing."""
    with np.errstate(divide="ignore", invalid="ignore"):
        miles = work.mileage / work.units
        known = (work.mileage > 0) & (work.units > 0) & (miles <= BELIEVABLE_MILES)
        # A form without a year is as old as its filing; only a year that is known to be old speaks against the figure.
        known &= ~(work.mileage_year < year - OLDEST_MILEAGE_YEARS)
        split = np.nan_to_num(work.beyond_100) + np.nan_to_num(work.within_100)
        base = np.fmax(work.drivers, split)
        far = work.beyond_100 >= MAJORITY * base
        close = work.within_100 >= MAJORITY * base
    has_split = split > 0
    far, close = has_split & far, has_split & close
    # Without the drivers' distances the operation class stands in: interstate carriers go far, intrastate ones do not.
    goes_far = far | (~has_split & work.interstate)
    long_haul = known & (miles >= OTR_MILES)
    middle = known & (miles >= REGIONAL_MILES) & ~long_haul
    short = known & (miles < LOCAL_MILES)
    between = known & ~long_haul & ~middle & ~short

    otr = goes_far & long_haul
    regional = goes_far & (middle | between | ~known)
    local = close | short | between | (work.intrastate & ~long_haul)
    size = np.where(np.isnan(work.tractors), work.units, work.tractors)
    dedicated = work.private_only & (size >= DEDICATED_TRACTORS)
    bits = ((local, JobType.LOCAL), (dedicated, JobType.DEDICATED), (regional, JobType.REGIONAL), (otr, JobType.OTR))
    mask = np.zeros(len(work.units), dtype=np.int16)
    for where, job in bits:
        mask |= np.where(where, 1 << job, 0).astype(np.int16)
    return mask
