"""A small market and browsers in which the cast is signed in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from headhaul.carriers.choices import Gate
from tests.cast import user_named
from tests.factories import market

SignedIn = Callable[[str], Client]


@pytest.fixture
def signed_in(db: None) -> SignedIn:
    """A browser in which somebody of the cast is signed in."""

    def of(name: str) -> Client:
        client = Client()
        client.force_login(user_named(name))
        return client

    return of


@pytest.fixture
def small_market(db: None) -> None:
    """Three carriers on two days: a strong one, a middling one, and one that is out of service."""
    market.carrier(101, legal_name="LONE STAR REEFER LLC", email="OFFICE@EXAMPLE.COM")
    market.carrier(102, legal_name="PRAIRIE FREIGHT INC", phy_state="OK", phone="")
    market.carrier(103, legal_name="SHUT DOWN TRUCKING", status_code="I")
    before = market.TODAY - timedelta(days=7)
    market.signals(before, {"dot_number": 101, "score_hundredths": 7000}, {"dot_number": 102})
    market.signals(
        market.TODAY,
        {"dot_number": 101, "score_hundredths": 8200, "previous_score_hundredths": 7000, "urgency": 2},
        {"dot_number": 102, "score_hundredths": 5600, "is_new": True},
        {"dot_number": 103, "score_hundredths": 5000, "gate_mask": 1 << Gate.INACTIVE},
    )
