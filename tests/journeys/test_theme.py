"""Light, dark, and the rail."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.journeys.conftest import OpenAs


def test_the_chosen_theme_stays(open_as: OpenAs) -> None:
    page = open_as("viewer", "/profile/")
    page.get_by_role("main").get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.get_by_role("main").get_by_role("button", name="System").click()
    expect(page.locator("html[data-theme]")).to_have_count(0)


def test_the_rail_folds_and_stays_folded(open_as: OpenAs) -> None:
    page = open_as("viewer", "/")
    page.context.clear_cookies(name="rail")
    page.reload()
    page.get_by_role("button", name="Collapse the rail").click()
    expect(page.locator("html")).to_have_attribute("data-rail", "narrow")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-rail", "narrow")
    page.locator("[data-rail-toggle]").click()


def test_the_keys_are_explained(open_as: OpenAs) -> None:
    page = open_as("viewer", "/")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
