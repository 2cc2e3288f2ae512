"""From a number of a campaign report to its rows; a call from the queue to its outcome, or to the rule against it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.axe import serious_violations
from tests.journeys.clocked import next_workday, seen_at
from tests.journeys.conftest import OpenAs
from tests.journeys.looks import SIZES, Look
from tests.journeys.owed import check
from tests.journeys.served import Served
from tests.journeys.watch import Watch, listening, settle


@pytest.mark.parametrize("look", SIZES, ids=lambda look: look.name)
def test_a_number_of_a_report_opens_its_rows(open_as: OpenAs, look: Look) -> None:
    page = open_as("manager", "/campaigns/", look=look)
    expect(page.locator(".finding")).to_contain_text("delivered messages were answered")
    sent = page.locator(".tile", has_text="Sent").first
    number = re.search(r"\d+", sent.locator(".tile-value").inner_text())
    assert number
    sent.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sent")
    expect(page.locator(".list-count")).to_have_text(f"{number.group()} messages")
    settle(page)
    assert serious_violations(page) == []
    page.go_back()
    page.get_by_role("link", name="Autumn reefers").first.click()
    expect(page).to_have_url(re.compile(r"campaign=Autumn"))
    settle(page)
    assert serious_violations(page) == []


NIGHT, NOON = next_workday(8), next_workday(17)  # UTC: nobody in the country may be called; everybody awake may


@pytest.fixture(scope="module")
def by_night(headhaul: Served) -> Iterator[Served]:
    """The same Headhaul while America sleeps."""
    with seen_at(headhaul, NIGHT) as there:
        yield there


@pytest.fixture(scope="module")
def at_noon(headhaul: Served) -> Iterator[Served]:
    """The same Headhaul in the middle of a working day."""
    with seen_at(headhaul, NOON) as there:
        yield there


@contextmanager
def calling(browser: Browser, there: Served, watch: Watch, look: Look) -> Iterator[Page]:
    """The queue as the rep sees it there; sessions of other hours are no good."""
    context = browser.new_context(base_url=there.address, **look.context)
    context.set_default_timeout(30_000)
    page = listening(context)
    watch.over(page)
    there.sign_in(page, "rep")
    page.goto("/calls/")
    settle(page)
    yield page
    assert watch.complaints == []
    context.close()


@pytest.mark.parametrize("look", SIZES, ids=lambda look: look.name)
def test_a_call_at_night_is_refused_with_the_rule_and_the_next_time(
    browser: Browser, by_night: Served, watch: Watch, look: Look
) -> None:
    with calling(browser, by_night, watch, look) as page:
        expect(page.locator(".finding")).to_contain_text("Nobody may be called now")
        expect(page.get_by_role("button", name="Call the next one")).to_have_count(0)
        page.locator("[data-row]").filter(has_text="From ").first.get_by_role("link", name=re.compile("Look")).click()
        refusal = page.get_by_role("note")
        expect(refusal).to_contain_text("Federal law allows calls only")
        expect(refusal).to_contain_text("Possible from")
        expect(page.get_by_role("button", name="Call now")).to_have_count(0)
        check(page)


@pytest.mark.parametrize("look", SIZES, ids=lambda look: look.name)
def test_a_call_by_day_is_taken_and_logged(browser: Browser, at_noon: Served, watch: Watch, look: Look) -> None:
    with calling(browser, at_noon, watch, look) as page:
        page.get_by_role("button", name="Call the next one").click()
        page.get_by_role("button", name="Call now").click()
        expect(page.locator("[data-dial]")).to_have_attribute("href", re.compile(r"^tel:\+1\d{10}$"))
        check(page)
        page.locator("label.choice", has_text="Voicemail").click()
        page.get_by_label("Notes").fill("Left a message.")
        page.get_by_role("button", name="Save").click()
        expect(page.locator(".toast")).to_contain_text("Voicemail")
