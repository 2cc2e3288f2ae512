"""Two reps who call."""

from __future__ import annotations

import pytest

from headhaul.kernel import Actor, Role
from tests.factories.market import person


@pytest.fixture
def rick(db: None) -> Actor:
    """A second rep."""
    return person("Rick", Role.REP)
