"""What every test can lean on: the database of this run, and a network that leads nowhere but this machine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests import slots

SLOT = slots.take()  # the one that tests/settings.py took


@pytest.fixture(scope="session")
def django_db_createdb() -> Iterator[bool]:
    """Make the database anew when migrations changed or the last run was killed; reuse it otherwise."""
    now = slots.schema_fingerprint()
    yield slots.take_fingerprint(SLOT) != now
    slots.leave_fingerprint(SLOT, now)
