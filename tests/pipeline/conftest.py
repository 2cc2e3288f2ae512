"""A carrier that became an account, its people, and those who work the pipeline."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from headhaul.accounts.models import Account, Contact
from headhaul.accounts.services.opening import open_from_signal
from headhaul.kernel import SYSTEM, Actor, Role
from tests.factories.market import NOON, TODAY, carrier, no_signals, person, signals
from tests.pipeline.doing import do


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
def account(rosa: Actor) -> Account:
    """Rosa's account of a carrier with a signal of today."""
    carrier(101, legal_name="LONE STAR REEFER LLC")
    signals(TODAY, {"dot_number": 101, "score_hundredths": 8200, "n": 20})
    return open_from_signal(dot_number=101, day=TODAY, owner_id=rosa.user_id, at=NOON, by=SYSTEM).account


@pytest.fixture
def contact(account: Account) -> Contact:
    """Who decides there."""
    return Contact.objects.create(account=account, name="Dana Diaz", created_at=NOON, updated_at=NOON)


@pytest.fixture
def opened(account: Account, rosa: Actor) -> Callable[..., Any]:
    """Opens an opportunity of Rosa's with what is said."""

    def of(**data: Any) -> Any:
        return do("createOpportunity", rosa, accountId=account.pk, **data)

    return of
