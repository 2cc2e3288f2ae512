"""The cast, and no signals of an earlier test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from headhaul.preferences.services import values
from tests.accounts.conftest import max_, rick, rosa, vera
from tests.factories.market import no_signals

__all__ = ["max_", "rick", "rosa", "vera"]


@pytest.fixture(autouse=True)
def _clean(transactional_db: None) -> Iterator[None]:
    no_signals()
    values.forget()
    yield
    values.forget()
    no_signals()
