"""What goes into a matching run and comes out: one NumPy array per column, one row per carrier or driver.

Nothing here or beside it knows Django: whoever calls reads rows into these arrays and writes the answers away.
Bits and levels are those of `carriers.choices` (Equipment, JobType, CdlLevel). Places are numbers of a
`Geography` (`regions.geography().places_of(...)` gives them), or one of the two negative codes below.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import IntEnum
from typing import Any, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

Int: TypeAlias = NDArray[np.integer]
Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.floating[Any]]
Bools: TypeAlias = NDArray[np.bool_]

UNKNOWN_PLACE = -1
FOREIGN_PLACE = -2
FULL = 1000  # one driver at full weight, in the sums `prox`, `rec` and `fit`


class NoMatch(IntEnum):
    """Why a carrier cannot be matched at all. NONE: it was matched, perhaps with nobody."""

    NONE = 0
    UNKNOWN_PLACE = 1
    FOREIGN = 2
    NO_EQUIPMENT = 3
    NO_JOB_TYPE = 4

    @property
    def words(self) -> str:
        """For the rep."""
        return _NO_MATCH_WORDS[self]


_NO_MATCH_WORDS = {
    NoMatch.NONE: "",
    NoMatch.UNKNOWN_PLACE: "Its address has no usable ZIP code or state.",
    NoMatch.FOREIGN: "It is based outside the United States.",
    NoMatch.NO_EQUIPMENT: "The census does not say what equipment it runs.",
    NoMatch.NO_JOB_TYPE: "The census does not say what kind of work it offers.",
}

Columns = TypeVar("Columns", bound="Rows")


class Rows:
    """Columns of equal length."""

    __slots__ = ()

    def take(self: Columns, rows: Int | Bools | slice) -> Columns:
        """The same columns, some rows only."""
        return type(self)(*(getattr(self, field.name)[rows] for field in fields(self)))  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class CarrierColumns(Rows):
    """Carriers as matching sees them."""

    dot: NDArray[np.int32]
    place: NDArray[np.int16]  # of the base; UNKNOWN_PLACE or FOREIGN_PLACE match nobody
    primary: NDArray[np.uint16]  # equipment families it surely runs
    equipment: NDArray[np.uint16]  # all families, the primary ones included
    jobs: NDArray[np.uint8]
    min_level: NDArray[np.uint8]  # CdlLevel a driver needs at least
    specificity: NDArray[np.uint8]  # 0–100, how much its cargo says about its equipment: specificity.py
    freshness: NDArray[np.uint8]  # 0–100, how recent the census row is: score.data_freshness

    def __len__(self) -> int:
        return len(self.dot)


@dataclass(frozen=True, slots=True)
class DriverColumns(Rows):
    """Available drivers only: whoever is placed or not to be contacted is left out by the caller."""

    place: NDArray[np.int16]  # of the home
    equipment: NDArray[np.uint16]  # usable: experience their class and endorsements let them use
    jobs: NDArray[np.uint8]
    level: NDArray[np.uint8]
    recency: NDArray[np.uint16]  # 0–1000: score.recency_weight of the days since the last activity
    active7: NDArray[np.bool_]  # active within seven days

    def __len__(self) -> int:
        return len(self.place)


@dataclass(frozen=True, slots=True)
class MatchColumns(Rows):
    """Matched supply per carrier, in the carriers' order. Exact sums over matched drivers, never means."""

    n: NDArray[np.int32]  # drivers who fit
    near: NDArray[np.int32]  # of them within MatchSettings.near_miles
    active7: NDArray[np.int32]  # of them active within seven days
    pool: NDArray[np.int32]  # in reach with a shared job type and the licence, whatever their equipment
    prox: NDArray[np.int64]  # sum of closeness weights, FULL = one driver next door
    rec: NDArray[np.int64]  # sum of recency weights, FULL = one driver active today
    fit: NDArray[np.int64]  # sum of equipment fit: FULL for a primary family, half for a secondary one only
    no_match: NDArray[np.uint8]  # NoMatch

    def __len__(self) -> int:
        return len(self.n)


@dataclass(frozen=True, slots=True)
class BreakdownColumns(Rows):
    """The matched drivers of some carriers by what they bring; a driver counts for each family and job."""

    by_equipment: NDArray[np.int32]  # (rows, 10): who can run it; 0 for families the carrier has not
    by_job: NDArray[np.int32]  # (rows, 4): who want it and live in its reach
    top_states: NDArray[np.int8]  # (rows, 3): numbers of kernel.places, most drivers first, -1 none
    top_state_counts: NDArray[np.int32]  # (rows, 3)


@dataclass(frozen=True, slots=True)
class ScoreColumns(Rows):
    """0–100 and how sure we are of it (choices.Level)."""

    score: NDArray[np.float64]
    confidence: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.score)


@dataclass(frozen=True, slots=True)
class DemandColumns(Rows):
    """What the public files say about a carrier's need of drivers. NaN: not known."""

    power_units: NDArray[np.float64]
    drivers: NDArray[np.float64]  # total_cdl, or total_drivers where that is blank
    growth: NDArray[np.float64]  # ln(units now / units at the filing before) per year
    miles_per_unit: NDArray[np.float64]
    leased_drivers: NDArray[np.float64]  # average a month
    leased_units: NDArray[np.float64]  # term- and trip-leased trucks and tractors
    authority_years: NDArray[np.float64]  # since the first authority, or since the USDOT number
    tractors: NDArray[np.float64]
    private_only: NDArray[np.bool_]
    driver_inspections: NDArray[np.float64]
    driver_oos: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.power_units)


@dataclass(frozen=True, slots=True)
class UrgencyColumns(Rows):
    """How pressing the need looks (choices.Level), from which facts (bits of choices.Demand)."""

    urgency: NDArray[np.uint8]
    strength: NDArray[np.float64]  # 0–1
    demand_mask: NDArray[np.uint16]

    def __len__(self) -> int:
        return len(self.urgency)
