"""An account with people, and more of the cast than usual: Rick and Lea rep too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from headhaul.accounts.models import Account, AccountPulse, AccountScore, Contact, ContactEmail, ContactPhone
from headhaul.actions import dispatch
from headhaul.kernel import Actor, Role
from tests.cast import NOON
from tests.factories.market import person

Do = Callable[..., Any]


def do(name: str, actor: Actor, /, at: Any = NOON, **data: Any) -> Any:
    """The payload of an action's reply, asked for over HTTP's door."""
    return dispatch(name, data, actor=actor, at=at, door="http").payload


def replied(name: str, actor: Actor, /, at: Any = NOON, **data: Any) -> Any:
    """The whole reply, with its undoId."""
    return dispatch(name, data, actor=actor, at=at, door="http")


def account_named(name: str, **fields: Any) -> Account:
    """An account as the rooms below make one: with score and pulse."""
    at = fields.pop("at", NOON)
    made = Account.objects.create(name=name, created_at=at, updated_at=at, **fields)
    AccountScore.objects.create(account=made)
    AccountPulse.objects.create(account=made, last_activity_at=at)
    return made


def contact_at(account: Account, name: str, *, email: str = "", phone: str = "", **fields: Any) -> Contact:
    """Somebody at the account."""
    made = Contact.objects.create(account=account, name=name, created_at=NOON, updated_at=NOON, **fields)
    if email:
        ContactEmail.objects.create(contact=made, address=email, is_primary=True)
    if phone:
        ContactPhone.objects.create(contact=made, number=phone, is_primary=True)
    return made


@pytest.fixture
def rick(db: None) -> Actor:
    """A second rep."""
    return person("Rick Stone", Role.REP, timezone="America/Chicago")


@pytest.fixture
def account(db: None) -> Account:
    """A carrier we talk to."""
    return account_named("Lone Star Reefer", phone_key="+12145550100", email="Office@lonestar.example")


@pytest.fixture
def dana(account: Account) -> Contact:
    """Their director of recruiting."""
    return contact_at(
        account,
        "Dana Ortiz",
        email="dana@lonestar.example",
        phone="+12145550111",
        timezone="America/Chicago",
        timezone_source="zip",
        timezone_confidence="high",
    )
