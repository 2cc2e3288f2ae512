"""The frame around every page: theme and zone from cookies, the rail by role, refusals as pages and toasts."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpResponse
from django.test import Client, RequestFactory

from headhaul.compliance.gate import Refused
from headhaul.compliance.ports import Decision
from headhaul.console.ui import navigation
from headhaul.console.ui.middleware import AppErrorPages
from headhaul.console.ui.shell import Shell, reader_zone
from headhaul.kernel import Role
from tests.cast import user_named

pytestmark = pytest.mark.django_db


@pytest.fixture
def rosa_at_work() -> Client:
    """A browser in which Rosa is signed in."""
    client = Client()
    client.force_login(user_named("rosa"))
    return client


def test_nobody_sees_a_page_without_signing_in() -> None:
    for path in ("/", "/signals/", "/accounts/", "/what-if/", "/search", "/profile/", "/gallery/"):
        answer = Client().get(path)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/auth/login/")


@pytest.mark.parametrize(
    ("cookie", "root"),
    [
        ("dark", '<html lang="en" data-theme="dark" data-rail="wide">'),
        ("light", '<html lang="en" data-theme="light" data-rail="wide">'),
        ("", '<html lang="en" data-rail="wide">'),
        ('x" onload="', '<html lang="en" data-rail="wide">'),
    ],
)
def test_the_theme_is_in_the_first_bytes(rosa_at_work: Client, cookie: str, root: str) -> None:
    rosa_at_work.cookies["theme"] = cookie
    assert root in rosa_at_work.get("/profile/").content.decode()


@pytest.mark.parametrize(
    ("cookie", "zone"),
    [("America%2FChicago", "America/Chicago"), ("../../etc/passwd", "UTC"), ("Nowhere/At-all", "UTC"), ("", "UTC")],
)
def test_only_a_zone_that_exists_is_believed(cookie: str, zone: str) -> None:
    request = RequestFactory().get("/")
    request.COOKIES["zone"] = cookie
    assert str(reader_zone(request)) == (zone if zone != "UTC" else str(UTC))


def test_the_rail_shows_what_the_role_reaches() -> None:
    labels = {role: {place.label for place in navigation.places(role)} for role in Role}
    assert {"Dashboard", "Signals", "What-if", "Accounts"} <= labels[Role.VIEWER]
    assert labels[Role.VIEWER] <= labels[Role.REP] <= labels[Role.MANAGER] <= labels[Role.ADMIN]
    assert navigation.places(None) == []


def test_a_refusal_is_a_page_with_its_own_status(rosa_at_work: Client) -> None:
    answer = rosa_at_work.get("/accounts/987654321/")
    assert answer.status_code == 404
    assert "Nothing was changed." in answer.content.decode()


def test_a_refusal_is_a_toast_for_htmx(rosa_at_work: Client) -> None:
    answer = rosa_at_work.post("/accounts/987654321/ownership", headers={"HX-Request": "true"})
    assert answer.status_code == 404
    assert answer["HX-Reswap"] == "none"
    assert json.loads(answer["HX-Trigger"])["toast"]["tone"] == "bad"


@pytest.mark.parametrize("is_htmx", [True, False])
def test_a_rule_that_says_no_says_it_by_the_readers_clock(is_htmx: bool) -> None:
    request = RequestFactory().get("/", headers={"HX-Request": "true"} if is_htmx else {})
    request.user, request.session = user_named("rosa"), SessionStore()
    request.COOKIES["zone"] = "America%2FChicago"
    opens = datetime(2026, 11, 30, 14, tzinfo=UTC)
    no = Decision(allowed=False, reason="It is before 8 in the morning there.", rule="hours", next_allowed_at=opens)
    answer = AppErrorPages(lambda _: HttpResponse()).process_exception(request, Refused(no))
    assert answer is not None
    said = json.loads(answer["HX-Trigger"])["toast"]["text"] if is_htmx else answer.content.decode()
    assert "It is before 8 in the morning there. Possible from 30 Nov 2026, 08:00 CST." in said
    assert "nextAllowedAt" not in said
    assert "2026-11-30T" not in said


def test_an_unknown_address_is_answered_in_the_frame(rosa_at_work: Client) -> None:
    answer = rosa_at_work.get("/no-such-page")
    assert answer.status_code == 404
    assert "There is no such page" in answer.content.decode()


def test_a_session_that_ended_sends_htmx_to_sign_in() -> None:
    answer = Client().get("/", headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert answer["HX-Redirect"] == "/auth/login/"


def test_the_frame_knows_which_page_it_is(rosa_at_work: Client) -> None:
    page = rosa_at_work.get("/accounts/").content.decode()
    assert page.count('aria-current="page"') == 2  # in the rail, and in the bar of phones


def test_the_shell_of_a_stranger_allows_nothing() -> None:
    shell = Shell(RequestFactory().get("/"))
    assert not shell.allows("viewer")
    assert shell.main == []


def test_the_gallery_shows_every_component(rosa_at_work: Client) -> None:
    page = rosa_at_work.get("/gallery/").content.decode()
    for sign in ("Blue Mesa", "Why this score", "Not enough data yet", "tile-map", "Show as table"):
        assert sign in page
