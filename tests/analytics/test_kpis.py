"""The dashboard's numbers equal the rows behind them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from headhaul.accounts.choices import AccountSource
from headhaul.accounts.models import Account
from headhaul.accounts.services.opening import open_from_signal
from headhaul.actions import dispatch
from headhaul.carriers.models import Signal
from headhaul.carriers.preferences import Prospects
from headhaul.kernel import SYSTEM, Actor
from headhaul.preferences.services.values import save
from tests.accounts.conftest import rosa, vera
from tests.factories.market import NOON, TODAY, carrier, signals

__all__ = ["rosa", "vera"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def market(rosa: Actor) -> None:
    for dot in range(1, 9):
        carrier(dot)
    signals(TODAY - timedelta(days=8), *({"dot_number": dot, "score_hundredths": 5600} for dot in range(1, 4)))
    signals(
        TODAY,
        *({"dot_number": dot, "score_hundredths": 5600, "is_spike": dot == 1} for dot in range(1, 6)),
        {"dot_number": 6, "score_hundredths": 9000, "n": 2},
        {"dot_number": 7, "score_hundredths": 9000, "gate_mask": 1},
        {"dot_number": 8, "score_hundredths": 5400},
    )
    for dot, days in ((1, 1), (2, 2), (3, 9), (4, 40)):
        open_from_signal(
            dot_number=dot,
            source=AccountSource.AUTO_PROSPECTED,
            owner_id=rosa.user_id if dot == 1 else None,
            at=NOON - timedelta(days=days),
            by=SYSTEM,
        )
    Account.objects.filter(dot_number=2).update(status="client")


def kpis(actor: Actor, **data: Any) -> dict[str, Any]:
    answer = dispatch("getDashboardKPIs", data, actor=actor, at=NOON, door="http").payload
    return {item.key: item for item in answer.items}


def test_each_number_has_its_former_value(market: None, vera: Actor) -> None:
    found = kpis(vera)
    assert {key: (item.value, item.previous) for key, item in found.items()} == {
        "prospects": (5, 3),
        "carriersMatched": (8, 3),
        "drivers": (40, 40),
        "spikes": (0, 0),
        "newAccounts": (2, 1),
        "unownedAccounts": (2, None),
        "targetAccounts": (3, None),
        "prospectingAccounts": (0, None),
        "clientAccounts": (1, None),
    }
    assert found["prospects"].as_of == NOON


def test_a_wider_range_counts_further_back(market: None, vera: Actor) -> None:
    found = kpis(vera, range=30)
    assert (found["newAccounts"].value, found["newAccounts"].previous) == (3, 1)
    assert found["prospects"].previous is None


def test_every_number_opens_as_many_rows(market: None, vera: Actor) -> None:
    for item in kpis(vera).values():
        if item.link is None or item.key == "spikes":
            continue
        rows = dispatch(item.link.action, item.link.data, actor=vera, at=NOON, door="http").payload
        assert len(rows.items) == item.value, item.key


def test_fleets_below_the_smallest_are_no_prospects(market: None, vera: Actor) -> None:
    Signal.objects.filter(day=TODAY, dot_number__in=[1, 2]).update(units=1)
    save(section=Prospects, values={"smallestFleet": 2}, expected_version=0, by=SYSTEM, at=NOON)
    item = kpis(vera)["prospects"]
    rows = dispatch("listSignals", item.link.data, actor=vera, at=NOON, door="http").payload
    assert item.value == len(rows.items) == 3


def test_an_empty_house_shows_noughts(vera: Actor) -> None:
    assert {item.value for item in kpis(vera).values()} == {0}
