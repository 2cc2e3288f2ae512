"""The whole census as a list."""

from __future__ import annotations

import csv
import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import OpenAs
from tests.journeys.looks import SIZES, Look
from tests.journeys.watch import settle


def scores(page: Page) -> list[int]:
    """The badges, from the top."""
    return [int(text.split()[0]) for text in page.locator("#signals-table [data-why]").all_inner_texts()]


def names(page: Page) -> list[str]:
    """The carriers, from the top."""
    return page.locator("#signals-table [data-open]").all_inner_texts()


@pytest.mark.parametrize("look", SIZES, ids=lambda look: look.name)
def test_more_goes_on_where_the_list_ended_without_repeating_anybody(open_as: OpenAs, look: Look) -> None:
    page = open_as("viewer", "/signals/", look=look)
    rows = page.locator("#signals-table [data-row]")
    first = rows.count()
    page.get_by_role("link", name="Show more").click()
    expect(rows).not_to_have_count(first)
    settle(page)
    keys = [str(row.get_attribute("data-key")) for row in rows.all()]
    assert len(keys) > first
    assert len(keys) == len(set(keys))
    found = scores(page)
    assert found == sorted(found, reverse=True)


def test_a_column_sorts_and_says_so_in_the_address(open_as: OpenAs) -> None:
    page = open_as("viewer", "/signals/")
    page.get_by_role("columnheader", name="Carrier").get_by_role("link").click()
    expect(page).to_have_url(re.compile("sort=name"))
    expect(page.get_by_role("columnheader", name="Carrier")).to_have_attribute("aria-sort", "ascending")
    settle(page)
    found = [name.lower() for name in names(page)]
    assert found[0] <= found[-1]


def test_filters_narrow_the_list_and_can_be_cleared(open_as: OpenAs) -> None:
    page = open_as("viewer", "/signals/")
    page.get_by_role("combobox", name="Equipment").select_option("reefer")
    expect(page).to_have_url(re.compile("equipment=reefer"))
    settle(page)
    assert scores(page)
    page.get_by_role("combobox", name="State").select_option("HI")
    expect(page.get_by_text("No carrier fits these filters")).to_be_visible()
    page.get_by_role("link", name="Clear the filters").click()
    expect(page).to_have_url(re.compile(r"/signals/$"))
    expect(page.locator("#signals-table [data-why]").first).to_be_visible()
    assert scores(page)


def test_a_carrier_is_found_by_a_part_of_its_name(open_as: OpenAs) -> None:
    page = open_as("viewer", "/signals/")
    name = names(page)[0]
    page.get_by_label("Name or DOT number").fill(name)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("text="))
    settle(page)
    assert name in names(page)


def test_a_manager_takes_the_filtered_list_home_as_csv(open_as: OpenAs) -> None:
    page = open_as("manager", "/signals/?state=TX")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="CSV").click()
    with waiting.value.path().open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows
    assert {row["state"] for row in rows} == {"TX"}


def test_a_viewer_is_not_offered_the_export(open_as: OpenAs) -> None:
    page = open_as("viewer", "/signals/")
    expect(page.get_by_role("link", name="CSV")).to_have_count(0)


def test_j_and_enter_open_a_carrier_without_a_mouse(open_as: OpenAs) -> None:
    page = open_as("viewer", "/signals/")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/carriers/\d+/"))
