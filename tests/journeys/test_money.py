"""What was spent is entered, held against clients, and taken back; a share leads to its deals and their touches; a
competitor is noted and met.
"""

from __future__ import annotations

import re
import uuid

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import OpenAs
from tests.journeys.looks import DESKTOP, SIZES, Look
from tests.journeys.owed import check, check_in_the_dark
from tests.journeys.watch import Watch, settle

DAYS = "from=2025-01-01&to=2030-12-31"


@pytest.mark.parametrize("look", SIZES, ids=lambda look: look.name)
def test_spend_is_entered_put_right_and_taken_back(open_as: OpenAs, watch: Watch, look: Look) -> None:
    page = open_as("manager", "/analytics/money/spend/", look=look)
    page.get_by_label("Channel", exact=True).last.select_option("event")
    page.get_by_label("First day").fill("2026-03-31")
    page.get_by_label("Last day").fill("2026-03-01")
    page.get_by_label("Dollars").fill("3,100")
    page.get_by_label("Campaign").fill(f"Spring {look.name}")
    with watch.expecting(422):
        page.get_by_role("button", name="Enter").click()
        expect(page.locator(".field-error")).to_contain_text("not before the first day")
    expect(page.get_by_label("Dollars")).to_have_value("3,100")
    check(page)
    page.get_by_label("First day").fill("2026-03-01")
    page.get_by_label("Last day").fill("2026-03-31")
    page.get_by_role("button", name="Enter").click()
    expect(page.locator(".toast")).to_contain_text("Entered")
    row = page.locator("[data-row]", has_text="1 Mar 2026").first
    expect(row).to_contain_text("$3,100")
    row.get_by_role("link").first.click()
    settle(page)
    page.get_by_label("Dollars").fill("4,000")
    check(page)
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".toast").first).to_contain_text("Put right")
    page.goto(f"/analytics/money/costs/?{DAYS}")
    settle(page)
    expect(page.locator(".tile", has_text="Spent")).to_contain_text("$")
    check(page)
    if look is DESKTOP:
        check_in_the_dark(page)
    page.goto("/analytics/money/spend/")
    page.locator("[data-row]", has_text="$4,000").get_by_role("link").first.click()
    page.get_by_role("button", name="Take away").click()
    expect(page.locator(".toast").first).to_contain_text("Taken away")
    expect(page.locator("[data-row]", has_text="$4,000")).to_have_count(0)
    page.locator(".toast").first.get_by_role("button", name="Undo").click()
    expect(page.locator("[data-row]", has_text="$4,000")).to_have_count(1)
    page.locator("[data-row]", has_text="$4,000").get_by_role("link").first.click()
    page.get_by_role("button", name="Take away").click()
    expect(page.locator("[data-row]", has_text="$4,000")).to_have_count(0)


@pytest.mark.parametrize("look", SIZES, ids=lambda look: look.name)
def test_a_share_opens_its_deals_and_their_touches(open_as: OpenAs, look: Look) -> None:
    page = open_as("manager", f"/analytics/attribution/?{DAYS}&by=channel", look=look)
    expect(page.locator(".finding")).to_contain_text("won")
    page.get_by_role("link", name="Time decay", exact=True).click()
    expect(page).to_have_url(re.compile("model=decay"))
    expect(page.get_by_role("link", name="Time decay", exact=True)).to_have_attribute("aria-current", "true")
    check(page)
    if look is DESKTOP:
        check_in_the_dark(page)
    link = page.locator("[data-row] a[href*='/attribution/deals']").first
    number = link.inner_text()
    link.click()
    settle(page)
    expect(page.locator(".list-count")).to_have_text(re.compile(rf"{number} deals?"))
    check(page)
    page.locator("[data-row] a[data-open]").first.click()
    settle(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("The way to")
    check(page)
    page.go_back()
    page.go_back()
    expect(page).to_have_url(re.compile("model=decay"))


@pytest.mark.parametrize("look", SIZES, ids=lambda look: look.name)
def test_a_competitor_is_noted_met_and_forgotten(open_as: OpenAs, watch: Watch, look: Look) -> None:
    name = f"Driver Source {uuid.uuid4().hex[:6]}"
    page = open_as("rep", "/analytics/competitors/", look=look)
    page.get_by_role("link", name="New note").first.click()
    settle(page)
    page.get_by_label("Competitor", exact=True).fill(name)
    page.get_by_label("Region").select_option("southeast")
    page.get_by_label("What they offer").fill("Leased drivers")
    page.get_by_label("Where it is known from").fill("http://example.com")
    with watch.expecting(422):
        page.get_by_role("button", name="Save").click()
        expect(page.locator(".field-error")).to_contain_text("https://")
    check(page)
    page.get_by_label("Where it is known from").fill("https://example.com/prices")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    expect(page.get_by_role("main")).to_contain_text("Leased drivers")
    check(page)
    if look is DESKTOP:
        check_in_the_dark(page)
    page.get_by_role("link", name="Southeast").first.click()
    settle(page)
    check(page)
    page.get_by_role("button", name="Take away").click()
    expect(page.locator(".toast").first).to_contain_text("Taken away")
    expect(page.get_by_role("link", name=name)).to_have_count(0)
