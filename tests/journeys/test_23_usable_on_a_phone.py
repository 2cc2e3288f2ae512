"""At 390 px board, stage bar and lists are worked with by a thumb: nothing overflows, every target is large."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.journeys.conftest import OpenAs
from tests.journeys.looks import PHONE
from tests.journeys.test_reps_morning import a_deal, card_in, choose
from tests.journeys.watch import scrolls_sideways

THUMB = 24  # the least that WCAG 2.2 asks of a target; ours are larger where they stand alone


def is_thumb_sized(target: Locator) -> bool:
    box = target.bounding_box()
    return box is not None and box["width"] >= THUMB and box["height"] >= THUMB


def test_every_stage_of_the_bar_is_reached_and_moves_the_deal(open_as: OpenAs) -> None:
    page = open_as("rep", "/", look=PHONE)
    a_deal(page)
    steps = page.locator(".stage-path .stage-step")
    for step in steps.all():
        step.scroll_into_view_if_needed()
        expect(step).to_be_in_viewport(ratio=0.9)
        assert is_thumb_sized(step)
    assert not scrolls_sideways(page)
    page.get_by_role("button", name="Discovery", exact=True).click()
    expect(page.locator(".stage-path [aria-current=step]")).to_have_text("Discovery")


def test_the_board_is_one_column_at_a_time_and_a_card_moves_by_its_menu(open_as: OpenAs) -> None:
    page = open_as("rep", "/", look=PHONE)
    key = a_deal(page)
    page.goto("/pipeline/")
    column = page.locator("[data-column=prospecting]").bounding_box()
    assert column is not None
    assert PHONE.width * 0.7 < column["width"] <= PHONE.width
    assert not scrolls_sideways(page)
    card = card_in(page, "prospecting", key)
    assert is_thumb_sized(card.locator("summary"))
    choose(card, "Discovery")
    expect(card_in(page, "discovery", key)).to_be_in_viewport()


@pytest.mark.parametrize("path", ["/", "/accounts/", "/contacts/", "/pipeline/list", "/tasks", "/pipeline/forecast/"])
def test_nothing_overflows_and_the_bar_below_leads_on(open_as: OpenAs, path: str) -> None:
    page = open_as("rep", path, look=PHONE)
    assert not scrolls_sideways(page)
    bar = page.get_by_role("navigation", name="Panels, phone")
    bar.get_by_text("More", exact=True).click()
    bar.get_by_role("link", name="Pipeline").click()
    expect(page).to_have_url(re.compile("/pipeline/$"))
