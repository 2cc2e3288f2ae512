"""What follows from a carrier's facts: equipment, licence, kinds of work, segment."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection, transaction
from numpy.typing import NDArray

from headhaul.carriers.choices import SEGMENTS, CutOffs
from headhaul.carriers.services.equipment import cdl_levels, equipment_columns
from headhaul.carriers.services.jobtypes import WorkColumns, job_masks
from headhaul.carriers.services.segments import effective_units, segment_codes

DERIVED_COLUMNS = {
    "equipment_primary": "smallint",
    "equipment_secondary": "smallint",
    "specificity": "smallint",
    "job_mask": "smallint",
    "cdl_level": "smallint",
    "effective_units": "integer",
    "segment": "text",
}
BATCH = 50_000
_NUMBERS = (
    *("power_units", "total_drivers", "total_cdl", "mileage", "mileage_year", "owned_tractors", "term_tractors"),
    *("trip_tractors", "owned_trucks", "term_trucks", "trip_trucks", "interstate_beyond_100", "interstate_within_100"),
    *("intrastate_beyond_100", "intrastate_within_100"),
)
_INPUTS = (*_NUMBERS, "cargo_mask", "cargo_other", "carrier_operation", "private_only", "hm")


def derive(facts: Mapping[str, pa.Array], *, rows: int, year: int, cut_offs: CutOffs) -> dict[str, pa.Array]:
    """The derived columns of some carriers. A fact that is missing is not known."""
    number = {name: _number(facts.get(name), rows) for name in _NUMBERS}
    cargo = facts.get("cargo_mask")
    cargo_mask = np.zeros(rows, dtype=np.int64) if cargo is None else _number(cargo, rows).astype(np.int64)
    other = facts.get("cargo_other")
    found = equipment_columns(cargo_mask, pa.nulls(rows, pa.string()) if other is None else pc.cast(other, pa.string()))
    tractors = _sum(number, "owned_tractors", "term_tractors", "trip_tractors")
    units = effective_units(number["power_units"], number["total_drivers"])
    operation = facts.get("carrier_operation")
    work = WorkColumns(
        beyond_100=_sum(number, "interstate_beyond_100", "intrastate_beyond_100"),
        within_100=_sum(number, "interstate_within_100", "intrastate_within_100"),
        drivers=number["total_drivers"],
        mileage=number["mileage"],
        mileage_year=number["mileage_year"],
        units=units,
        tractors=tractors,
        interstate=_is_one_of(operation, ["A"], rows),
        intrastate=_is_one_of(operation, ["B", "C"], rows),
        private_only=_flag(facts.get("private_only"), rows),
    )
    levels = cdl_levels(
        cargo_mask=cargo_mask,
        primary=found.primary,
        hm=_flag(facts.get("hm"), rows),
        tractors=tractors,
        trucks=_sum(number, "owned_trucks", "term_trucks", "trip_trucks"),
        total_cdl=number["total_cdl"],
    )
    segments = pa.array([str(segment) for segment in SEGMENTS])
    return {
        "equipment_primary": pa.array(found.primary),
        "equipment_secondary": pa.array(found.secondary),
        "specificity": pa.array(found.specificity),
        "job_mask": pa.array(job_masks(work, year=year)),
        "cdl_level": pa.array(levels),
        "effective_units": pc.cast(pa.array(units, from_pandas=True), pa.int64()),
        "segment": segments.take(pa.array(segment_codes(units, cut_offs))),
    }


def rederive(*, year: int, cut_offs: CutOffs, touched: str = "") -> int:
    """Work out the derived columns anew; gives how many carriers changed. Of those in the table `touched`, or of all.

    Needed after weights, rules or cut-offs change, and after files that know only some of the facts.
    """
    changed, last = 0, 0
    listed = f"and exists (select 1 from {touched} t where t.dot_number = c.dot_number)" if touched else ""
    query = f"select dot_number, {', '.join(_INPUTS)} from carriers_carrier c where dot_number > %s {listed}"
    with transaction.atomic(), connection.cursor() as cursor:
        while True:
            cursor.execute(f"{query} order by dot_number limit {BATCH}", [last])
            rows = cursor.fetchall()
            if not rows:
                return changed
            last = rows[-1][0]
            columns = list(zip(*rows, strict=True))
            facts = {name: pa.array(values) for name, values in zip(_INPUTS, columns[1:], strict=True)}
            derived = derive(facts, rows=len(rows), year=year, cut_offs=cut_offs)
            changed += _write(pa.array(columns[0], pa.int32()), derived)


def _write(dots: pa.Array, derived: dict[str, pa.Array]) -> int:
    names = list(DERIVED_COLUMNS)
    types = ", ".join(f"%s::{kind}[]" for kind in DERIVED_COLUMNS.values())
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            update carriers_carrier c set {", ".join(f"{name} = d.{name}" for name in names)}
            from unnest(%s::integer[], {types}) as d (dot_number, {", ".join(names)})
            where c.dot_number = d.dot_number
            and ({", ".join(f"c.{name}" for name in names)})
                is distinct from ({", ".join(f"d.{name}" for name in names)})
            """,
            [dots.to_pylist(), *(derived[name].to_pylist() for name in names)],
        )
        return int(cursor.rowcount)


def _number(array: pa.Array | None, rows: int) -> NDArray[np.float64]:
    if array is None:
        return np.full(rows, np.nan)
    return np.asarray(pc.cast(array, pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)


def _sum(number: Mapping[str, NDArray[np.float64]], *names: str) -> NDArray[np.float64]:
    """Sum of what is known; NaN where nothing is."""
    columns = np.stack([number[name] for name in names])
    return np.where(np.isnan(columns).all(axis=0), np.nan, np.nan_to_num(columns).sum(axis=0))


def _flag(array: pa.Array | None, rows: int) -> NDArray[np.bool_]:
    if array is None:
        return np.zeros(rows, dtype=bool)
    return np.asarray(pc.fill_null(pc.cast(array, pa.bool_()), False).to_numpy(zero_copy_only=False), dtype=bool)


def _is_one_of(array: pa.Array | None, values: list[str], rows: int) -> NDArray[np.bool_]:
    if array is None:
        return np.zeros(rows, dtype=bool)
    text = pc.cast(array, pa.string())
    return np.asarray(pc.is_in(text, value_set=pa.array(values)).to_numpy(zero_copy_only=False), dtype=bool)
