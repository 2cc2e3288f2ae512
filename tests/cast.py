"""People everyone knows: Vera views, Rosa reps, Max manages, Ada administers. Each as user, actor and token."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from headhaul.kernel import SYSTEM, Actor, Role
from headhaul.security.actors import actor_of
from headhaul.security.models import User
from headhaul.security.services import tokens

NOON = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
PASSWORD = "long-haul-and-no-detours"
ROLES = {"vera": Role.VIEWER, "rosa": Role.REP, "max": Role.MANAGER, "ada": Role.ADMIN}


def user_named(name: str) -> User:
    """The user of the cast, made when first asked for."""
    email = f"{name}@example.com"
    found = User.objects.filter(email=email).first()
    return found or User.objects.create_user(email, PASSWORD, name=name.capitalize(), role=ROLES[name])


def actor_named(name: str) -> Actor:
    """Somebody of the cast as an actor."""
    return actor_of(user_named(name))


def token_of(user: User, *, scopes: list[str] | None = None, at: datetime | None = None) -> str:
    """The secret of a new API token that acts for the user, good for a day."""
    at = at or datetime.now(UTC)
    return tokens.create(user=user, name="test", scopes=scopes, life=timedelta(days=1), by=SYSTEM, at=at)[1]


@pytest.fixture
def vera(db: None) -> Actor:
    """A viewer."""
    return actor_named("vera")


@pytest.fixture
def rosa(db: None) -> Actor:
    """A rep."""
    return actor_named("rosa")


@pytest.fixture
def max_(db: None) -> Actor:
    """A manager."""
    return actor_named("max")


@pytest.fixture
def ada(db: None) -> Actor:
    """An administrator."""
    return actor_named("ada")
