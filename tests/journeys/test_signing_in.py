"""Coming in and going out."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.journeys.conftest import OpenAs
from tests.journeys.served import Served


def test_a_stranger_signs_in_and_arrives_at_the_page_they_asked_for(open_as: OpenAs, headhaul: Served) -> None:
    page = open_as(None, "/accounts/?status=target")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    headhaul.fill_in(page, "rep")
    expect(page).to_have_url(f"{headhaul.address}/accounts/?status=target")


def test_a_wrong_password_is_refused_without_saying_which_part_was_wrong(open_as: OpenAs, headhaul: Served) -> None:
    page = open_as(None, "/")
    headhaul.fill_in(page, "rep", password="not-the-one-we-made")
    expect(page.get_by_text("email address and/or password")).to_be_visible()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_signing_out_closes_the_door(open_as: OpenAs, headhaul: Served) -> None:
    page = open_as(None, "/")
    headhaul.fill_in(page, "viewer")
    page.wait_for_url(f"{headhaul.address}/")
    page.get_by_role("navigation", name="Panels", exact=True).locator("summary").last.click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.goto("/signals/")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
