"""Ctrl K finds carriers, accounts and pages."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.journeys.conftest import OpenAs
from tests.journeys.looks import PHONE


def first_prospect(page: Page) -> tuple[str, str]:
    """Name and DOT number of the first one on the dashboard."""
    row = page.locator("#prospects tbody").first
    number = re.search(r"DOT (\d+)", row.locator(".who-place").inner_text())
    assert number is not None
    return row.locator("[data-open]").inner_text(), number.group(1)


def test_a_carrier_is_found_by_its_dot_number_and_opened_with_enter(open_as: OpenAs) -> None:
    page = open_as("viewer", "/")
    _, number = first_prospect(page)
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Search").fill(number)
    expect(page.get_by_role("dialog").get_by_role("option").first).to_contain_text(f"DOT {number}")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page).to_have_url(re.compile(rf"/(carriers/{number}|accounts/\d+)/"))


def test_enter_opens_what_was_typed_and_not_what_was_found_before(open_as: OpenAs) -> None:
    page = open_as("viewer", "/")
    _, number = first_prospect(page)
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="Search")
    field.fill("what")
    expect(page.get_by_role("dialog").get_by_role("option").first).to_contain_text("What-if")
    field.fill(number)
    page.keyboard.press("Enter")  # the answer to the number cannot be there yet
    expect(page).to_have_url(re.compile(rf"/(carriers/{number}|accounts/\d+)/"))


def test_a_carrier_is_found_by_a_part_of_its_name(open_as: OpenAs) -> None:
    page = open_as("viewer", "/")
    name, number = first_prospect(page)
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Search").fill(name[:12].lower())
    expect(page.get_by_role("dialog").get_by_role("option", name=re.compile(rf"DOT {number}")).first).to_be_visible()


def test_a_page_is_found_and_reached_with_the_arrow_keys(open_as: OpenAs) -> None:
    page = open_as("viewer", "/")
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Search").fill("what")
    expect(page.get_by_role("dialog").get_by_role("option", name="What-if")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.get_by_role("dialog").get_by_role("option", name="What-if").click()
    expect(page).to_have_url(re.compile("/what-if/"))


def test_what_is_not_there_is_said_and_escape_closes(open_as: OpenAs) -> None:
    page = open_as("viewer", "/")
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Search").fill("zzqqxxyy")
    expect(page.get_by_text("Nothing is called")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("combobox", name="Search")).to_be_hidden()


def test_the_palette_opens_by_thumb_on_a_phone(open_as: OpenAs) -> None:
    page = open_as("viewer", "/", look=PHONE)
    page.get_by_role("link", name="Search").locator("visible=true").first.tap()
    expect(page.get_by_role("combobox", name="Search")).to_be_visible()


def test_g_and_a_letter_go_to_a_panel(open_as: OpenAs) -> None:
    page = open_as("viewer", "/")
    page.keyboard.press("g")
    page.keyboard.press("s")
    expect(page).to_have_url(re.compile("/signals/"))
