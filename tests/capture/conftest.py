"""A fair in Dallas, a reefer fleet that drivers fit, and those who take leads down."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from headhaul.kernel import Actor, Role
from headhaul.preferences.services import values
from tests.capture.doing import do
from tests.factories.market import TODAY, carrier, no_signals, person, signals

WORDING = "I agree to be contacted about drivers."


@pytest.fixture(autouse=True)
def _fresh_settings() -> Iterator[None]:
    values.forget()
    yield
    values.forget()


@pytest.fixture
def vera(db: None) -> Actor:
    return person("Vera", Role.VIEWER)


@pytest.fixture
def rosa(db: None) -> Actor:
    return person("Rosa", Role.REP)


@pytest.fixture
def rick(db: None) -> Actor:
    return person("Rick", Role.REP)


@pytest.fixture
def max_(db: None) -> Actor:
    return person("Max", Role.MANAGER)


@pytest.fixture
def ada(db: None) -> Actor:
    return person("Ada", Role.ADMIN)


@pytest.fixture
def signals_are_dropped(db: None) -> Iterator[None]:
    """For tests that really commit: the flush after them does not know the days' partitions."""
    no_signals()
    yield
    no_signals()


@pytest.fixture
def fair(max_: Actor) -> Any:
    """Max's fair, at which people agree to something."""
    return do(
        "saveCaptureEvent",
        max_,
        name="Dallas Trucking Show",
        kind="trade_show",
        city="Dallas",
        state="TX",
        startsOn="2026-11-19",
        endsOn="2026-11-21",
        consentWording=WORDING,
    )


@pytest.fixture
def hot_carrier(db: None) -> int:
    """A carrier with a strong signal, many trucks and many drivers close by."""
    carrier(101, legal_name="LONE STAR REEFER LLC", effective_units=300, power_units=300, segment="mid_market")
    signals(TODAY, {"dot_number": 101, "score_hundredths": 9200, "n": 60, "near": 45, "fit": 57_000})
    return 101
