"""A census and a driver pool of any size, seeded: same arguments, same bytes.

    python -m bench.generate_census --carriers 2200000 --drivers 1000000 --out DIR [--gzip]

The census has all 147 columns of FMCSA's Company Census File, shares from `marginals`, real ZIP codes, and facts that
hang together (a reefer fleet with tractors has CDL drivers and long miles). About one row in 300 is dirty the way real
rows are; `manifest.json` counts every kind, so that an import can be checked against it.
"""

from __future__ import annotations

import argparse
import gzip
import json
import time
from collections import Counter
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import IO, Any, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pcsv

from bench import marginals
from bench.dirt import soil
from bench.places import Places, places

CHUNK = 100_000
FIRST_DOT = 100_000
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Columns = dict[str, Any]

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
    "CORP",
]
MIDDLES = [
    "EAGLE", "BLUE RIDGE", "VALLEY", "STAR", "PRAIRIE", "IRON", "RIVER", "SUMMIT", "LONE OAK", "GOLDEN", "NORTHERN",
    "UNITED", "PIONEER", "LIBERTY", "RED ROCK", "CENTRAL", "COASTAL", "DIAMOND", "HERITAGE", "SILVER", "TRI STATE",
]  # fmt: skip


def _pick(rng: np.random.Generator, shares: dict[str, float], count: int) -> npt.NDArray[np.str_]:
    weights = np.array(list(shares.values()), dtype=float)
    return rng.choice(np.array(list(shares)), count, p=weights / weights.sum())


def _bucket(rng: np.random.Generator, shares: list[float], count: int) -> Ints:
    weights = np.array(shares) / sum(shares)
    return rng.choice(len(shares), count, p=weights)


def _text(values: Any, blank: Bools | None = None) -> pa.StringArray:
    return pa.array(values, mask=blank).cast(pa.string())


def _yyyymmdd(day: npt.NDArray[np.datetime64]) -> Ints:
    months = day.astype("datetime64[M]").astype(np.int64)
    in_month = (day - day.astype("datetime64[M]")).astype(np.int64) + 1
    return cast(Ints, (1970 + months // 12) * 10_000 + (months % 12 + 1) * 100 + in_month)


def _joined(*parts: Any, by: str = " ") -> pa.StringArray:
    return pc.binary_join_element_wise(*parts, by)


def _power_units(rng: np.random.Generator, operation: npt.NDArray[np.str_], count: int) -> tuple[Ints, Bools]:
    """Units and which are blank. Sizes are dealt to carriers so that interstate ones tend to be larger."""
    kinds = marginals.POWER_UNITS
    bucket = _bucket(rng, [share for _, _, share in kinds], count)
    low = np.array([0 if low is None else low for low, _, _ in kinds])[bucket]
    high = np.array([0 if high is None else high for _, high, _ in kinds])[bucket]
    # Log-uniform inside a bucket: most of "101-500" are near 101.
    units = np.floor(np.exp(rng.uniform(np.log(low + 1), np.log(high + 2)))).astype(np.int64) - 1
    units = np.clip(units, low, high)
    order = np.argsort(units, kind="stable")
    liking = np.argsort(rng.random(count) + np.where(operation == "A", 0.35, 0.0))
    dealt, blank = np.empty_like(units), np.empty(count, dtype=bool)
    dealt[liking], blank[liking] = units[order], (bucket == 0)[order]
    return dealt, blank


def _drivers_of(rng: np.random.Generator, units: Ints) -> Ints:
    """Near one driver a truck; about half of the larger fleets report fewer drivers than trucks."""
    ratio = np.where(units <= 5, 1.0, rng.lognormal(-0.03, 0.35, len(units)))
    extra = (rng.random(len(units)) < 0.12) & (units <= 5)
    return np.maximum(np.rint(units * ratio).astype(np.int64) + extra, np.where(units > 0, 1, 0))


def _cargo(rng: np.random.Generator, trade: npt.NDArray[np.str_]) -> Columns:
    everyone = sum(marginals.TRADE.values())
    columns: Columns = {}
    for name, (percent, home) in marginals.CARGO.items():
        part, share = marginals.TRADE[home] / everyone, percent / 100
        inside = min(0.92, share * 0.7 / part)
        outside = max(0.0, (share - inside * part) / (1 - part))
        carried = rng.random(len(trade)) < np.where(trade == home, inside, outside)
        columns[f"CRGO_{name}"] = pc.if_else(pa.array(carried), pa.scalar("X"), pa.scalar(None, pa.string()))
    return columns


def _where_they_are(
    rng: np.random.Generator, where: Places, dot: Ints, count: int
) -> tuple[Columns, pa.StringArray]:
    row = where.draw(rng, count)
    zip_code, city, state = where.zip_code.take(row), where.city.take(row), where.state.take(row)
    plus4 = _joined(zip_code, _text(rng.integers(1000, 9999, count)), by="-")
    zip_code = pc.if_else(pa.array(rng.random(count) < 0.3), plus4, zip_code)
    street = _joined(
        _text(rng.integers(1, 19_999, count)),
        pa.array(
            _pick(
                rng,
                dict.fromkeys(["HWY 30", "MAIN ST", "COUNTY RD 9", "INDUSTRIAL BLVD", "W 5TH AVE"], 1.0),
                count,
            )
        ),
    )
    country = pa.array(["US"] * count)
    columns: Columns = {}
    for prefix in ("PHY", "CARRIER_MAILING"):
        columns |= {f"{prefix}_STREET": street, f"{prefix}_CITY": city, f"{prefix}_STATE": state}
        columns |= {f"{prefix}_ZIP": zip_code, f"{prefix}_COUNTRY": country}
    columns["PHONE"] = _text(5_550_000_000 + dot % 10_000_000)
    mail = _joined(pa.array(["office@dot"] * count), _text(dot), pa.array([".example"] * count), by="")
    columns["EMAIL_ADDRESS"] = pc.if_else(
        pa.array(rng.random(count) < 0.76), mail, pa.scalar(None, pa.string())
    )
    return columns, city


def carriers(rng: np.random.Generator, where: Places, *, first: int, count: int, as_of: date) -> Columns:
    """`count` rows of the census as Arrow columns by the census' names; columns not named are blank."""
    today = np.datetime64(as_of)
    dot = FIRST_DOT + 2 * np.arange(first, first + count) + rng.integers(0, 2, count)
    operation, trade = _pick(rng, marginals.OPERATION, count), _pick(rng, marginals.TRADE, count)
    units, no_units = _power_units(rng, operation, count)
    drivers = _drivers_of(rng, units)
    inter = operation == "A"
    hauls_far = inter & (rng.random(count) < 0.6)
    has_tractors = rng.random(count) < np.vectorize(marginals.TRACTOR_TRADE.get)(trade) * np.where(
        inter, 1.0, 0.5
    )
    tractors = np.where(has_tractors, np.ceil(units * 0.9), 0).astype(np.int64)
    leased = np.where(rng.random(count) < 0.06, tractors // 4, 0)
    for_hire = rng.random(count) < np.where(inter, 0.757, 0.486)
    ages = marginals.MCS150_AGE_YEARS
    bucket = _bucket(rng, [share for _, _, share in ages], count)
    old = rng.uniform(*(np.array([row[side] or 0 for row in ages], dtype=float)[bucket] for side in (0, 1)))
    since = marginals.REGISTERED_AGE_YEARS
    kin = _bucket(rng, [share for _, _, share in since], count)
    registered = np.maximum(
        old, rng.uniform(*(np.array([row[side] for row in since])[kin] for side in (0, 1)))
    )
    filed_on = today - (old * 365.25).astype(np.int64)
    per_truck = rng.lognormal(np.where(hauls_far, np.log(62_000), np.log(16_000)), 0.7)
    mileage = (np.minimum(per_truck, 260_000) * np.maximum(units, 1)).astype(np.int64) // 100 * 100
    beyond = np.where(
        hauls_far,
        np.ceil(drivers * rng.uniform(0.5, 1.0, count)),
        np.floor(drivers * rng.uniform(0, 0.4, count)),
    ).astype(np.int64)
    cdl = np.minimum(drivers, np.where(has_tractors, drivers, np.floor(drivers * 0.4))).astype(np.int64)
    hazmat = rng.random(count) < np.where(trade == "tank", 0.25, 0.005)
    zero = np.zeros(count, dtype=np.int64)

    columns, city = _where_they_are(rng, where, dot, count)
    name = _joined(
        city,
        pa.array(_pick(rng, dict.fromkeys(MIDDLES, 1.0), count)),
        pa.array(_pick(rng, dict.fromkeys(SUFFIXES, 1.0), count)),
    )
    hire, private = pa.scalar("AUTHORIZED FOR HIRE"), pa.scalar("PRIVATE PROPERTY")
    docketed = for_hire & inter
    columns |= _cargo(rng, trade)
    columns |= {
        "DOT_NUMBER": _text(dot),
        "LEGAL_NAME": name,
        "DBA_NAME": pc.if_else(pa.array(rng.random(count) < 0.27), _joined(pa.array(_pick(rng, dict.fromkeys(MIDDLES, 1.0), count)), city), pa.scalar(None, pa.string())),
        "STATUS_CODE": pa.array(_pick(rng, {"A": 95.0, "I": 4.3, "P": 0.7}, count)),
        "CARSHIP": pa.array(_pick(rng, {"C": 95.0, "C;S": 2.5, "C;B": 1.0, "B": 1.5}, count)),
        "CARRIER_OPERATION": pa.array(operation),
        "CLASSDEF": pc.if_else(pa.array(for_hire), hire, private),
        "HM_IND": pc.if_else(pa.array(hazmat), pa.scalar("Y"), pa.scalar("N")),
        "MCS150_DATE": _text(_yyyymmdd(filed_on), bucket == 0),
        "MCS150_MILEAGE": _text(mileage, rng.random(count) < 0.2),
        "MCS150_MILEAGE_YEAR": _text(filed_on.astype("datetime64[Y]").astype(np.int64) + 1969, bucket == 0),
        "ADD_DATE": _text(_yyyymmdd(today - (registered * 365.25).astype(np.int64))),
        "POWER_UNITS": _text(units, no_units),
        "TRUCK_UNITS": _text(units - tractors, no_units),
        "TOTAL_DRIVERS": _text(drivers, rng.random(count) < 0.001),
        "TOTAL_CDL": _text(cdl),
        "DRIVER_INTER_TOTAL": _text(np.where(inter, drivers, 0)),
        "TOTAL_INTRASTATE_DRIVERS": _text(np.where(inter, 0, drivers)),
        "INTERSTATE_BEYOND_100_MILES": _text(np.where(inter, beyond, zero)),
        "INTERSTATE_WITHIN_100_MILES": _text(np.where(inter, drivers - beyond, zero)),
        "INTRASTATE_BEYOND_100_MILES": _text(np.where(inter, zero, beyond)),
        "INTRASTATE_WITHIN_100_MILES": _text(np.where(inter, zero, drivers - beyond)),
        "AVG_DRIVERS_LEASED_PER_MONTH": _text(leased, leased == 0),
        "OWNTRACT": _text(tractors - leased, no_units),
        "OWNTRUCK": _text(units - tractors, no_units),
        "OWNTRAIL": _text((tractors * 1.3).astype(np.int64), no_units),
        "TRMTRACT": _text(leased, leased == 0),
        "DOCKET1PREFIX": pc.if_else(pa.array(docketed), pa.scalar("MC"), pa.scalar(None, pa.string())),
        "DOCKET1": _text(100_000 + dot % 1_500_000, ~docketed),
        "DOCKET1_STATUS_CODE": pc.if_else(pa.array(docketed), pa.array(_pick(rng, {"A": 90.0, "I": 10.0}, count)), pa.scalar(None, pa.string())),
        "SAFETY_RATING": pc.if_else(pa.array(rng.random(count) < 0.03), pa.array(_pick(rng, {"S": 80.0, "C": 17.0, "U": 3.0}, count)), pa.scalar(None, pa.string())),
    }  # fmt: skip
    return columns


def _in_census_order(columns: Columns, count: int) -> pa.Table:
    blank = pa.nulls(count, pa.string())
    return pa.table({name: columns.get(name, blank) for name in marginals.COLUMNS})


def _sink(path: Path) -> IO[bytes]:
    return (
        cast(IO[bytes], gzip.open(path, "wb", compresslevel=1)) if path.suffix == ".gz" else path.open("wb")
    )


def write_census(path: Path, *, rows: int, seed: int, as_of: date) -> dict[str, int]:
    """Write the census; the answer counts the dirty rows by kind."""
    where, dirt = places(marginals.CARRIER_STATE, seed=seed), Counter[str]()
    with ExitStack() as stack:
        sink = stack.enter_context(_sink(path))
        writer: pcsv.CSVWriter | None = None
        for chunk, first in enumerate(range(0, rows, CHUNK)):
            rng, count = np.random.default_rng([seed, chunk]), min(CHUNK, rows - first)
            columns = carriers(rng, where, first=first, count=count, as_of=as_of)
            dirt += soil(rng, columns, count)
            table = _in_census_order(columns, count)
            writer = writer or stack.enter_context(
                pcsv.CSVWriter(sink, table.schema, write_options=pcsv.WriteOptions(quoting_style="needed"))
            )
            writer.write_table(table)
    return dict(dirt)


def _lists(
    rng: np.random.Generator, chances: dict[str, float], count: int, *, at_least_one: bool
) -> pa.StringArray:
    names, mask = list(chances), np.zeros(count, dtype=np.int32)
    for bit, chance in enumerate(chances.values()):
        mask |= (rng.random(count) < chance).astype(np.int32) << bit
    if at_least_one:
        mask[mask == 0] = 1
    words = pa.array(
        [";".join(n for bit, n in enumerate(names) if m >> bit & 1) for m in range(1 << len(names))]
    )
    return words.take(pa.array(mask))


def write_drivers(path: Path, *, rows: int, seed: int, as_of: date) -> None:
    """Write the driver pool: facts a match needs, no person."""
    where, today = places(marginals.DRIVER_STATE, seed=seed), np.datetime64(as_of)
    with ExitStack() as stack:
        sink, writer = stack.enter_context(path.open("wb")), None
        for chunk, first in enumerate(range(0, rows, CHUNK)):
            rng, count = np.random.default_rng([seed, 7, chunk]), min(CHUNK, rows - first)
            row = where.draw(rng, count)
            active = np.minimum(rng.exponential(60, count), 1500).astype(np.int64)
            table = pa.table(
                {
                    "driver_id": _joined(pa.array(["D"] * count), _text(10_000_000 + np.arange(first, first + count)), by=""),
                    "home_zip": where.zip_code.take(row),
                    "home_state": where.state.take(row),
                    "cdl_class": pa.array(_pick(rng, marginals.CDL_CLASS, count)),
                    "endorsements": _lists(rng, marginals.ENDORSEMENTS, count, at_least_one=False),
                    "years_experience": _text(np.round(np.minimum(rng.exponential(6, count), 45), 1)),
                    "equipment_experience": _lists(rng, marginals.EQUIPMENT, count, at_least_one=True),
                    "job_types": _lists(rng, marginals.JOB_TYPES, count, at_least_one=True),
                    "available_from": _text((today + rng.integers(-60, 30, count)).astype("datetime64[D]")),
                    "last_active_at": _text((today - active).astype("datetime64[D]")),
                    "status": pa.array(_pick(rng, {"active": 92.0, "placed": 7.0, "do_not_contact": 1.0}, count)),
                }
            )  # fmt: skip
            writer = writer or stack.enter_context(
                pcsv.CSVWriter(sink, table.schema, write_options=pcsv.WriteOptions(quoting_style="needed"))
            )
            writer.write_table(table)


def generate(
    out: Path, *, carrier_rows: int, driver_rows: int, seed: int, as_of: date, zipped: bool
) -> dict[str, Any]:
    """Both files and their manifest in `out`; the answer is the manifest."""
    out.mkdir(parents=True, exist_ok=True)
    census = out / ("census.csv.gz" if zipped else "census.csv")
    drivers = out / "drivers.csv"
    dirt = write_census(census, rows=carrier_rows, seed=seed, as_of=as_of)
    write_drivers(drivers, rows=driver_rows, seed=seed, as_of=as_of)
    manifest = {
        "carriers": carrier_rows, "drivers": driver_rows, "seed": seed, "as_of": as_of.isoformat(), "dirt": dirt,
        "census": census.name, "pool": drivers.name,
        "census_bytes": census.stat().st_size, "drivers_bytes": drivers.stat().st_size,
    }  # fmt: skip
    (out / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
    return manifest


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--carriers", type=int, default=2_200_000)
    parser.add_argument("--drivers", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=20261122)
    parser.add_argument("--as-of", type=date.fromisoformat, default=date.today())
    parser.add_argument("--gzip", action="store_true")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    started = time.perf_counter()
    manifest = generate(
        args.out,
        carrier_rows=args.carriers,
        driver_rows=args.drivers,
        seed=args.seed,
        as_of=args.as_of,
        zipped=args.gzip,
    )
    print(json.dumps(manifest, indent=2))
    print(f"{time.perf_counter() - started:.1f} s")


if __name__ == "__main__":
    main()
