"""How sure one can be of a median: between which of the ordered values the true one lies."""

from __future__ import annotations

import math

from headhaul.kernel.shares import Z

EXACT_UP_TO = 1_000


def ranks(n: int) -> tuple[int, int] | None:
    """The ranks, from 1, of the values of n that enclose the true median with at least 95 %; None for fewer than 6.

    A value lies below the median with one half, so that how many do is binomial: no form of the distribution is
    assumed and nothing is drawn at random. Beyond a thousand the normal distribution stands for the binomial one.
    """
    if n > EXACT_UP_TO:
        low = math.floor((n + 1 - Z * math.sqrt(n)) / 2)
    else:
        low, below, limit = 0, 1, 0.025 * 2**n  # `below`: in how many of 2^n ways at most `low` values lie below it
        while below <= limit:
            low += 1
            below += math.comb(n, low)
    return (low, n + 1 - low) if low else None
