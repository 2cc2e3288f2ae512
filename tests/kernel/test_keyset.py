from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headhaul.kernel import InvalidData
from headhaul.kernel.keyset import decode_cursor, encode_cursor


@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(-(2**62), 2**62), st.dates())
def test_a_cursor_comes_back_as_it_went(score: float, dot: int, day: date) -> None:
    cursor = encode_cursor("score", [score, dot, day])
    assert decode_cursor(cursor, sort="score", types=[float, int, date]) == [score, dot, day]


@given(st.text(max_size=80))
def test_a_forged_cursor_is_refused_and_names_the_field(cursor: str) -> None:
    with pytest.raises(InvalidData) as refusal:
        decode_cursor(cursor, sort="score", types=[float, int])
    assert "cursor" in refusal.value.fields


def test_a_cursor_of_another_sort_is_refused() -> None:
    with pytest.raises(InvalidData):
        decode_cursor(encode_cursor("name", ["A", 1]), sort="score", types=[str, int])


@pytest.mark.parametrize("part", ["x\x00y", 2**70, True, [1], {"a": 1}])
def test_a_cursor_part_of_another_type_is_refused(part: object) -> None:
    kind = str if isinstance(part, str) else int
    with pytest.raises(InvalidData):
        decode_cursor(encode_cursor("s", [part]), sort="s", types=[kind])
