"""Who comes in, for how long, and what the browser is told."""

from __future__ import annotations

import pytest
import time_machine
from django.core import mail
from django.test import Client
from pytest_django import Settings

from headhaul.config.content_security import content_security_policy
from headhaul.config.env import Env, SettingError
from headhaul.config.single_sign_on import oidc_providers
from headhaul.security.models import User

START = 1_800_000_000
HOUR = 3600
PASSWORD = "a long and quiet road"


@pytest.fixture
def rosa(db: None) -> User:
    user = User(email="rosa@example.com", role="rep")
    user.set_password(PASSWORD)
    user.save()
    return user


def _is_in(client: Client) -> bool:
    return client.get("/").status_code != 302


def _sign_in(client: Client, password: str = PASSWORD) -> int:
    return client.post("/auth/login/", {"login": "rosa@example.com", "password": password}).status_code


def test_a_sign_in_ends_after_an_hour_unused(client: Client, rosa: User) -> None:
    with time_machine.travel(START, tick=False) as clock:
        _sign_in(client)
        clock.shift(HOUR - 1)
        assert _is_in(client)
        clock.shift(HOUR - 1)
        assert _is_in(client)
        clock.shift(HOUR + 301)
        assert not _is_in(client)


def test_a_sign_in_ends_after_twelve_hours_however_busy(client: Client, rosa: User) -> None:
    with time_machine.travel(START, tick=False) as clock:
        _sign_in(client)
        for _ in range(24):
            assert _is_in(client)
            clock.shift(HOUR // 2)
        clock.shift(1)
        assert not _is_in(client)


def test_guessing_a_password_is_slowed_down_even_for_the_right_one(client: Client, rosa: User) -> None:
    for _ in range(5):
        _sign_in(client, "wrong")
    assert _sign_in(client) != 302


def test_a_new_session_id_is_given_on_sign_in(client: Client, rosa: User) -> None:
    client.get("/auth/login/")
    before = client.session.session_key
    _sign_in(client)
    assert client.session.session_key != before


def test_a_disabled_user_does_not_come_in(client: Client, rosa: User) -> None:
    User.objects.filter(pk=rosa.pk).update(is_active=False)
    _sign_in(client)
    assert not _is_in(client)


def test_nobody_signs_up_by_themselves(client: Client, db: None) -> None:
    form = {"email": "eve@example.com", "password1": PASSWORD, "password2": PASSWORD}
    client.post("/auth/signup/", form)
    assert not User.objects.filter(email="eve@example.com").exists()


def test_nobody_changes_by_themselves_who_they_are(client: Client, rosa: User) -> None:
    _sign_in(client)
    for then in ("action_add", "action_primary"):
        assert client.post("/auth/email/", {"email": "eve@example.com", then: ""}).status_code == 404
    assert User.objects.get(pk=rosa.pk).email == "rosa@example.com"


def test_a_stranger_cannot_ask_for_a_link_that_sets_a_password(client: Client, rosa: User) -> None:
    assert client.post("/auth/password/reset/", {"email": rosa.email}).status_code == 404
    assert mail.outbox == []


def test_pages_of_somebody_signed_in_are_kept_by_no_cache(client: Client, rosa: User) -> None:
    _sign_in(client)
    assert "no-store" in client.get("/").headers["Cache-Control"]


def test_cookies_are_for_this_site_and_no_script(client: Client, rosa: User) -> None:
    _sign_in(client)
    cookie = client.cookies["headhaul-session"]
    assert (bool(cookie["httponly"]), cookie["samesite"]) == (True, "Lax")


def test_a_company_server_needs_its_credentials() -> None:
    with pytest.raises(SettingError, match="OIDC_CLIENT_ID"):
        oidc_providers(Env({"OIDC_SERVER_URL": "https://login.example.com"}))


def test_a_company_server_is_the_only_other_target_of_forms() -> None:
    providers = oidc_providers(
        Env(
            {
                "OIDC_SERVER_URL": "https://login.example.com/realm/.well-known",
                "OIDC_CLIENT_ID": "headhaul",
                "OIDC_CLIENT_SECRET": "hush",
            }
        )
    )
    assert content_security_policy(providers)["form-action"] == ["'self'", "https://login.example.com"]
    assert content_security_policy({})["form-action"] == ["'self'"]


def test_time_zones_come_from_the_pinned_package(settings: Settings) -> None:
    import zoneinfo

    assert zoneinfo.TZPATH == ()
