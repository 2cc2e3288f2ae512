"""A part of a number, with how sure one can be of it, or that there are too few to say."""

from __future__ import annotations

from headhaul.kernel.shares import wilson
from headhaul.outreach.schemas.reports import Rate


def rate(part: int, n: int, *, enough: int) -> Rate:
    """`part` of `n`. Without any there is no range either."""
    if not n:
        return Rate(part=part, n=0, percent=None, low=None, high=None, is_enough=False)
    low, high = wilson(part / n, n)
    percent = round(100 * part / n, 2) if n >= enough else None
    return Rate(
        part=part, n=n, percent=percent, low=round(100 * low, 2), high=round(100 * high, 2), is_enough=n >= enough
    )
