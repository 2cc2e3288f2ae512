"""Who knocks at the door: headers and cookies for each of the cast."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.test import Client

from headhaul.security.models import User
from tests.cast import token_of, user_named


def bearer(secret: str) -> dict[str, str]:
    """The header of a program."""
    return {"Authorization": f"Bearer {secret}"}


def as_token(name: str, *, scopes: list[str] | None = None) -> dict[str, str]:
    """A fresh token of somebody of the cast."""
    return bearer(token_of(user_named(name), scopes=scopes))


def as_browser(name: str, *, csrf: bool = True) -> dict[str, str]:
    """A signed-in browser of somebody of the cast, with or without the CSRF header."""
    return browser_of(user_named(name), csrf=csrf)


def browser_of(user: User, *, csrf: bool = True) -> dict[str, str]:
    """A signed-in browser of a user."""
    client = Client()
    client.force_login(user)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    secret = "c" * 32
    headers = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={secret}"}
    return headers | ({"X-CSRFToken": secret} if csrf else {})


def as_expired_token(name: str) -> dict[str, str]:
    """A token that has lived its day."""
    return bearer(token_of(user_named(name), at=datetime.now(UTC) - timedelta(days=2)))
