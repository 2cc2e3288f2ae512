"""Made-up carriers whose facts hang together: a reefer fleet with tractors has CDL drivers and long miles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bench import marginals
from bench.columns import (
    Bools,
    Columns,
    Ints,
    Words,
    any_of,
    bucket,
    joined,
    pick,
    same,
    text,
    where,
    yyyymmdd,
)
from bench.dirt import soil
from bench.places import Places, places

CHUNK = 100_000
FIRST_DOT = 100_000
SUFFIXES = [
    "LLC",
    "INC",
    "TRUCKING LLC",
    "TRANSPORT INC",
    "LOGISTICS LLC",
    "& SONS",
    "EXPRESS",
    "HAULING",
    "FARMS",
]
MIDDLES = [
    "EAGLE", "BLUE RIDGE", "VALLEY", "STAR", "PRAIRIE", "IRON", "RIVER", "SUMMIT", "LONE OAK", "GOLDEN",
    "NORTHERN", "UNITED", "PIONEER", "LIBERTY", "RED ROCK", "CENTRAL", "COASTAL", "DIAMOND", "HERITAGE",
    "SILVER", "TRI STATE",
]  # fmt: skip
STREETS = ["HWY 30", "MAIN ST", "COUNTY RD 9", "INDUSTRIAL BLVD", "W 5TH AVE"]


@dataclass(frozen=True, slots=True)
class Fleet:
    """What the other columns follow from."""

    dot: Ints
    operation: Words
    trade: Words
    for_hire: Bools
    units: Ints
    units_blank: Bools
    drivers: Ints
    tractors: Ints
    leased: Ints
    hauls_far: Bools

    @property
    def interstate(self) -> Bools:
        """Whether they cross state lines."""
        return self.operation == "A"


def _power_units(rng: np.random.Generator, operation: Words, count: int) -> tuple[Ints, Bools]:
    """Units and which are blank. Sizes are dealt to carriers so that interstate ones tend to be larger."""
    kinds = marginals.POWER_UNITS
    kind = bucket(rng, [share for _, _, share in kinds], count)
    low, high = (np.array([row[side] or 0 for row in kinds])[kind] for side in (0, 1))
    # Log-uniform inside a bucket: most of "101-500" are near 101.
    units = np.floor(np.exp(rng.uniform(np.log(low + 1), np.log(high + 2)))).astype(np.int64) - 1
    units = np.clip(units, low, high)
    smallest_first = np.argsort(units, kind="stable")
    turn = np.argsort(rng.random(count) + np.where(operation == "A", 0.35, 0.0))
    dealt, blank = np.empty_like(units), np.empty(count, dtype=bool)
    dealt[turn], blank[turn] = units[smallest_first], (kind == 0)[smallest_first]
    return dealt, blank


def _drivers_of(rng: np.random.Generator, units: Ints) -> Ints:
    """Near one driver a truck; about half of the larger fleets report fewer drivers than trucks."""
    ratio = np.where(units <= 5, 1.0, rng.lognormal(-0.03, 0.35, len(units)))
    extra = (rng.random(len(units)) < 0.12) & (units <= 5)
    return np.maximum(np.rint(units * ratio).astype(np.int64) + extra, np.where(units > 0, 1, 0))


def _fleet(rng: np.random.Generator, *, first: int, count: int) -> Fleet:
    operation, trade = pick(rng, marginals.OPERATION, count), pick(rng, marginals.TRADE, count)
    interstate = operation == "A"
    units, units_blank = _power_units(rng, operation, count)
    chance = np.vectorize(marginals.TRACTOR_TRADE.get)(trade) * np.where(interstate, 1.0, 0.5)
    tractors = np.where(rng.random(count) < chance, np.ceil(units * 0.9), 0).astype(np.int64)
    return Fleet(
        dot=FIRST_DOT + 2 * np.arange(first, first + count) + rng.integers(0, 2, count),
        operation=operation,
        trade=trade,
        for_hire=rng.random(count) < np.where(interstate, 0.757, 0.486),
        units=units,
        units_blank=units_blank,
        drivers=_drivers_of(rng, units),
        tractors=tractors,
        leased=np.where(rng.random(count) < 0.06, tractors // 4, 0),
        hauls_far=interstate & (rng.random(count) < 0.6),
    )


def _cargo(rng: np.random.Generator, trade: Words) -> Columns:
    everyone = sum(marginals.TRADE.values())
    columns: Columns = {}
    for name, (percent, home) in marginals.CARGO.items():
        part, share = marginals.TRADE[home] / everyone, percent / 100
        inside = min(0.92, share * 0.7 / part)
        outside = max(0.0, (share - inside * part) / (1 - part))
        carried = rng.random(len(trade)) < np.where(trade == home, inside, outside)
        columns[f"CRGO_{name}"] = where(carried, pa.scalar("X"))
    return columns


def _names_and_places(rng: np.random.Generator, where_from: Places, fleet: Fleet) -> Columns:
    count = len(fleet.dot)
    row = where_from.draw(rng, count)
    zip5, city, state = where_from.zip_code.take(row), where_from.city.take(row), where_from.state.take(row)
    plus4 = joined(zip5, text(rng.integers(1000, 9999, count)), by="-")
    chosen = pc.if_else(pa.array(rng.random(count) < 0.3), plus4, zip5)
    address: Columns = {
        "STREET": joined(text(rng.integers(1, 19_999, count)), any_of(rng, STREETS, count)),
        "CITY": city,
        "STATE": state,
        "ZIP": chosen,
        "COUNTRY": same("US", count),
    }
    mail = joined(same("office@dot", count), text(fleet.dot), same(".example", count), by="")
    trading_as = joined(any_of(rng, MIDDLES, count), city)
    return (
        {f"PHY_{key}": value for key, value in address.items()}
        | {f"CARRIER_MAILING_{key}": value for key, value in address.items()}
        | {
            "LEGAL_NAME": joined(city, any_of(rng, MIDDLES, count), any_of(rng, SUFFIXES, count)),
            "DBA_NAME": where(rng.random(count) < 0.27, trading_as),
            "PHONE": text(5_550_000_000 + fleet.dot % 10_000_000),
            "EMAIL_ADDRESS": where(rng.random(count) < 0.76, mail),
        }
    )


def _dates(rng: np.random.Generator, fleet: Fleet, as_of: date) -> Columns:
    """When they registered and filed last, and the miles they filed."""
    count, today = len(fleet.dot), np.datetime64(as_of)
    ages, since = marginals.MCS150_AGE_YEARS, marginals.REGISTERED_AGE_YEARS
    kind = bucket(rng, [share for _, _, share in ages], count)
    age = rng.uniform(*(np.array([row[side] or 0 for row in ages], dtype=float)[kind] for side in (0, 1)))
    kin = bucket(rng, [share for _, _, share in since], count)
    known = rng.uniform(*(np.array([row[side] for row in since])[kin] for side in (0, 1)))
    filed_on = today - (age * 365.25).astype(np.int64)
    per_truck = rng.lognormal(np.where(fleet.hauls_far, np.log(62_000), np.log(16_000)), 0.7)
    miles = (np.minimum(per_truck, 260_000) * np.maximum(fleet.units, 1)).astype(np.int64) // 100 * 100
    never_filed = kind == 0
    return {
        "MCS150_DATE": text(yyyymmdd(filed_on), never_filed),
        "MCS150_MILEAGE": text(miles, rng.random(count) < 0.2),
        "MCS150_MILEAGE_YEAR": text(filed_on.astype("datetime64[Y]").astype(np.int64) + 1969, never_filed),
        "ADD_DATE": text(yyyymmdd(today - (np.maximum(age, known) * 365.25).astype(np.int64))),
    }


def _sizes(rng: np.random.Generator, fleet: Fleet) -> Columns:
    count, drivers = len(fleet.dot), fleet.drivers
    blank, no_lease, trucks = fleet.units_blank, fleet.leased == 0, fleet.units - fleet.tractors
    far = np.where(fleet.hauls_far, rng.uniform(0.5, 1.0, count), rng.uniform(0, 0.4, count))
    beyond = np.rint(drivers * far).astype(np.int64)
    cdl = np.where(fleet.tractors > 0, drivers, drivers * 2 // 5)
    inter = fleet.interstate
    return {
        "POWER_UNITS": text(fleet.units, blank),
        "TRUCK_UNITS": text(trucks, blank),
        "OWNTRUCK": text(trucks, blank),
        "OWNTRACT": text(fleet.tractors - fleet.leased, blank),
        "OWNTRAIL": text((fleet.tractors * 1.3).astype(np.int64), blank),
        "TRMTRACT": text(fleet.leased, no_lease),
        "AVG_DRIVERS_LEASED_PER_MONTH": text(fleet.leased, no_lease),
        "TOTAL_DRIVERS": text(drivers, rng.random(count) < 0.001),
        "TOTAL_CDL": text(cdl),
        "DRIVER_INTER_TOTAL": text(np.where(inter, drivers, 0)),
        "TOTAL_INTRASTATE_DRIVERS": text(np.where(inter, 0, drivers)),
        "INTERSTATE_BEYOND_100_MILES": text(np.where(inter, beyond, 0)),
        "INTERSTATE_WITHIN_100_MILES": text(np.where(inter, drivers - beyond, 0)),
        "INTRASTATE_BEYOND_100_MILES": text(np.where(inter, 0, beyond)),
        "INTRASTATE_WITHIN_100_MILES": text(np.where(inter, 0, drivers - beyond)),
    }


def _standing(rng: np.random.Generator, fleet: Fleet) -> Columns:
    """Status, kind of business, dockets and rating."""
    count, docketed = len(fleet.dot), fleet.for_hire & fleet.interstate
    hazmat = rng.random(count) < np.where(fleet.trade == "tank", 0.25, 0.005)
    docket_status = pa.array(pick(rng, {"A": 90.0, "I": 10.0}, count))
    rating = pa.array(pick(rng, {"S": 80.0, "C": 17.0, "U": 3.0}, count))
    return {
        "DOT_NUMBER": text(fleet.dot),
        "STATUS_CODE": pa.array(pick(rng, {"A": 95.0, "I": 4.3, "P": 0.7}, count)),
        "CARSHIP": pa.array(pick(rng, {"C": 95.0, "C;S": 2.5, "C;B": 1.0, "B": 1.5}, count)),
        "CARRIER_OPERATION": pa.array(fleet.operation),
        "CLASSDEF": where(fleet.for_hire, pa.scalar("AUTHORIZED FOR HIRE"), "PRIVATE PROPERTY"),
        "HM_IND": where(hazmat, pa.scalar("Y"), "N"),
        "DOCKET1PREFIX": where(docketed, pa.scalar("MC")),
        "DOCKET1": text(100_000 + fleet.dot % 1_500_000, ~docketed),
        "DOCKET1_STATUS_CODE": where(docketed, docket_status),
        "SAFETY_RATING": where(rng.random(count) < 0.03, rating),
    }


def carriers(*, rows: int, seed: int, as_of: date, dirt: Counter[str]) -> Iterator[Any]:
    """Census tables of at most `CHUNK` rows; counts into `dirt` the dirty rows by kind."""
    where_from = places(marginals.CARRIER_STATE, seed=seed)
    for chunk, first in enumerate(range(0, rows, CHUNK)):
        rng, count = np.random.default_rng([seed, chunk]), min(CHUNK, rows - first)
        fleet = _fleet(rng, first=first, count=count)
        columns = _cargo(rng, fleet.trade) | _names_and_places(rng, where_from, fleet) | _sizes(rng, fleet)
        columns |= _dates(rng, fleet, as_of) | _standing(rng, fleet)
        dirt += soil(rng, columns, count)
        blank = pa.nulls(count, pa.string())
        yield pa.table({name: columns.get(name, blank) for name in marginals.COLUMNS})
