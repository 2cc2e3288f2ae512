"""The closed lists of this room. Bit numbers and codes are stored: never renumber, only append."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from functools import cache, cached_property


class Equipment(IntEnum):
    """Ten families of equipment; the value is the bit in every equipment mask."""

    DRY_VAN = 0
    REEFER = 1
    FLATBED = 2
    HEAVY_HAUL = 3
    TANKER = 4
    BULK = 5
    AUTO_HAULER = 6
    INTERMODAL = 7
    LIVESTOCK = 8
    BUS = 9

    @cached_property
    def code(self) -> str:
        """The word on the wire and in tags."""
        return self.name.lower()

    @property
    def label(self) -> str:
        """The word on a chip."""
        return _EQUIPMENT_LABELS[self]


_EQUIPMENT_LABELS = {
    Equipment.DRY_VAN: "Dry van",
    Equipment.REEFER: "Reefer",
    Equipment.FLATBED: "Flatbed",
    Equipment.HEAVY_HAUL: "Heavy haul",
    Equipment.TANKER: "Tanker",
    Equipment.BULK: "Bulk",
    Equipment.AUTO_HAULER: "Auto hauler",
    Equipment.INTERMODAL: "Intermodal",
    Equipment.LIVESTOCK: "Livestock",
    Equipment.BUS: "Bus",
}
ALL_EQUIPMENT = (1 << len(Equipment)) - 1


class JobType(IntEnum):
    """Four kinds of work; the value is the bit in every job mask. Radii grow in this order."""

    LOCAL = 0
    DEDICATED = 1
    REGIONAL = 2
    OTR = 3

    @cached_property
    def code(self) -> str:
        """The word on the wire and in tags."""
        return self.name.lower()

    @property
    def label(self) -> str:
        """The word on a chip."""
        return "OTR" if self is JobType.OTR else self.name.capitalize()


ALL_JOBS = (1 << len(JobType)) - 1


class CdlLevel(IntEnum):
    """What a licence allows, in order: a higher level may do all that a lower one may."""

    NONE_OR_C = 0
    B = 1
    A = 2
    A_HAZMAT = 3

    @property
    def label(self) -> str:
        """How a page says it."""
        return ("No CDL or class C", "CDL B", "CDL A", "CDL A with hazmat")[self]


class Level(IntEnum):
    """Confidence and urgency."""

    LOW = 0
    MEDIUM = 1
    HIGH = 2

    @cached_property
    def code(self) -> str:
        """The word on the wire."""
        return self.name.lower()


class Segment(StrEnum):
    """Fleet size classes by effective power units."""

    OWNER_OPERATOR = "owner_operator"
    SMALL_FLEET = "small_fleet"
    REGIONAL = "regional"
    MID_MARKET = "mid_market"
    ENTERPRISE = "enterprise"
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        """How a page says it."""
        return self.value.replace("_", " ").capitalize()

    @property
    def roll_up(self) -> str:
        """The class in the four-name scheme; "" when nothing is known."""
        if self is Segment.UNKNOWN:
            return ""
        return Segment.REGIONAL.value if self is Segment.SMALL_FLEET else self.value


SEGMENTS: tuple[Segment, ...] = tuple(Segment)
"""The order behind the small integer codes used in arrays."""


@dataclass(frozen=True, slots=True)
class CutOffs:
    """The largest fleet of each class; whatever is larger than mid_market is enterprise."""

    owner_operator: int = 5
    small_fleet: int = 25
    regional: int = 100
    mid_market: int = 500


class Demand(IntEnum):
    """Bits of `Signal.demand_mask`: facts that speak for a need of drivers."""

    UNSEATED_TRUCKS = 0
    FLEET_GROWTH = 1
    HIGH_UTILISATION = 2
    LEASES_DRIVERS = 3
    NEW_AUTHORITY = 4
    PRIVATE_FLEET = 5
    HIRING_POSTS = 6
    INSPECTION_GROWTH = 7
    DRIVER_OUT_OF_SERVICE = 8


class Gate(IntEnum):
    """Bits of `Signal.gate_mask`: why a carrier is no prospect. 0 in all bits: it is worthy."""

    INACTIVE = 0
    OUT_OF_SERVICE = 1
    AUTHORITY_REVOKED = 2
    INSURANCE_LAPSED = 3
    UNSATISFACTORY = 4
    NOT_A_CARRIER = 5
    FOREIGN = 6
    AUTHORITY_INACTIVE = 7


class DriverStatus(StrEnum):
    """Only active drivers are matched."""

    ACTIVE = "active"
    PLACED = "placed"
    DO_NOT_CONTACT = "do_not_contact"
    INACTIVE = "inactive"


class ImportState(StrEnum):
    """Where an import run stands. Anything but succeeded has changed nothing."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


# A list asks for the words of a mask fifty times a page, and going through an enum costs more than a row's SQL.
@cache
def equipment_kinds(mask: int) -> tuple[Equipment, ...]:
    """The families of an equipment mask, in bit order."""
    return tuple(kind for kind in Equipment if mask >> kind & 1)


@cache
def gate_codes(mask: int) -> tuple[str, ...]:
    """The words of what stands against a carrier, in bit order."""
    return tuple(gate.name.lower() for gate in Gate if mask >> gate & 1)


@cache
def _job_codes(mask: int) -> tuple[str, ...]:
    return tuple(kind.code for kind in JobType if mask >> kind & 1)


def equipment_codes(mask: int) -> list[str]:
    """The wire words of an equipment mask, in bit order."""
    return [kind.code for kind in equipment_kinds(mask)]


def job_codes(mask: int) -> list[str]:
    """The wire words of a job mask, in bit order."""
    return list(_job_codes(mask))


def equipment_mask(kinds: Iterable[Equipment]) -> int:
    """The mask of some families."""
    return sum(1 << kind for kind in set(kinds))


def job_mask(kinds: Iterable[JobType]) -> int:
    """The mask of some job types."""
    return sum(1 << kind for kind in set(kinds))
