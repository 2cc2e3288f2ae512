"""Between which of the ordered values the true median lies."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headhaul.kernel.medians import EXACT_UP_TO, ranks


@pytest.mark.parametrize(
    ("n", "expected"),
    [
        (0, None), (1, None), (5, None), (6, (1, 6)), (8, (1, 8)), (9, (2, 8)), (25, (8, 18)), (50, (18, 33)),
        (100, (40, 61)),
    ],
)  # fmt: skip
def test_the_ranks_are_those_of_the_book(n: int, expected: tuple[int, int] | None) -> None:
    assert ranks(n) == expected


def coverage(n: int, low: int, high: int) -> float:
    return sum(math.comb(n, k) for k in range(low, high)) / 2**n


@given(st.integers(6, EXACT_UP_TO))
def test_they_enclose_it_with_95_percent_and_no_narrower_pair_does(n: int) -> None:
    found = ranks(n)
    assert found is not None
    low, high = found
    assert low + high == n + 1
    assert coverage(n, low, high) >= 0.95
    if low + 1 < high - 1:
        assert coverage(n, low + 1, high - 1) < 0.95


@given(st.integers(EXACT_UP_TO + 1, 5_000))
def test_beyond_a_thousand_the_normal_one_is_as_wide(n: int) -> None:
    found = ranks(n)
    assert found is not None
    assert 0.949 <= coverage(n, *found) <= 0.9575


def test_of_many_samples_95_percent_enclose_the_median_whatever_the_distribution() -> None:
    dice, held = random.Random(7), 0
    for _ in range(2_000):
        values = sorted(dice.expovariate(math.log(2)) for _ in range(40))  # their median is 1
        low, high = ranks(40) or (0, 0)
        held += values[low - 1] <= 1 <= values[high - 1]
    assert 0.94 <= held / 2_000 <= 0.98
