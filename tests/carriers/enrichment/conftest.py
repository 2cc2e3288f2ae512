"""FMCSA's service on this machine, set as the one to ask."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django import Settings

from headhaul.carriers.preferences import FmcsaLookups
from headhaul.kernel import SYSTEM, Actor, Role
from headhaul.preferences.services import values
from tests.factories.market import NOON, person
from tests.fakes.qcmobile_server import WEB_KEY, QcMobileServer, captured


@pytest.fixture
def fmcsa(db: None, settings: Settings) -> Iterator[QcMobileServer]:
    with QcMobileServer() as running:
        settings.FMCSA_WEB_KEY = WEB_KEY
        settings.FMCSA_BASE_URL = running.base_url
        hasty = {"attempts": 1, "requestsPerSecond": 50}
        version = values.get_stored(FmcsaLookups, fresh=True).version
        values.save(section=FmcsaLookups, values=hasty, expected_version=version, by=SYSTEM, at=NOON)
        values.forget()
        yield running
        values.forget()


@pytest.fixture
def rosa(db: None) -> Actor:
    return person("Rosa", Role.REP)


def record(**changes: Any) -> dict[str, Any]:
    """A main record with some fields changed."""
    main: dict[str, Any] = captured("carriers_158121")["content"]["carrier"]
    return {"carrier": main | changes}


def fact(found: Any, name: str) -> Any:
    """A fact by its name as (value, source), or None when nobody says it."""
    return next(((each.value, each.source) for each in found.facts if each.name == name), None)
