"""What a day says of its prospects is what counting them says."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from headhaul.carriers.choices import Gate
from headhaul.carriers.models import Signal
from headhaul.carriers.selectors import days
from headhaul.carriers.selectors.bar import Bar
from headhaul.carriers.services import tallies, worthiness
from headhaul.kernel import SYSTEM
from tests.factories.market import NOON, TODAY, carrier, signals

pytestmark = pytest.mark.django_db
BAR = Bar(score=55, drivers=3, fleet=0)


@pytest.fixture(autouse=True)
def _market() -> None:
    for dot in range(1, 6):
        carrier(dot, status_code="I" if dot == 5 else "A")
    signals(TODAY - timedelta(days=7), {"dot_number": 1}, {"dot_number": 2, "score_hundredths": 5499})
    shut = {"dot_number": 5, "gate_mask": 1 << Gate.INACTIVE}
    signals(TODAY, {"dot_number": 1}, {"dot_number": 2}, {"dot_number": 3, "n": 2}, {"dot_number": 4}, shut)
    with transaction.atomic():
        tallies.refresh()


def stored() -> int | None:
    current = days.current()
    assert current is not None
    return current.above_bar


def test_every_day_has_its_count() -> None:
    earlier = days.before(TODAY, days=7)
    assert stored() == days.count_above_bar(TODAY, bar=BAR) == 3
    assert earlier is not None
    assert earlier.above_bar == days.count_above_bar(earlier.day, bar=BAR) == 1


def test_a_carrier_let_through_by_hand_counts_at_once() -> None:
    worthiness.override(dot_number=5, reason="A client's sister company", expires_on=None, by=SYSTEM, at=NOON)
    assert stored() == 4
    worthiness.remove_override(dot_number=5, by=SYSTEM, at=NOON)
    assert stored() == 3


def test_a_count_of_another_bar_is_not_believed() -> None:
    current = days.current()
    assert current is not None
    Signal.objects.filter(day=TODAY, dot_number=4).update(score_hundredths=9000)
    assert days.above_bar(current, bar=Bar(score=80, drivers=3, fleet=0)) == 1
    assert days.above_bar(current, bar=Bar(score=55, drivers=3, fleet=41)) == 0
    assert days.above_bar(current, bar=BAR) == 3
