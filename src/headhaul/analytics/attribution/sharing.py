"""The shares of `weights` in SQL, for millions of touches: the same whole numbers, to the cent.

The row set they are asked on has `n` (the place of a touch in its conversion, from 1), `many` (how many there are) and,
for time decay, `u` (its units) and `total` (of all of them).
"""

from __future__ import annotations

from headhaul.analytics.attribution.weights import DECAY_UNITS, Model

FITS = (2**63 - 1) // DECAY_UNITS  # what may be multiplied by the units without leaving bigint


def units(last: str, at: str, half_life_seconds: str) -> str:
    """Units of time decay; round() of a double goes to the even number, as Python's does."""
    return (
        f"round(power(2.0::float8, -(extract(epoch from {last} - {at})::float8) / {half_life_seconds}::float8)"
        f" * {DECAY_UNITS})::bigint"
    )


def share(model: Model, whole: str) -> str:
    """What a touch gets of `whole`; of time decay by `decay_left` and `decay_floor`, see below."""
    equal = f"{whole} / many + (n <= mod({whole}, many))::int"
    match model:
        case Model.FIRST:
            return f"case when n = 1 then {whole} else 0 end"
        case Model.LAST:
            return f"case when n = many then {whole} else 0 end"
        case Model.LINEAR:
            return equal
        case Model.POSITION:
            return f"case when many <= 2 then {equal} else {_position(whole)} end"
    raise ValueError("time decay needs two readings of the touches")


def _position(whole: str) -> str:
    """Ends have 2 (many − 2) units, those between 1, of 5 (many − 2): at most three remainders to be ranked."""
    inside = "(many - 2)"
    end, middle = f"({whole} * 2 / 5)", f"({whole} / (5 * {inside}))"
    end_left, middle_left = f"(mod({whole} * 2, 5) * {inside})", f"mod({whole}, 5 * {inside})"
    left = f"({whole} - 2 * {end} - {inside} * {middle})"
    is_end = "(n = 1 or n = many)"
    rank = (
        f"case when {end_left} = {middle_left} then n"
        f" when {end_left} > {middle_left} then case when n = 1 then 1 when n = many then 2 else n + 1 end"
        f" else case when n = 1 then many - 1 when n = many then many else n - 1 end end"
    )
    return f"(case when {is_end} then {end} else {middle} end + ({rank} <= {left})::int)"


def decay_floor(whole: str) -> str:
    """The whole part of what time decay gives."""
    return f"case when {whole} <= {FITS} then {whole} * u / total else div({whole}::numeric * u, total)::bigint end"


def decay_left(whole: str) -> str:
    """The remainder of it."""
    return f"case when {whole} <= {FITS} then mod({whole} * u, total) else mod({whole}::numeric * u, total)::bigint end"
