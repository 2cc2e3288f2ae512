"""What every test can lean on: a database of this run, and no network but this machine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import settings

from headhaul.preferences.services import values
from tests import no_network, slots
from tests.cast import ada, max_, rosa, vera
from tests.flushing import audit_may_be_emptied

__all__ = ["ada", "audit_may_be_emptied", "max_", "rosa", "vera"]

# A busy machine is no defect of what is tested. The cases are the same in each run, so that a run tells what a change
# did; `--hypothesis-profile=searching` looks for new ones.
settings.register_profile("searching", deadline=None)
settings.register_profile("busy", deadline=None, derandomize=True)
settings.load_profile("busy")

SLOT = slots.take()  # the one that tests/settings.py took


@pytest.fixture(scope="session")
def django_db_createdb() -> Iterator[bool]:
    """Make the database anew when migrations changed or the last run was killed; reuse it otherwise."""
    now = slots.schema_fingerprint()
    yield slots.take_fingerprint(SLOT) != now
    slots.leave_fingerprint(SLOT, now)


@pytest.fixture(autouse=True)
def _settings_anew() -> None:
    """Each test begins without the settings that this process read a moment ago, in another's database."""
    values.forget()


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        no_network.turn_off(patch)
        yield
