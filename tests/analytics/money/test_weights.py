"""Whatever the journey: shares sum to the whole, and do not depend on the order in which touches are read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headhaul.analytics.attribution.weights import ONE, Model, Moment, shares, split, units

WEEK = timedelta(days=7)
START = datetime(2026, 1, 1, tzinfo=UTC)

moments = st.lists(
    st.builds(
        lambda minutes, rank, key: Moment(START + timedelta(minutes=minutes), rank, str(key)),
        st.integers(0, 400_000) | st.integers(0, 3),
        st.integers(0, 6),
        st.integers(0, 10**6),
    ),
    min_size=1,
    max_size=40,
    unique=True,
)
wholes = st.integers(0, 10**15)
models = st.sampled_from(Model)


@given(models, moments, wholes)
def test_shares_sum_to_the_whole(model: Model, touches: list[Moment], whole: int) -> None:
    found = shares(model, touches, whole=whole, half_life=WEEK)
    assert sum(found) == whole
    assert min(found) >= 0


@given(models, moments)
def test_weights_of_a_conversion_sum_to_one(model: Model, touches: list[Moment]) -> None:
    assert sum(shares(model, touches, whole=ONE, half_life=WEEK)) == ONE


@given(models, moments, wholes, st.randoms())
def test_the_order_of_reading_changes_nothing(model: Model, touches: list[Moment], whole: int, dice: object) -> None:
    mixed = list(touches)
    dice.shuffle(mixed)  # type: ignore[attr-defined]
    before = dict(zip(touches, shares(model, touches, whole=whole, half_life=WEEK), strict=True))
    assert dict(zip(mixed, shares(model, mixed, whole=whole, half_life=WEEK), strict=True)) == before


@given(models, wholes)
def test_a_single_touch_gets_all(model: Model, whole: int) -> None:
    assert shares(model, [Moment(START)], whole=whole, half_life=WEEK) == [whole]


@pytest.mark.parametrize("model", Model)
def test_no_touch_gets_nothing(model: Model) -> None:
    assert shares(model, [], whole=100, half_life=WEEK) == []


@given(wholes, st.lists(st.integers(0, 10**6), min_size=1, max_size=30).filter(any))
def test_each_share_is_less_than_one_from_its_exact_part(whole: int, parts: list[int]) -> None:
    for share, part in zip(split(whole, parts), parts, strict=True):
        assert abs(share - Fraction(whole * part, sum(parts))) < 1


@given(moments)
def test_a_later_touch_never_decays_to_less(touches: list[Moment]) -> None:
    found = units(Model.DECAY, sorted(each.at for each in touches), half_life=WEEK)
    assert found == sorted(found)


def test_the_models_by_hand() -> None:
    days = [Moment(START + timedelta(days=day)) for day in (0, 7, 14, 21)]
    given = {model: shares(model, days, whole=1_000, half_life=WEEK) for model in Model}
    assert given == {
        Model.FIRST: [1_000, 0, 0, 0],
        Model.LAST: [0, 0, 0, 1_000],
        Model.LINEAR: [250, 250, 250, 250],
        Model.POSITION: [400, 100, 100, 400],
        Model.DECAY: [67, 133, 267, 533],  # 1, 2, 4, 8 of 15
    }


def test_what_is_left_over_goes_to_the_largest_remainder_and_of_equals_to_the_earlier() -> None:
    assert split(100, [1, 1, 1]) == [34, 33, 33]
    assert split(10, [1, 2, 3]) == [2, 3, 5]


def test_two_touches_share_a_position_in_half() -> None:
    pair = [Moment(START), Moment(START + WEEK)]
    assert shares(Model.POSITION, pair, whole=101, half_life=WEEK) == [51, 50]
