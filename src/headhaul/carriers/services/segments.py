"""Fleet size classes by effective power units. The cut-offs are a setting."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from headhaul.carriers.choices import SEGMENTS, CutOffs, Segment


def effective_units(power_units: NDArray[np.float64], drivers: NDArray[np.float64]) -> NDArray[np.float64]:
    """Power units as far as they can be believed; NaN stays NaN.

    The census holds a towing firm with 45,001 trucks and two drivers: units count when
    1 ≤ units ≤ 5·max(drivers, 1) + 10, otherwise the drivers do. Where drivers are not known there is nothing to
    doubt the units with.
    """
    believable = (power_units >= 1) & (np.isnan(drivers) | (power_units <= 5 * np.maximum(drivers, 1) + 10))
    return np.where(believable, power_units, drivers)


def segment_codes(units: NDArray[np.float64], cut_offs: CutOffs) -> NDArray[np.uint8]:
    """Places in choices.SEGMENTS. Unknown or nothing at all is unknown, never the smallest class."""
    edges = [cut_offs.owner_operator, cut_offs.small_fleet, cut_offs.regional, cut_offs.mid_market]
    codes = np.searchsorted(np.array(edges, dtype=float), np.nan_to_num(units), side="left").astype(np.uint8)
    codes[~(units >= 1)] = SEGMENTS.index(Segment.UNKNOWN)
    return codes


def segment_of(power_units: int | None, drivers: int | None, cut_offs: CutOffs) -> Segment:
    """The class of one carrier."""
    units = effective_units(_one(power_units), _one(drivers))
    return SEGMENTS[int(segment_codes(units, cut_offs)[0])]


def believed_units(power_units: int | None, drivers: int | None) -> int | None:
    """The effective power units of one carrier."""
    units = float(effective_units(_one(power_units), _one(drivers))[0])
    return None if np.isnan(units) else int(units)


def _one(value: int | None) -> NDArray[np.float64]:
    return np.array([np.nan if value is None else value], dtype=float)
