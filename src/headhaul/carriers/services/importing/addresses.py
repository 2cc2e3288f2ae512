"""ZIP codes and phone numbers as the files write them, made one."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from headhaul.kernel.places import STATES, zip5

_zip5 = lru_cache(maxsize=50_000)(zip5)


def us_rows(state: pa.Array, country: pa.Array) -> NDArray[np.bool_]:
    """Which addresses are in the United States: the country says so, or is blank and the state is one of ours."""
    here = pc.is_in(country, value_set=pa.array(["US", "USA", "UNITED STATES"]))
    silent = pc.and_(pc.equal(country, ""), pc.is_in(state, value_set=pa.array(sorted(STATES))))
    return np.asarray(pc.or_(here, silent).to_numpy(zero_copy_only=False), dtype=bool)


def zip_codes(text: pa.Array, in_us: NDArray[np.bool_]) -> tuple[pa.Array, pa.Array]:
    """(ZIP as kept, first three digits as a number or null). Foreign and unreadable codes are kept as written."""
    encoded = text.dictionary_encode()
    clean = [_zip5(each) for each in encoded.dictionary.to_pylist()]
    codes = pc.take(pa.array(clean, pa.string()), encoded.indices)
    usable = pc.and_(pa.array(in_us), pc.not_equal(codes, ""))
    zip3 = [int(code[:3]) if code else None for code in clean]
    kept = pc.if_else(usable, codes, text)
    return kept, pc.if_else(usable, pc.take(pa.array(zip3, pa.int16()), encoded.indices), None)


def phones(text: pa.Array, in_nanp: NDArray[np.bool_]) -> pa.Array:
    """North American numbers as E.164; others, and what is no number, as written."""
    digits = pc.replace_substring_regex(text, r"[^0-9]+", "")
    digits = pc.replace_substring_regex(digits, r"^1(\d{10})$", r"\1")
    is_number = pc.match_substring_regex(digits, r"^[2-9]\d{9}$")
    plus = pc.binary_join_element_wise("+1", digits, "")
    return pc.if_else(pc.and_(is_number, pa.array(in_nanp)), plus, text)
