"""A firm's second pipeline: made, asking for a field of its own at a drag, and without a stage that held a deal."""

from __future__ import annotations

import re
import uuid

from playwright.sync_api import Page, expect

from tests.journeys.conftest import OpenAs
from tests.journeys.looks import DESKTOP, PHONE
from tests.journeys.owed import check
from tests.journeys.test_reps_morning import card_in, carry, lift
from tests.journeys.watch import Watch, settle

LISTS = "/admin/settings/lists"


def open_line(page: Page, key: str, name: str, *, among: str = "") -> None:
    """The form of a line of a list; `among`: what else stands in its row."""
    page.goto(f"{LISTS}/{key}/")
    rows = page.locator("tr[data-row]", has=page.get_by_role("link", name=name, exact=True))
    (rows.filter(has_text=among) if among else rows).get_by_role("link", name=name, exact=True).click()
    settle(page)


def save(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".toast", has_text="is saved")).to_be_visible()


def make(page: Page, mark: str) -> None:
    """A pipeline, and a field of opportunities that its second stage asks for."""
    page.goto(f"{LISTS}/pipelines/new")
    page.get_by_label("Name", exact=True).fill(f"Renewals {mark}")
    save(page)
    page.goto(f"{LISTS}/fields/new")
    page.get_by_label("Name", exact=True).fill(f"Lane {mark}")
    page.get_by_label("Of", exact=True).select_option("opportunity")
    page.get_by_role("textbox", name="Key").fill(f"lane_{mark}")
    page.get_by_label("Holds").select_option("choice")
    page.get_by_label("Choices").fill("I-10\nI-80")
    page.get_by_label("In use").check()
    save(page)
    open_line(page, "stages", "Discovery", among=f"Renewals {mark}")
    check(page)
    page.get_by_label(f"Lane {mark}").check()
    save(page)


def put_away(page: Page, mark: str) -> None:
    """Others find the firm as they left it."""
    page.get_by_role("button", name="Remove", exact=True).click()
    expect(page.locator(".toast", has_text="was removed")).to_be_visible()
    for key, name in (("pipelines", f"Renewals {mark}"), ("fields", f"Lane {mark}")):
        open_line(page, key, name)
        page.get_by_label("In use").uncheck()
        save(page)


def test_a_stage_asks_in_kind_and_goes_without_losing_a_deal(open_as: OpenAs, watch: Watch) -> None:
    mark = uuid.uuid4().hex[:6]
    page = open_as("admin", "/", look=DESKTOP)
    make(page, mark)
    page.goto("/accounts/")
    page.get_by_role("main").locator("a[data-open]").first.click()
    page.locator("#opportunities").get_by_role("link", name="New", exact=True).click()
    page.get_by_label("Name", exact=True).fill(f"Deal {mark}")
    page.get_by_label("Pipeline").select_option(label=f"Renewals {mark}")
    page.get_by_role("button", name="Open the opportunity").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Deal {mark}")
    deal = page.url
    key = deal.rstrip("/").rpartition("/")[2]
    page.goto("/pipeline/")
    page.locator("#filter-pipeline").select_option(label=f"Renewals {mark}")
    expect(card_in(page, "prospecting", key)).to_be_visible()
    settle(page)
    with watch.expecting(422):
        carry(page, lift(page, card_in(page, "prospecting", key)), "discovery", key)
        dialog = page.get_by_role("dialog", name="What this stage asks for")
        expect(dialog.get_by_label(f"Lane {mark}")).to_be_focused()
    check(page)
    dialog.get_by_label(f"Lane {mark}").select_option("I-80")
    dialog.get_by_role("button", name="Move to Discovery").click()
    expect(dialog).to_be_hidden()
    expect(card_in(page, "discovery", key)).to_be_visible()

    open_line(page, "stages", "Discovery", among=f"Renewals {mark}")
    page.get_by_role("link", name="Remove", exact=True).click()
    expect(page.get_by_role("main")).to_contain_text("1 opportunity stands in Discovery")
    check(page)
    page.get_by_label("They go to").select_option(label="Proposal")
    page.get_by_role("button", name="Remove the stage").click()
    toast = page.locator(".toast", has_text="1 opportunity went to Proposal")
    expect(toast).to_be_visible()
    page.goto(deal)
    expect(page.locator("[aria-current=step]")).to_have_text("Proposal")
    expect(page.get_by_label(f"Lane {mark}")).to_have_value("I-80")
    put_away(page, mark)


def test_a_removal_is_read_on_the_phone(open_as: OpenAs) -> None:
    page = open_as("manager", f"{LISTS}/stages/", look=PHONE)
    page.get_by_role("link", name="Prospecting", exact=True).first.click()
    page.get_by_role("link", name="Remove", exact=True).click()
    expect(page.get_by_role("main")).to_contain_text(re.compile("opportunit(y|ies) stands? in Prospecting"))
    check(page)
