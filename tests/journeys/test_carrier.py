"""One carrier: facts with their source, why this score, history, supply, and whether it is a prospect at all."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import OpenAs
from tests.journeys.looks import SIZES, Look
from tests.journeys.served import Served

FIRST = "#signals-table [data-open]"


@pytest.mark.parametrize("look", SIZES, ids=lambda look: look.name)
def test_the_history_is_a_chart_and_a_table_of_the_same_numbers(open_as: OpenAs, look: Look) -> None:
    page = open_as("viewer", "/signals/", look=look)
    page.locator(FIRST).first.click()
    chart = page.locator("figure.chart").first
    expect(chart.locator("canvas, svg").first).to_be_visible()
    chart.get_by_text("Show as table").click()
    cells = chart.locator("tbody tr").first.locator("td")
    expect(cells).to_have_count(3)
    expect(cells.nth(1)).to_have_text(re.compile(r"^\d+$"))


def test_every_fact_says_where_it_comes_from(open_as: OpenAs) -> None:
    page = open_as("viewer", "/signals/")
    page.locator(FIRST).first.click()
    expect(page.get_by_text("FMCSA").first).to_be_visible()
    expect(page.get_by_role("heading", name="Why this score")).to_be_visible()


def test_a_rep_opens_an_account_once_and_then_finds_it(open_as: OpenAs) -> None:
    page = open_as("rep", "/signals/?minScore=40")
    carriers = [str(link.get_attribute("href")) for link in page.locator(FIRST).all()]
    for address in carriers[::-1]:
        page.goto(address)
        if page.get_by_role("button", name="Open an account").count():
            break
    name = page.get_by_role("heading", level=1).inner_text()
    page.get_by_role("button", name="Open an account").click()
    expect(page).to_have_url(re.compile(r"/accounts/\d+/"))
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    page.goto(address)
    expect(page.get_by_role("link", name="Account", exact=True)).to_be_visible()


@pytest.fixture(scope="module")
def parked(headhaul: Served, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of a carrier that the census calls inactive."""
    file = tmp_path_factory.mktemp("census") / "census.csv"
    file.write_text(
        "dot_number,legal_name,status_code,carrier_operation,classdef,power_units,total_drivers,phy_state,phy_zip\n"
        "9900001,PARKED FREIGHT LINES LLC,I,A,AUTHORIZED FOR HIRE,12,12,TX,75201\n"
    )
    headhaul.run("import_carriers", str(file))
    return "/carriers/9900001/"


def test_a_manager_overrides_the_gate_with_a_reason_and_takes_it_back(open_as: OpenAs, parked: str) -> None:
    page = open_as("manager", parked)
    expect(page.get_by_text("Not a prospect")).to_be_visible()
    page.get_by_label("Reason").fill("They renew their authority on Monday")
    page.get_by_role("button", name="Override").click()
    expect(page.get_by_text("A prospect by override")).to_be_visible()
    expect(page.get_by_text("They renew their authority on Monday")).to_be_visible()
    page.get_by_role("button", name="Take the override back").click()
    expect(page.get_by_text("Not a prospect")).to_be_visible()


def test_a_rep_is_told_that_a_manager_can_override(open_as: OpenAs, parked: str) -> None:
    page = open_as("rep", parked)
    expect(page.get_by_text("A manager can override this with a reason.")).to_be_visible()
    expect(page.get_by_role("button", name="Override")).to_have_count(0)
