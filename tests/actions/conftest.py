"""The sample actions exist in every test of this room."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from headhaul import compliance
from headhaul.actions.services import limits
from headhaul.preferences.services import values
from tests.actions.samples import sample_actions


@pytest.fixture(autouse=True)
def _samples() -> Iterator[None]:
    with sample_actions():
        yield


@pytest.fixture(autouse=True)
def _clean_process() -> Iterator[None]:
    """No lease, no remembered setting and no rule set outlives a test."""
    before = compliance.install(None)
    yield
    compliance.install(before)
    limits.forget()
    values.forget()
