"""Who asks for figures."""

from __future__ import annotations

import pytest

from headhaul.kernel import Actor, Role
from tests.factories.market import person


@pytest.fixture
def vera(db: None) -> Actor:
    return person("Vera", Role.VIEWER)


@pytest.fixture
def rosa(db: None) -> Actor:
    return person("Rosa", Role.REP)


@pytest.fixture
def max_(db: None) -> Actor:
    return person("Max", Role.MANAGER)
