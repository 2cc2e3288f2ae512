"""The ranked list, and finding things by number and name."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from headhaul.accounts.choices import AccountSource
from headhaul.accounts.models import Account
from headhaul.accounts.selectors.searching import starting_with
from headhaul.accounts.services.opening import open_from_signal
from headhaul.actions import dispatch
from headhaul.carriers.choices import Equipment
from headhaul.kernel import SYSTEM, Actor
from tests.factories.market import NOON, TODAY, carrier, signals

pytestmark = pytest.mark.django_db


def do(name: str, actor: Actor, /, **data: Any) -> Any:
    return dispatch(name, data, actor=actor, at=NOON, door="http").payload


@pytest.fixture
def market(rosa: Actor) -> None:
    carrier(101, legal_name="ALPHA FREIGHT", phy_city="AUSTIN")
    carrier(1012, legal_name="BRAVO FREIGHT", phy_state="PA", equipment_primary=1 << Equipment.FLATBED)
    carrier(2101, legal_name="CHARLIE LINES", dba_name="ZZ TOP HAUL")
    carrier(3, legal_name="DELTA CLIENT FREIGHT")
    carrier(840001, legal_name="FOXTROT")
    carrier(5, legal_name="GOLF 840 INC")
    carrier(4, legal_name="ECHO REVOKED FREIGHT")
    signals(TODAY - timedelta(days=31), {"dot_number": 101, "score_hundredths": 3000, "n": 4})
    signals(
        TODAY,
        {
            "dot_number": 101,
            "score_hundredths": 7000,
            "previous_score_hundredths": 6000,
            "previous_n": 9,
            "is_spike": True,
        },
        {"dot_number": 1012, "score_hundredths": 8000, "by_equipment": [0, 3, 12, 0, 0, 0, 0, 0, 0, 0]},
        {"dot_number": 2101, "score_hundredths": 6500},
        {"dot_number": 3, "score_hundredths": 9000},
        {"dot_number": 4, "score_hundredths": 9900, "gate_mask": 1},
    )
    open_from_signal(dot_number=3, at=NOON, by=SYSTEM)
    Account.objects.filter(dot_number=3).update(status="client")
    open_from_signal(
        dot_number=101, at=NOON, by=SYSTEM, owner_id=rosa.user_id, source=AccountSource.AUTO_PROSPECTED, day=TODAY
    )


def test_prospects_are_ranked_without_clients_and_unworthy_carriers(market: None, vera: Actor) -> None:
    top = do("getTopProspects", vera)
    assert top.day == TODAY
    assert [item.dot_number for item in top.items] == [1012, 101, 2101]
    assert [item.is_new_this_week for item in top.items] == [False, True, False]
    assert top.items[0].equipment == ["flatbed", "reefer"]
    assert top.items[1].owner.name == "Rosa"
    assert top.items[1].reasons


@pytest.mark.parametrize(
    ("filters", "dots"),
    [({"state": "PA"}, [1012]), ({"equipment": "flatbed"}, [1012]), ({"owner": "me"}, [101]), ({"limit": 1}, [1012])],
)
def test_filters_of_the_ranked_list(market: None, rosa: Actor, filters: dict[str, Any], dots: list[int]) -> None:
    assert [item.dot_number for item in do("getTopProspects", rosa, **filters).items] == dots


def test_a_longer_range_compares_with_an_older_day(market: None, vera: Actor) -> None:
    week, month = (do("getTopProspects", vera, range=days).items[1] for days in (7, 30))
    assert (week.previous_score, week.previous_driver_count) == (60.0, 9)
    assert (month.previous_score, month.previous_driver_count) == (30.0, 4)


def test_without_signals_the_list_is_empty(vera: Actor) -> None:
    assert do("getTopProspects", vera).items == []


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("101", [("account", 101), ("carrier", 1012)]),
        ("0101", [("account", 101), ("carrier", 1012)]),
        ("freight", [("account", 101), ("account", 3), ("carrier", 4), ("carrier", 1012)]),
        ("bravo", [("carrier", 1012)]),
        ("zz top", [("carrier", 2101)]),
        ("al", [("account", 101)]),
        ("100%", []),
        ("99999999", []),
        ("0", []),
        ("84", [("carrier", 840001)]),
        ("840", [("carrier", 840001), ("carrier", 5)]),
    ],
)
def test_search_finds_numbers_and_names(market: None, vera: Actor, words: str, found: list[tuple[str, int]]) -> None:
    assert [(hit.kind, hit.dot_number) for hit in do("search", vera, q=words).items] == found


def test_first_digits_become_ranges() -> None:
    assert starting_with(158) == [
        (158, 158), (1580, 1589), (15800, 15899), (158000, 158999), (1580000, 1589999), (15800000, 15899999)
    ]  # fmt: skip
