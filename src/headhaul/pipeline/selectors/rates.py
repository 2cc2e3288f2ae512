"""A share with how sure one can be of it."""

from __future__ import annotations

from headhaul.kernel.shares import wilson
from headhaul.pipeline.schemas.conversions import Share


def share(part: float, whole: float, *, n: int) -> Share:
    """`part` of `whole` in percent with Wilson's 95 % interval; without any there is no percentage."""
    if not whole:
        return Share(percent=None, low=None, high=None, n=n)
    low, high = wilson(part / whole, whole)
    return Share(percent=round(100 * part / whole, 2), low=round(100 * low, 2), high=round(100 * high, 2), n=n)


def share_by_value(won: int, lost: int, squares: float, *, n: int) -> Share:
    """Money won of money decided. A few large deals say less than many small ones: the interval is as wide as that of
    (Σ amount)² ÷ Σ amount² deals of one size (Kish's effective size)."""
    total = won + lost
    if not total:
        return Share(percent=None, low=None, high=None, n=n)
    low, high = wilson(won / total, total**2 / squares)
    return Share(percent=round(100 * won / total, 2), low=round(100 * low, 2), high=round(100 * high, 2), n=n)
