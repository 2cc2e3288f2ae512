"""Small words for making Arrow columns out of chance."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pcsv

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Words = npt.NDArray[np.str_]
Columns = dict[str, Any]


def pick(rng: np.random.Generator, shares: dict[str, float], count: int) -> Words:
    """`count` of the keys, each as often as its share says."""
    weights = np.array(list(shares.values()), dtype=float)
    return rng.choice(np.array(list(shares)), count, p=weights / weights.sum())


def any_of(rng: np.random.Generator, words: list[str], count: int) -> Any:
    """`count` of the words, all equally likely."""
    return pa.array(words).take(pa.array(rng.integers(0, len(words), count)))


def bucket(rng: np.random.Generator, shares: Iterable[float], count: int) -> Ints:
    """`count` positions in `shares`, each as often as its share says."""
    weights = np.array(list(shares))
    return rng.choice(len(weights), count, p=weights / weights.sum())


def text(values: Any, blank: Bools | None = None) -> Any:
    """Values as text, blank where told."""
    return pa.array(values, mask=blank).cast(pa.string())


def where(condition: Bools, values: Any, otherwise: str | None = None) -> Any:
    """Values where the condition holds, `otherwise` elsewhere."""
    return pc.if_else(pa.array(condition), values, pa.scalar(otherwise, pa.string()))


def joined(*parts: Any, by: str = " ") -> Any:
    """Columns side by side as one text."""
    return pc.binary_join_element_wise(*parts, by)


def same(value: str, count: int) -> Any:
    """One value in every row."""
    return pa.array([value] * count)


def yyyymmdd(day: npt.NDArray[np.datetime64]) -> Ints:
    """Dates as the census writes them, as whole numbers."""
    months = day.astype("datetime64[M]").astype(np.int64)
    in_month = (day - day.astype("datetime64[M]")).astype(np.int64) + 1
    return cast(Ints, (1970 + months // 12) * 10_000 + (months % 12 + 1) * 100 + in_month)


def write_csv(path: Path, tables: Iterable[Any]) -> None:
    """Tables of one layout, one after the other, into one file; gzipped when its name says so."""
    writer: pcsv.CSVWriter | None = None
    options = pcsv.WriteOptions(quoting_style="needed")
    with _sink(path) as sink:
        for table in tables:
            writer = writer or pcsv.CSVWriter(sink, table.schema, write_options=options)
            writer.write_table(table)
        if writer is not None:
            writer.close()


def _sink(path: Path) -> IO[bytes]:
    zipped = path.suffix == ".gz"
    return cast(IO[bytes], gzip.open(path, "wb", compresslevel=1)) if zipped else path.open("wb")
