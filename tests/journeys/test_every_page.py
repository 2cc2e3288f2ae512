"""Every page, at every size and colour scheme: usable with assistive technology, silent, and steady."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.axe import serious_violations
from tests.journeys.conftest import OpenAs
from tests.journeys.looks import EVERY_LOOK, LOOKS, Look
from tests.journeys.watch import Watch, breaches, scrolls_sideways, settle, shift

GOOD_SHIFT = 0.1  # what web vitals call good

PAGES = {
    "dashboard": "/",
    "dashboard, filtered": "/?state=TX&range=30",
    "signals": "/signals/",
    "signals, nothing found": "/signals/?state=HI&min_score=100",
    "what-if": "/what-if/",
    "accounts": "/accounts/",
    "new account": "/accounts/new",
    "profile": "/profile/",
    "search": "/search?q=truck",
    "gallery": "/gallery/",
    "jobs": "/admin/jobs/",
    "people": "/admin/people/",
    "tokens": "/admin/tokens/",
    "permissions": "/admin/permissions/",
    "audit": "/admin/audit/",
    "settings": "/admin/settings/",
}


def check(page: Page) -> None:
    """What every page owes its readers."""
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    expect(page.get_by_role("main")).to_have_count(1)
    assert page.title().endswith("Headhaul")
    assert serious_violations(page) == []
    assert breaches(page) == []
    assert not scrolls_sideways(page)
    assert shift(page) < GOOD_SHIFT


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES.keys())
def test_a_page_is_accessible_silent_and_steady(open_as: OpenAs, path: str, look: Look) -> None:
    page = open_as("admin", path, look=look)
    settle(page)
    check(page)


@pytest.mark.parametrize("look", EVERY_LOOK, ids=lambda look: look.name)
def test_a_carrier_page_is_accessible_silent_and_steady(open_as: OpenAs, look: Look) -> None:
    page = open_as("rep", "/signals/", look=look)
    page.get_by_role("main").locator("a[href^='/carriers/']").first.click()
    settle(page)
    check(page)


@pytest.mark.parametrize("look", EVERY_LOOK, ids=lambda look: look.name)
def test_the_sign_in_page_is_accessible_silent_and_steady(open_as: OpenAs, look: Look) -> None:
    page = open_as(None, "/", look=look)
    settle(page)
    check(page)


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_an_address_that_is_none_of_ours_says_so(open_as: OpenAs, watch: Watch, look: Look) -> None:
    with watch.expecting(404):
        page = open_as("viewer", "/no-such-page", look=look)
        settle(page)
        check(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("There is no such page")
