"""From a figure to its rows and back, by mouse and by keyboard; a snapshot kept and held against another."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.axe import serious_violations
from tests.journeys.conftest import OpenAs
from tests.journeys.looks import DESKTOP, SIZES, Look
from tests.journeys.owed import check, check_in_the_dark
from tests.journeys.watch import settle


@pytest.mark.parametrize("look", SIZES, ids=lambda look: look.name)
def test_a_figure_says_what_it_means_and_opens_its_rows(open_as: OpenAs, look: Look) -> None:
    page = open_as("manager", "/analytics/?period=last_quarter", look=look)
    expect(page.locator(".finding")).to_contain_text("won in Q")
    won = page.locator("[data-figure=dealsWon]")
    number = won.locator(".figure-value").inner_text().split()[0]
    assert int(number) > 0
    won.locator("summary").click()
    expect(won.get_by_text("Deals that were closed as won in the period.")).to_be_visible()
    check(page)
    if look is DESKTOP:
        check_in_the_dark(page)
    won.locator("a.figure-value").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Deals won")
    expect(page.locator(".list-count")).to_contain_text(re.compile(rf"^{number} deals? "))
    expect(page.locator("[data-row]")).to_have_count(int(number))
    settle(page)
    assert serious_violations(page) == []
    page.go_back()
    expect(page).to_have_url(re.compile("period=last_quarter"))


def test_a_chart_is_read_by_keyboard_and_as_a_table(open_as: OpenAs) -> None:
    page = open_as("viewer", "/analytics/?period=last_quarter", look=DESKTOP)
    chart = page.locator("[data-chart=won-data]")
    chart.focus()
    page.keyboard.press("ArrowRight")
    said = page.locator("figure", has=chart).locator("[data-chart-said]")
    expect(said).to_have_text(re.compile(r"^\d+ \w+: Amount won \$[\d.kM,]+, Deals won \d+$"))
    before = said.inner_text()
    page.keyboard.press("ArrowRight")
    expect(said).not_to_have_text(before)
    figure = page.locator("figure", has=chart)
    figure.get_by_text("Show as table").click()
    expect(figure.get_by_role("table")).to_be_visible()
    settle(page)
    assert serious_violations(page) == []


def test_filters_live_in_the_address(open_as: OpenAs) -> None:
    page = open_as("manager", "/analytics/", look=DESKTOP)
    page.get_by_label("Period", exact=True).select_option(label="Last quarter")
    expect(page).to_have_url(re.compile("period=last_quarter"))
    settle(page)
    page.get_by_label("Whose").select_option(label="Mine")
    expect(page).to_have_url(re.compile("owner=me"))
    settle(page)
    expect(page.get_by_label("Period", exact=True)).to_have_value("last_quarter")


@pytest.mark.parametrize("look", SIZES, ids=lambda look: look.name)
def test_a_snapshot_is_kept_and_held_against_another(open_as: OpenAs, look: Look) -> None:
    page = open_as("manager", "/analytics/", look=look)
    page.get_by_label("Name").fill("Before the fair")
    page.get_by_role("button", name="Keep a snapshot").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Before the fair")
    expect(page.get_by_text("It does not change any more")).to_be_visible()
    check(page)
    page.get_by_role("main").get_by_role("link", name="Snapshots").first.click()
    settle(page)
    check(page)
    page.get_by_role("button", name="Compare").click()
    expect(page.locator(".finding")).to_contain_text("compared with")
    expect(page.locator("tr", has_text="Deals won")).to_contain_text(re.compile("Up|Down|As before|Not comparable"))
    check(page)
