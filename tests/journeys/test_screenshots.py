"""The pictures of the README, made anew with HEADHAUL_SCREENSHOTS=1."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.journeys.conftest import OpenAs
from tests.journeys.looks import DESKTOP, DESKTOP_DARK, PHONE, Look
from tests.journeys.watch import settle

FOLDER = Path(__file__).parents[2] / "docs" / "screenshots"
pytestmark = pytest.mark.skipif(not os.environ.get("HEADHAUL_SCREENSHOTS"), reason="HEADHAUL_SCREENSHOTS is not set")

SHOTS = {
    "dashboard": ("rep", "/", DESKTOP),
    "dashboard-dark": ("rep", "/", DESKTOP_DARK),
    "dashboard-phone": ("rep", "/", PHONE),
    "signals": ("manager", "/signals/", DESKTOP),
    "what-if": ("manager", "/what-if/?count=200&equipment=flatbed&state=TX&cdl=A", DESKTOP),
    "jobs": ("admin", "/admin/jobs/", DESKTOP),
}


def take(page: Page, name: str) -> None:
    """One picture, after everything has come and stands still."""
    settle(page)
    page.wait_for_timeout(500)
    FOLDER.mkdir(exist_ok=True)
    page.screenshot(path=FOLDER / f"{name}.png", animations="disabled")


@pytest.mark.parametrize("name", SHOTS)
def test_a_picture_of_a_page(open_as: OpenAs, name: str) -> None:
    role, path, look = SHOTS[name]
    take(open_as(role, path, look=look), name)


@pytest.mark.parametrize(("look", "name"), [(DESKTOP, "carrier"), (PHONE, "carrier-phone")])
def test_a_picture_of_the_best_carrier(open_as: OpenAs, look: Look, name: str) -> None:
    page = open_as("rep", "/", look=look)
    page.goto(str(page.locator("#prospects [data-open]").first.get_attribute("href")))
    take(page, name)
