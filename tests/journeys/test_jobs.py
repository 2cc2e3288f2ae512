"""The night, looked at and started by hand."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.journeys.conftest import OpenAs
from tests.journeys.watch import Watch


def test_a_manager_starts_the_run_and_sees_it_end(open_as: OpenAs) -> None:
    page = open_as("manager", "/admin/jobs/")
    runs = page.locator("#jobs details[data-key]")
    newest = runs.first.get_attribute("data-key")
    page.locator("button[value=run_prospecting]").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Jobs")
    expect(runs.first).not_to_have_attribute("data-key", str(newest))
    for _ in range(300):
        if str(runs.first.get_attribute("data-version")).startswith(("done", "failed")):
            break
        page.wait_for_timeout(1000)
        page.reload()
    assert str(runs.first.get_attribute("data-version")).startswith("done")


def test_a_rep_does_not_get_there(open_as: OpenAs, watch: Watch) -> None:
    with watch.expecting(403):
        page = open_as("rep", "/admin/jobs/")
    expect(page.get_by_role("heading", name="What the clock starts")).to_have_count(0)
    expect(page.get_by_role("link", name="Jobs")).to_have_count(0)
