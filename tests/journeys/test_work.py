"""A rep's own work: log a call, name a colleague who hears of it at once, set a task and finish it with one key."""

from __future__ import annotations

import re
import uuid
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.axe import serious_violations
from tests.journeys.conftest import OpenAs
from tests.journeys.looks import EVERY_LOOK, SIZES, Look
from tests.journeys.watch import breaches, scrolls_sideways, settle


def first_account(page: Page) -> str:
    """The number of the account that the list shows first."""
    page.goto("/accounts/")
    links = page.locator("main a").evaluate_all("links => links.map((link) => link.getAttribute('href'))")
    return next(found[1] for link in links if (found := re.fullmatch(r"/accounts/(\d+)/", link or "")))


def timeline_of(open_as: OpenAs, look: Look) -> Page:
    """The timeline of an account, with the form above it ready."""
    page = open_as("rep", "/", look=look)
    page.goto(f"/timeline?account={first_account(page)}")
    expect(page.locator("#composer")).to_be_visible()
    return page


@pytest.mark.parametrize("look", SIZES, ids=lambda look: look.name)
def test_a_logged_call_appears_and_undo_takes_it_away(open_as: OpenAs, look: Look) -> None:
    page, word = timeline_of(open_as, look), f"Talk {uuid.uuid4().hex[:6]}"
    page.get_by_label("Subject").fill(word)
    page.locator("#composer").get_by_text("Voicemail", exact=True).click()
    page.get_by_label("Minutes").fill("3")
    page.get_by_role("button", name="Save").click()
    entry = page.locator(".entry", has_text=word)
    expect(entry).to_contain_text("Voicemail")
    expect(entry).to_contain_text("3 min")
    expect(page.get_by_label("Subject")).to_have_value("")
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(page.locator(".toast", has_text="Taken back")).to_be_visible()
    expect(page.locator(".entry", has_text=word)).to_have_count(0)


def test_fields_follow_the_type_by_keys_alone(open_as: OpenAs) -> None:
    page = timeline_of(open_as, SIZES[0])
    expect(page.get_by_label("Due on")).to_be_hidden()
    page.locator("[name=type][value=call]").focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    expect(page.get_by_label("Due on")).to_be_visible()
    expect(page.get_by_label("Direction")).to_be_hidden()


def test_who_is_named_hears_of_it_without_reloading(open_as: OpenAs) -> None:
    manager = open_as("manager", "/tasks")
    bell = manager.locator(".rail [data-bell]")
    before = int(bell.text_content() or "0")
    manager.wait_for_timeout(1500)
    page = timeline_of(open_as, SIZES[0])
    page.locator("[name=type][value=note]").check(force=True)
    body = page.get_by_label("What was said")
    body.press_sequentially("Please look @ma")
    expect(page.get_by_role("listbox").get_by_role("option").first).to_be_visible()
    body.press("Enter")
    expect(body).to_have_value(re.compile(r"Please look @M\w+ \w+ $"))
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".toast", has_text="was told")).to_be_visible()
    expect(bell).not_to_have_text(str(before))
    manager.goto("/notifications?which=unread")
    manager.locator(".notification", has_text="mentioned you").locator("a[data-open]").first.click()
    expect(manager).to_have_url(re.compile(r"/accounts/\d+/#entry-activity-"))


def test_who_is_taken_is_always_one_of_those_who_were_typed(open_as: OpenAs) -> None:
    page = timeline_of(open_as, SIZES[0])
    page.locator("[name=type][value=note]").check(force=True)
    body, colleagues = page.get_by_label("What was said"), page.get_by_role("listbox").get_by_role("option")
    body.press_sequentially("Ask @")
    expect(colleagues.nth(1)).to_be_visible()
    page.route("**/people?*", lambda route: None)  # from here on no answer comes
    body.press_sequentially("Ma")
    expect(colleagues.first).to_have_text(re.compile(r"(^|\s)Ma"))
    body.press("Enter")
    expect(body).to_have_value(re.compile(r"Ask @.*\bMa.* $"))
    body.press_sequentially("and @")
    body.press_sequentially("qq")
    expect(colleagues).to_have_count(0)
    page.unroute_all(behavior="ignoreErrors")


def test_a_task_is_set_and_finished_with_one_key(open_as: OpenAs) -> None:
    page, word = timeline_of(open_as, SIZES[0]), f"Send rates {uuid.uuid4().hex[:6]}"
    page.locator("[name=type][value=task]").check(force=True)
    page.get_by_label("Subject").fill(word)
    soon = datetime.now(ZoneInfo("America/Chicago")).date() + timedelta(days=2)  # other journeys set tasks, too
    page.get_by_label("Due on").fill(soon.isoformat())
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".toast", has_text="Task set")).to_be_visible()
    page.goto("/tasks?which=upcoming")
    row = page.locator(".task-row", has_text=word)
    expect(row).to_be_visible()
    for _ in range(page.locator(".task-row").count()):
        page.keyboard.press("j")
        if "is-current" in (row.get_attribute("class") or ""):
            break
    page.keyboard.press("x")
    expect(row).to_have_count(0)
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(page.locator(".task-row", has_text=word)).to_be_visible()


@pytest.mark.parametrize("look", EVERY_LOOK, ids=lambda look: look.name)
def test_the_timeline_is_accessible_and_steady(open_as: OpenAs, look: Look) -> None:
    page = timeline_of(open_as, look)
    settle(page)
    assert serious_violations(page) == []
    assert breaches(page) == []
    assert not scrolls_sideways(page)
