"""Rosa's people and sequences; mailboxes and numbers of the sandbox."""

from __future__ import annotations

import pytest

from headhaul.compliance.preferences import Firm
from headhaul.kernel import SYSTEM, Actor, Role
from headhaul.outreach.models import Sender
from headhaul.preferences.services.values import save
from tests.factories import outreach
from tests.factories.market import NOON, person


@pytest.fixture(autouse=True)
def firm(db: None) -> None:
    """It has a name and a postal address."""
    values = {"name": "Headhaul Recruiting", "postalAddress": "100 Main St, Dallas, TX 75201"}
    save(section=Firm, values=values, expected_version=0, by=SYSTEM, at=NOON)


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
def senders(db: None) -> list[Sender]:
    """One of the sandbox for each channel."""
    return [outreach.sender("email"), outreach.sender("sms"), outreach.sender("call")]
