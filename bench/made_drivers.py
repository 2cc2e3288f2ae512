"""A made-up driver pool: facts that a match needs, no person."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from bench import marginals
from bench.columns import joined, pick, same, text
from bench.places import places

CHUNK = 100_000
STATUS = {"active": 92.0, "placed": 7.0, "do_not_contact": 1.0}


def _lists(rng: np.random.Generator, chances: dict[str, float], count: int, *, at_least_one: bool) -> Any:
    """Lists of the keys, joined by semicolons, each key as often as its chance says."""
    names, mask = list(chances), np.zeros(count, dtype=np.int32)
    for bit, chance in enumerate(chances.values()):
        mask |= (rng.random(count) < chance).astype(np.int32) << bit
    if at_least_one:
        mask[mask == 0] = 1
    every = (";".join(n for bit, n in enumerate(names) if m >> bit & 1) for m in range(1 << len(names)))
    return pa.array(list(every)).take(pa.array(mask))


def drivers(*, rows: int, seed: int, as_of: date) -> Iterator[Any]:
    """Driver tables of at most `CHUNK` rows."""
    where_from, today = places(marginals.DRIVER_STATE, seed=seed), np.datetime64(as_of)
    for chunk, first in enumerate(range(0, rows, CHUNK)):
        rng, count = np.random.default_rng([seed, 7, chunk]), min(CHUNK, rows - first)
        row = where_from.draw(rng, count)
        idle = np.minimum(rng.exponential(60, count), 1500).astype(np.int64)
        yield pa.table(
            {
                "driver_id": joined(same("D", count), text(10**7 + np.arange(first, first + count)), by=""),
                "home_zip": where_from.zip_code.take(row),
                "home_state": where_from.state.take(row),
                "cdl_class": pa.array(pick(rng, marginals.CDL_CLASS, count)),
                "endorsements": _lists(rng, marginals.ENDORSEMENTS, count, at_least_one=False),
                "years_experience": text(np.round(np.minimum(rng.exponential(6, count), 45), 1)),
                "equipment_experience": _lists(rng, marginals.EQUIPMENT, count, at_least_one=True),
                "job_types": _lists(rng, marginals.JOB_TYPES, count, at_least_one=True),
                "available_from": text((today + rng.integers(-60, 30, count)).astype("datetime64[D]")),
                "last_active_at": text((today - idle).astype("datetime64[D]")),
                "status": pa.array(pick(rng, STATUS, count)),
            }
        )
