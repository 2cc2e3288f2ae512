"""Nothing of another test's rules is remembered, and a few records to try them on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from headhaul.accounts.models import Account
from headhaul.kernel import Actor
from headhaul.pipeline.models import Opportunity
from headhaul.pipeline.services.rules import interest
from tests.pipeline.rules.doing import account, opportunity


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    interest.forget()
    yield
    interest.forget()


@pytest.fixture
def blue_mesa(rosa: Actor) -> Account:
    """Rosa's account."""
    return account("Blue Mesa", rosa)


@pytest.fixture
def deal(blue_mesa: Account, rosa: Actor) -> Opportunity:
    """Rosa's opportunity with Blue Mesa, in prospecting."""
    return opportunity(blue_mesa, rosa)
