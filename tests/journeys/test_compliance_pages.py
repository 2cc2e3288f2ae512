"""Somebody asks not to be contacted: the pages show it at once, refuse, prove it, and a manager can stop everything."""

from __future__ import annotations

import uuid

import pytest
from playwright.sync_api import expect

from tests.journeys.axe import serious_violations
from tests.journeys.conftest import OpenAs
from tests.journeys.looks import SIZES, Look
from tests.journeys.owed import check
from tests.journeys.watch import settle


@pytest.mark.parametrize("look", SIZES, ids=lambda look: look.name)
def test_a_request_not_to_be_contacted_is_noted_found_and_stays(open_as: OpenAs, look: Look) -> None:
    domain = f"{look.name}.example"
    page = open_as("rep", "/admin/sending/denials/", look=look)
    page.get_by_text("Add somebody who must not be reached").click()
    check(page)
    form = page.locator("details[open] form")
    form.get_by_label("Whom").select_option("domain")
    form.get_by_label("Address, domain or number").fill(domain)
    form.get_by_label("Where it was said").fill("A letter of their lawyer")
    form.get_by_role("button", name="Do not contact").click()
    expect(page.locator("#denials")).to_contain_text(domain)
    expect(page.get_by_role("link", name="Lift the denial")).to_have_count(0)
    check(page)


def test_a_contacts_page_says_whether_they_may_be_reached_now_and_why_not(open_as: OpenAs) -> None:
    page = open_as("rep", "/contacts/")
    page.get_by_role("main").locator("a[href^='/accounts/']").first.click()
    settle(page)
    page.get_by_role("link", name="be reached now?").first.click()
    standing = page.locator(".person-open").filter(has_text="E-mail").first
    expect(standing).to_contain_text("Texts")
    expect(standing).to_contain_text("No")
    assert serious_violations(page) == []


def test_a_manager_stops_everything_and_an_administrator_sees_the_proofs(open_as: OpenAs) -> None:
    page, why = open_as("manager", "/admin/sending/"), f"A complaint {uuid.uuid4().hex[:6]} is looked at"
    page.get_by_label("Why").fill(why)
    page.get_by_role("button", name="Stop sending").click()
    expect(page.get_by_role("main")).to_contain_text(why)
    check(page)
    page.get_by_role("button", name=f"Lift the stop: {why}").click()
    expect(page.get_by_text("Nothing is stopped.")).to_be_visible()
    page.goto(page.url.split("/admin/")[0] + "/admin/sending/proofs/")
    page.get_by_role("button", name="Verify").click()
    expect(page.locator("#verdict")).to_contain_text("Intact")
    page.get_by_role("link", name="Under other rules").click()
    page.get_by_role("button", name="Judge past sends again").click()
    expect(page.get_by_role("heading", name="would fail", level=2)).to_be_visible()
    check(page)
