"""What would change if drivers came or went."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import OpenAs
from tests.journeys.looks import SIZES, Look
from tests.journeys.watch import Watch


@pytest.mark.parametrize("look", SIZES, ids=lambda look: look.name)
def test_recruits_in_a_state_open_prospects_there(open_as: OpenAs, look: Look) -> None:
    page = open_as("viewer", "/what-if/", look=look)
    page.get_by_label("How many").first.fill("200")
    page.get_by_label("Equipment", exact=True).first.select_option("flatbed")
    page.get_by_label("Home state", exact=True).first.select_option("TX")
    page.get_by_role("button", name="Show what changes").click()
    expect(page).to_have_url(re.compile("count=200"))
    expect(page.get_by_text("Prospects then")).to_be_visible()
    expect(page.get_by_role("heading", level=2, name=re.compile("prospect")).first).to_be_visible()


def test_it_says_whom_to_recruit_next(open_as: OpenAs) -> None:
    page = open_as("viewer", "/what-if/?suggest=50")
    expect(page.get_by_role("heading", name="Whom to recruit next")).to_be_visible()
    expect(page.get_by_role("link", name="Try it").first).to_be_visible()


def test_a_number_that_is_none_is_refused_in_words(open_as: OpenAs, watch: Watch) -> None:
    with watch.expecting(422):
        page = open_as("viewer", "/what-if/?count=many&equipment=reefer&state=TX")
    expect(page.get_by_role("heading", level=1)).to_have_text("What-if")
    expect(page.locator(".banner[data-tone=bad]")).to_be_visible()
