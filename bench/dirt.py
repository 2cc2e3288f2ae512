"""Dirty rows, the kinds that the real census has. Values are put over clean columns at random rows."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

# kind: (chance per row, {column: value}); a value of None copies the row before it.
KINDS: dict[str, tuple[float, dict[str, str | None]]] = {
    "dot_letters": (0.0002, {"DOT_NUMBER": "USDOT 12A4"}),
    "dot_blank": (0.0001, {"DOT_NUMBER": ""}),
    "dot_repeated": (0.0003, {"DOT_NUMBER": None}),
    "units_negative": (0.0001, {"POWER_UNITS": "-3"}),
    "units_absurd": (0.0002, {"POWER_UNITS": "599994", "TOTAL_DRIVERS": "2"}),
    "date_impossible": (0.0002, {"MCS150_DATE": "20251399"}),
    "date_with_time": (0.0010, {"MCS150_DATE": "20250429 0000"}),
    "zip_lost_its_zero": (0.0005, {"PHY_ZIP": "7001", "PHY_STATE": "NJ", "PHY_CITY": "AVENEL"}),
    "foreign": (
        0.0006,
        {"PHY_ZIP": "L5T 2N7", "PHY_STATE": "ON", "PHY_CITY": "MISSISSAUGA", "PHY_COUNTRY": "CA"},
    ),
    "name_with_quotes": (0.0005, {"LEGAL_NAME": 'O"NEIL, "BIG JIM" & SON’S TRUCKING'}),
    "name_blank": (0.0001, {"LEGAL_NAME": ""}),
}


def soil(rng: np.random.Generator, columns: dict[str, Any], count: int) -> Counter[str]:
    """Put dirt into `columns`; the answer counts rows by kind. Each row gets at most one kind."""
    kinds = list(KINDS)
    chances = [KINDS[kind][0] for kind in kinds]
    drawn = rng.choice(len(kinds) + 1, count, p=[*chances, 1 - sum(chances)])
    drawn[0] = len(kinds)
    for number, kind in enumerate(kinds):
        rows = np.flatnonzero(drawn == number)
        if not len(rows):
            continue
        here = pa.array(drawn == number)
        for column, value in KINDS[kind][1].items():
            old = columns[column]
            new = old.take(pa.array(rows - 1)) if value is None else pa.array([value] * len(rows))
            columns[column] = pc.replace_with_mask(old, here, new)
    return Counter({kind: int((drawn == number).sum()) for number, kind in enumerate(kinds)})
