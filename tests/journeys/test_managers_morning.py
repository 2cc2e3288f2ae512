"""A manager's morning: the forecast and what moved it, accounts given to somebody else, a list imported and undone."""

from __future__ import annotations

import csv
import re
import uuid
from collections import Counter
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import OpenAs
from tests.journeys.looks import DESKTOP, SIZES, Look
from tests.journeys.owed import check

ROWS, BAD_STATES, NAMELESS, BAD_FLEETS = 1_000, 15, 15, 10
BAD = BAD_STATES + NAMELESS + BAD_FLEETS
PATIENCE = 120_000


@pytest.mark.parametrize("look", SIZES, ids=lambda look: look.name)
def test_a_call_stands_beside_what_the_pipeline_says(open_as: OpenAs, look: Look) -> None:
    page = open_as("manager", "/pipeline/forecast/", look=look)
    check(page)
    said = f"Two renewals are late {uuid.uuid4().hex[:6]}"
    form = page.locator("form.call-form", has=page.get_by_label("On whose deals"))
    form.get_by_label("On whose deals").select_option(label="The firm's")
    form.get_by_label("Commit, in dollars").fill("120k")
    form.get_by_label("Best case, in dollars").fill("180,000")
    form.get_by_label("Note").fill(said)
    form.get_by_role("button", name="Make the call").click()
    expect(page.locator(".toast", has_text="Call kept")).to_be_visible()
    expect(page.get_by_text("$120,000").locator("visible=true").first).to_be_visible()
    check(page)


@pytest.mark.parametrize("look", SIZES, ids=lambda look: look.name)
def test_what_moved_leads_to_the_deals_that_moved(open_as: OpenAs, look: Look) -> None:
    page = open_as("manager", "/accounts/", look=look)
    page.get_by_role("main").locator("a[data-open]").first.click()
    page.locator("#opportunities").get_by_role("link", name="New", exact=True).click()
    name = f"Moved {uuid.uuid4().hex[:6]}"
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Amount").fill("9000")
    page.get_by_role("button", name="Open the opportunity").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    page.goto("/pipeline/forecast/")
    today = page.locator("form.call-form input[name=startsOn]").first.input_value()
    page.go_back()
    page.get_by_label("Close date").fill(today)
    page.get_by_label("Close date").blur()
    expect(page.locator(".toast", has_text="Saved")).to_be_visible()
    page.goto("/pipeline/")
    page.get_by_role("navigation", name="Views of the pipeline").get_by_role("link", name="Movement").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Movement")
    check(page)
    page.get_by_role("row", name=re.compile("^New")).get_by_role("link").click()
    expect(page.get_by_role("main")).to_contain_text(name)
    check(page)


@pytest.mark.parametrize("path", ["conversions", "accuracy", "risks", "list"])
@pytest.mark.parametrize("look", SIZES, ids=lambda look: look.name)
def test_the_reports_are_read_at_the_desk_and_on_the_phone(open_as: OpenAs, path: str, look: Look) -> None:
    page = open_as("manager", "/pipeline/", look=look)
    tabs = page.get_by_role("navigation", name="Views of the pipeline")
    word = {"risks": "At risk"}.get(path, path.capitalize())
    tabs.get_by_role("link", name=word).click()
    expect(tabs.get_by_role("link", name=word)).to_have_attribute("aria-current", "page")
    check(page)


def owners(page: Page) -> list[str]:
    """The owners of the three topmost rows."""
    cells = page.locator("#accounts-table tbody tr[data-row] td:has(a[href*='edit=owner'])")
    return [cells.nth(number).inner_text() for number in range(3)]


def test_accounts_are_given_to_somebody_else_at_once_and_back(open_as: OpenAs) -> None:
    page = open_as("manager", "/accounts/?sort=name", look=DESKTOP)
    before = owners(page)
    for box in page.locator("#accounts-table [data-select]").all()[:3]:
        box.check()
    expect(page.locator("[data-bulk-count]")).to_have_text("3 chosen")
    check(page)
    chooser = page.get_by_label("Assign to")
    people = chooser.locator("option").evaluate_all("all => all.map(option => option.textContent)")
    given_to = next(name for name in people if name.startswith("Max"))
    chooser.select_option(label=given_to)
    page.locator("#bulk").get_by_role("button", name="Change", exact=True).click()
    expect(page.locator(".toast").get_by_role("button", name="Undo")).to_be_visible()
    rows = page.locator("#accounts-table tbody tr[data-row]")
    for number in range(3):
        expect(rows.nth(number)).to_contain_text(given_to)
    page.locator(".toast").last.hover()  # what is looked at stays
    check(page)
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(page.locator(".toast", has_text="Taken back")).to_be_visible()
    for number, owner in enumerate(before):
        expect(rows.nth(number)).to_contain_text(owner.split()[-1])
        expect(rows.nth(number)).not_to_contain_text(given_to)


def a_list(path: Path, mark: str) -> None:
    """A thousand companies as somebody's sheet has them, forty of them with something wrong."""
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["Company", "Town", "ST", "Trucks", "Main line"])
        for number in range(ROWS):
            company, state, trucks = f"Import {mark} {number:04d}", "TX", str(number % 90 + 1)
            if number < BAD_STATES:
                state = "Texass"
            elif number < BAD_STATES + NAMELESS:
                company = ""
            elif number < BAD:
                trucks = "many"
            rows.writerow([company, "Waco", state, trucks, f"254-{int(mark[:3], 16) % 800 + 200}-{number:04d}"])


def upload(page: Page, path: Path) -> None:
    """From the list of accounts to the page with the columns."""
    page.get_by_role("link", name="Imports").first.click()
    page.get_by_role("link", name="Import a file").first.click()
    check(page)
    page.get_by_label("File").set_input_files(path)
    page.get_by_role("button", name="Look at it").click()
    expect(page.get_by_role("heading", name="Which column is what")).to_be_visible()


def map_columns(page: Page) -> None:
    """Say what the columns are that Headhaul could not guess."""
    fields = {"Company": "Name", "Town": "City", "ST": "State", "Trucks": "Trucks", "Main line": "Phone"}
    for column, field in fields.items():
        page.get_by_label(f"What {column} becomes").select_option(label=field)
    page.get_by_role("button", name="Check again").click()
    expect(page.get_by_role("heading", name="What would become of")).to_be_visible()


def number_in(page: Page, tile: str) -> int:
    """What a tile of the result says."""
    found = page.locator(".tile", has=page.get_by_text(tile, exact=True)).locator(".tile-value")
    return int(found.inner_text().replace(",", ""))


def test_a_thousand_rows_come_in_with_their_errors_named_and_go_again(open_as: OpenAs, tmp_path: Path) -> None:
    mark, file = uuid.uuid4().hex[:6], tmp_path / "prospects.csv"
    a_list(file, mark)
    page = open_as("manager", "/accounts/", look=DESKTOP)
    upload(page, file)
    map_columns(page)
    expect(page.get_by_text("Texass").first).to_be_visible()
    check(page)
    page.get_by_role("button", name="Dry run of all rows").click()
    expect(page.get_by_text("Would be created")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("link", name="Correct and import")).to_be_visible(timeout=PATIENCE)
    assert (number_in(page, "Would be created"), number_in(page, "Failed")) == (ROWS - BAD, BAD)
    check(page)
    page.get_by_role("link", name="Correct and import").click()
    expect(page.get_by_label("What Company becomes")).not_to_have_value("")
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_role("button", name="Undo this import")).to_be_visible(timeout=PATIENCE)
    assert (number_in(page, "Rows read"), number_in(page, "Created"), number_in(page, "Failed")) == (
        ROWS, ROWS - BAD, BAD,
    )  # fmt: skip
    check(page)
    reasons_are_in_the_file(page)
    one_is_worked_with(page, mark)
    page.get_by_role("button", name="Undo this import").click()
    expect(page.get_by_text(f"{ROWS - BAD - 1} records taken back")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("1 record kept")).to_be_visible()
    check(page)
    with page.expect_download() as waiting:
        page.get_by_role("link", name="What was kept, and why").click()
    assert f"Import {mark} 0500" in waiting.value.path().read_text(encoding="utf-8-sig")
    page.goto(f"/accounts/?q=Import+{mark}")
    expect(page.locator("#accounts-table tbody tr[data-row]")).to_have_count(1)


def reasons_are_in_the_file(page: Page) -> None:
    """Each row that stayed out is in the file as it was, with what is wrong."""
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Rows that did not come in").click()
    with waiting.value.path().open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == BAD
    reason = next(name for name in rows[0] if "reason" in name.lower())
    assert all(row[reason] for row in rows)
    assert {row["ST"] for row in rows} == {"Texass", "TX"}
    said = Counter(row[reason].split()[0] for row in rows)
    assert said == {"State": BAD_STATES, "a": NAMELESS, "Trucks": BAD_FLEETS}
    assert all("needs a name" in row[reason] for row in rows if not row["Company"])


def one_is_worked_with(page: Page, mark: str) -> None:
    """Somebody logs a call at one of the new accounts, which the undo must not destroy."""
    here = page.url
    page.goto(f"/accounts/?q=Import+{mark}+0500")
    page.locator("#accounts-table a[data-open]").first.click()
    composer = page.locator("#composer")
    composer.get_by_label("Subject").fill("They want rates")
    composer.get_by_role("button", name="Save").click()
    expect(page.locator("#timeline .entry", has_text="They want rates")).to_be_visible()
    page.goto(here)
    expect(page.get_by_role("button", name="Undo this import")).to_be_visible()
