"""Whom do I contact now, and why."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import OpenAs
from tests.journeys.looks import DESKTOP, PHONE, SIZES, Look
from tests.journeys.watch import settle


def scores(page: Page) -> list[int]:
    """The badges of the ranked list, from the top."""
    return [int(text.split()[0]) for text in page.locator("#prospects [data-why]").all_inner_texts()]


@pytest.mark.parametrize("look", SIZES, ids=lambda look: look.name)
def test_the_best_prospect_comes_first(open_as: OpenAs, look: Look) -> None:
    page = open_as("rep", "/", look=look)
    found = scores(page)
    assert found
    assert found == sorted(found, reverse=True)


def test_filters_live_in_the_address_and_survive_reload_and_back(open_as: OpenAs) -> None:
    page = open_as("rep", "/")
    page.get_by_label("State").select_option("TX")
    expect(page).to_have_url(re.compile("state=TX"))
    settle(page)
    places = page.locator("#prospects .who-place").all_inner_texts()
    assert places
    assert all(", TX" in place or place.startswith("TX") for place in places)
    page.get_by_text("30 days", exact=True).click()
    expect(page).to_have_url(re.compile("(?=.*state=TX)(?=.*range=30)"))
    page.reload()
    expect(page.get_by_label("State")).to_have_value("TX")
    page.go_back()
    expect(page).to_have_url(re.compile("(?=.*state=TX)(?!.*range=30)"))


def test_the_score_says_why(open_as: OpenAs) -> None:
    page = open_as("viewer", "/")
    first = page.locator("#prospects [data-why]").first
    first.click()
    expect(page.get_by_text("What speaks for them now")).to_be_visible()
    expect(page.locator("#prospects .why-reasons li").first).not_to_be_empty()
    expect(first).to_have_attribute("aria-expanded", "true")
    first.click()
    expect(page.get_by_text("What speaks for them now")).to_be_hidden()


def test_why_opens_from_the_keyboard(open_as: OpenAs) -> None:
    page = open_as("viewer", "/")
    page.locator("#prospects [data-why]").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("What speaks for them now")).to_be_visible()


def test_a_dismissed_alert_stays_dismissed(open_as: OpenAs) -> None:
    page = open_as("rep", "/")
    alerts = page.locator("#alerts > li")
    text = alerts.first.locator(".feed-title").inner_text()
    before = alerts.count()
    alerts.first.get_by_role("button", name="Dismiss").click()
    expect(page.locator("#alerts .feed-title", has_text=text)).to_have_count(0)
    page.reload()
    expect(page.locator("#alerts .feed-title", has_text=text)).to_have_count(0)
    assert alerts.count() <= before


def test_a_viewer_sees_alerts_and_cannot_dismiss_them(open_as: OpenAs) -> None:
    page = open_as("viewer", "/")
    expect(page.locator("#alerts > li").first).to_be_visible()
    expect(page.get_by_role("button", name="Dismiss")).to_have_count(0)


def test_on_a_phone_the_table_becomes_cards_with_the_bar_below(open_as: OpenAs) -> None:
    page = open_as("rep", "/", look=PHONE)
    expect(page.get_by_role("navigation", name="Panels, phone")).to_be_visible()
    card = page.locator("#prospects tbody").first.bounding_box()
    assert card is not None
    assert card["width"] <= PHONE.width


def test_the_numbers_above_open_the_rows_behind_them(open_as: OpenAs) -> None:
    page = open_as("rep", "/", look=DESKTOP)
    tile = page.locator("a.tile").first
    tile.click()
    settle(page)
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Dashboard")
