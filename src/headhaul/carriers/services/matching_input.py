"""Carriers and drivers from their tables into the columns of a matching run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from headhaul.carriers.choices import ALL_JOBS, CdlLevel, Equipment, Gate
from headhaul.carriers.services.arrays import dot_ranges, read_arrays, read_in_ranges
from headhaul.carriers.services.jobtypes import OLDEST_MILEAGE_YEARS
from headhaul.carriers.services.matching.columns import CarrierColumns, DemandColumns, DriverColumns
from headhaul.carriers.services.matching.regions import Geography
from headhaul.carriers.services.matching.score import data_freshness, recency_weight
from headhaul.carriers.services.worthiness import BLOCKS, MASK
from headhaul.kernel.places import STATES

UNKNOWN = -1
_NO_DATE = -32_000  # days; older than any filing
_STATE = "(case when {0} ~ '^[A-Z]{{2}}$' then ascii({0}) * 256 + ascii(substr({0}, 2, 1)) else 0 end)"
_CARRIERS = {
    "dot": ("c.dot_number", "int4"),
    "zip3": ("coalesce(c.zip3, -1)", "int2"),
    "state": (_STATE.format("c.phy_state"), "int4"),
    "gates": (MASK, "int2"),
    "primary": ("c.equipment_primary", "int2"),
    "secondary": ("c.equipment_secondary", "int2"),
    "jobs": ("c.job_mask", "int2"),
    "level": ("c.cdl_level", "int2"),
    "specificity": ("c.specificity", "int2"),
    "filed": (f"coalesce(greatest(c.mcs150_date - %(day)s::date, -32000), {_NO_DATE})", "int2"),
    "added": (f"coalesce(greatest(c.add_date - %(day)s::date, -32000), {_NO_DATE})", "int2"),
    "units": ("coalesce(c.effective_units, -1)", "int4"),
    "power_units": ("coalesce(c.power_units, -1)", "int4"),
    "drivers": ("coalesce(c.total_cdl, c.total_drivers, -1)", "int4"),
    "mileage": (
        "case when c.mileage_year < extract(year from %(day)s::date) - %(oldest_mileage)s then -1 "
        "else coalesce(least(c.mileage, 2000000000), -1) end",
        "int4",
    ),
    "leased_drivers": ("coalesce(c.leased_drivers, -1)", "int4"),
    "leased_units": (
        "coalesce(c.term_trucks, 0) + coalesce(c.term_tractors, 0) "
        "+ coalesce(c.trip_trucks, 0) + coalesce(c.trip_tractors, 0)",
        "int4",
    ),
    "tractors": (
        "case when num_nonnulls(c.owned_tractors, c.term_tractors, c.trip_tractors) = 0 then -1 else "
        "coalesce(c.owned_tractors, 0) + coalesce(c.term_tractors, 0) + coalesce(c.trip_tractors, 0) end",
        "int4",
    ),
    "private_only": ("coalesce(c.private_only, false)::int", "int2"),
}
# Former filings and inspections concern few carriers; they are read apart and laid beside the others.
_GROWTH = {
    "dot": ("c.dot_number", "int4"),
    "before": ("f.power_units", "int4"),
    "now": ("c.power_units", "int4"),
    "days": ("c.mcs150_date - f.mcs150_date", "int4"),
}
_GROWTH_FROM = """
from (select distinct on (dot_number) * from carriers_carrierfiling order by dot_number, mcs150_date desc) f
join carriers_carrier c using (dot_number)
where f.power_units > 0 and c.power_units > 0 and c.mcs150_date > f.mcs150_date
and c.power_units = c.effective_units {only}
"""
_SAFETY = {
    "dot": ("dot_number", "int4"),
    "inspections": ("driver_inspections", "int4"),
    "oos": ("coalesce(driver_oos, 0)", "int4"),
}
_SAFETY_FROM = """
from (select distinct on (dot_number) dot_number, driver_inspections, driver_oos, as_of from carriers_carriersafety
      where driver_inspections > 0 {only} order by dot_number, as_of desc) s
where as_of > %(day)s::date - 1200
"""
_DRIVERS = {
    "zip3": ("coalesce(zip3, -1)", "int2"),
    "state": (_STATE.format("home_state"), "int4"),
    "equipment": ("equipment_mask", "int2"),
    "jobs": ("job_mask", "int2"),
    "cdl": ("case cdl_class when 'A' then 2 when 'B' then 1 else 0 end", "int2"),
    "hazmat": ("(position('H' in endorsements) > 0)::int", "int2"),
    "tank": ("(position('N' in endorsements) > 0)::int", "int2"),
    "passenger": ("(position('P' in endorsements) > 0)::int", "int2"),
    "active": ("coalesce(greatest(%(seen)s::date - last_active_on, 0), -1)", "int4"),
}
_DRIVERS_FROM = """
from carriers_driver
where status = 'active' and added_on <= %(day)s and (available_from is null or available_from <= %(day)s)
"""
MIN_GROWTH_DAYS = 90


@dataclass(frozen=True, slots=True)
class CensusColumns:
    """The carriers of a run in the order of their DOT numbers. -1: not known."""

    raw: dict[str, NDArray[Any]]
    growth: NDArray[np.float64]
    inspections: NDArray[np.int32]
    oos: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.raw["dot"])

    def carriers(self, geo: Geography) -> CarrierColumns:
        """As matching sees them."""
        raw = self.raw
        foreign = raw["gates"] >> Gate.FOREIGN & 1 == 1
        return CarrierColumns(
            dot=raw["dot"],
            place=geo.places_of(zip3=raw["zip3"], state=_states(raw["state"]), foreign=foreign),
            primary=raw["primary"].astype(np.uint16),
            equipment=(raw["primary"] | raw["secondary"]).astype(np.uint16),
            jobs=raw["jobs"].astype(np.uint8),
            min_level=raw["level"].astype(np.uint8),
            specificity=raw["specificity"].astype(np.uint8),
            freshness=data_freshness(np.where(raw["filed"] == _NO_DATE, np.nan, -raw["filed"].astype(np.float32))),
        )

    def demand(self, rows: slice | NDArray[np.int64]) -> DemandColumns:
        """What speaks for a need of drivers, for some rows."""
        raw = {name: values[rows] for name, values in self.raw.items()}
        units, mileage = _known(raw["units"]), _known(raw["mileage"])
        with np.errstate(divide="ignore", invalid="ignore"):
            miles = np.where(units > 0, mileage / units, np.nan)
        inspections = self.inspections[rows].astype(np.float64)
        # Units that nobody can believe say nothing about empty seats.
        power = np.where(raw["power_units"] == raw["units"], _known(raw["power_units"]), np.nan)
        return DemandColumns(
            power_units=power,
            drivers=_known(raw["drivers"]),
            growth=self.growth[rows],
            miles_per_unit=miles,
            leased_drivers=_known(raw["leased_drivers"]),
            leased_units=raw["leased_units"].astype(np.float64),
            authority_years=np.where(raw["added"] == _NO_DATE, np.nan, -raw["added"] / 365.25),
            tractors=_known(raw["tractors"]),
            private_only=raw["private_only"] == 1,
            driver_inspections=np.where(inspections > 0, inspections, np.nan),
            driver_oos=np.where(inspections > 0, self.oos[rows], np.nan),
        )


def read_census(*, day: date, at: datetime, dot_number: int | None = None) -> CensusColumns:
    """All active carriers, or the one that is asked for whatever its state."""
    wanted = {"day": day, "at": at, "dot": dot_number, "oldest_mileage": OLDEST_MILEAGE_YEARS}
    if dot_number is None:
        source = (
            f"from carriers_carrier c {BLOCKS} where c.status_code in ('A', '') "
            "and c.dot_number >= %(low)s and c.dot_number < %(high)s"
        )
        raw = read_in_ranges(_CARRIERS, source, wanted, ranges=dot_ranges("carriers_carrier"))
        order = np.argsort(raw["dot"], kind="stable")
        raw = {name: values[order] for name, values in raw.items()}
    else:
        raw = read_arrays(_CARRIERS, f"from carriers_carrier c {BLOCKS} where c.dot_number = %(dot)s", wanted)
    only = "" if dot_number is None else "and {}dot_number = %(dot)s"
    grown = read_arrays(_GROWTH, _GROWTH_FROM.format(only=only.format("c.")), wanted)
    safety = read_arrays(_SAFETY, _SAFETY_FROM.format(only=only.format("")), wanted)
    with np.errstate(divide="ignore"):
        rates = np.log(grown["now"] / grown["before"]) * 365.25 / np.maximum(grown["days"], MIN_GROWTH_DAYS)
    return CensusColumns(
        raw=raw,
        growth=_beside(raw["dot"], grown["dot"], rates, np.nan),
        inspections=_beside(raw["dot"], safety["dot"], safety["inspections"], 0),
        oos=_beside(raw["dot"], safety["dot"], safety["oos"], 0),
    )


def read_drivers(*, day: date, geo: Geography, half_life_days: float, seen: date | None = None) -> DriverColumns:
    """Drivers who are available on the day. Without a stated preference they do any kind of work.

    For a day that is long over, `seen` is the day the pool was last heard from: when each driver was active before that
    day is not kept, so they count as idle then as they are now.
    """
    raw = read_arrays(_DRIVERS, _DRIVERS_FROM, {"day": day, "seen": seen or day})
    days = np.where(raw["active"] < 0, np.nan, raw["active"].astype(np.float64))
    return DriverColumns(
        place=geo.places_of(zip3=raw["zip3"], state=_states(raw["state"])),
        equipment=usable_equipment(raw["equipment"], tank=raw["tank"] == 1, passenger=raw["passenger"] == 1),
        jobs=np.where(raw["jobs"] == 0, ALL_JOBS, raw["jobs"]).astype(np.uint8),
        level=licence_levels(raw["cdl"], hazmat=raw["hazmat"] == 1),
        recency=recency_weight(days, half_life_days),
        active7=(raw["active"] >= 0) & (raw["active"] <= 7),
    )


def usable_equipment(
    experience: NDArray[Any], *, tank: NDArray[np.bool_], passenger: NDArray[np.bool_]
) -> NDArray[np.uint16]:
    """Experience that the endorsements let a driver use: tankers need N, buses need P."""
    mask = experience.astype(np.uint16)
    mask = np.where(tank, mask, mask & ~np.uint16(1 << Equipment.TANKER))
    return np.where(passenger, mask, mask & ~np.uint16(1 << Equipment.BUS)).astype(np.uint16)


def licence_levels(cdl: NDArray[Any], *, hazmat: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Levels of choices.CdlLevel from the class (A 2, B 1, otherwise 0); hazmat lifts class A."""
    levels = cdl.astype(np.uint8)
    levels[(levels == CdlLevel.A) & hazmat] = CdlLevel.A_HAZMAT
    return levels


def _beside(dots: NDArray[Any], some: NDArray[Any], values: NDArray[Any], missing: float) -> NDArray[Any]:
    """Values of some carriers laid beside all of them."""
    out = np.full(len(dots), missing, values.dtype if missing == missing else np.float64)
    if len(dots) and len(some):
        place = np.minimum(np.searchsorted(dots, some), len(dots) - 1)
        found = dots[place] == some
        out[place[found]] = values[found]
    return out


def _known(values: NDArray[Any]) -> NDArray[np.float64]:
    return np.where(values < 0, np.nan, values.astype(np.float64))


def _states(codes: NDArray[Any]) -> NDArray[np.int16]:
    table = np.full(1 << 16, -1, np.int16)
    for code, state in STATES.items():
        table[ord(code[0]) * 256 + ord(code[1])] = state.number
    return np.asarray(table[codes], np.int16)
