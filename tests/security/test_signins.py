"""Sign-ins are in the log, without what was typed."""

from __future__ import annotations

import logging

import pytest
from django.test import Client

from tests.cast import PASSWORD, user_named

pytestmark = pytest.mark.django_db


def test_a_sign_in_and_a_refused_one_are_logged(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    rosa = user_named("rosa")
    with caplog.at_level(logging.INFO, logger="headhaul.security.signins"):
        client.post("/auth/login/", {"login": "rosa@example.com", "password": "guessed-and-wrong"})
        client.post("/auth/login/", {"login": "Rosa@Example.com", "password": PASSWORD})
    said = [record.getMessage() for record in caplog.records if record.name == "headhaul.security.signins"]
    assert said == ["a sign-in from 127.0.0.1 was refused", f"user {rosa.pk} signed in from 127.0.0.1"]
    assert "guessed-and-wrong" not in caplog.text
    assert "rosa@example.com" not in " ".join(said)


def test_a_deactivated_user_does_not_get_in(client: Client) -> None:
    rosa = user_named("rosa")
    rosa.is_active = False
    rosa.save()
    client.post("/auth/login/", {"login": "rosa@example.com", "password": PASSWORD})
    assert client.get("/admin/permissions/").status_code == 302
