"""A rep's morning, from a prospect on the dashboard to a number in the forecast, at the desk and on the phone."""

from __future__ import annotations

import re
import uuid
from datetime import date, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import OpenAs
from tests.journeys.looks import DESKTOP, PHONE, SIZES, Look
from tests.journeys.owed import check
from tests.journeys.watch import Watch, settle

AMOUNT = 48_000


def open_a_prospect(page: Page) -> str:
    """From the dashboard into an account: the first carrier, state by state, that nobody has opened. Its address."""
    if page.viewport_size and page.viewport_size["width"] <= PHONE.width:
        return open_from_its_page(page)
    states = page.get_by_label("State").locator("option").evaluate_all("all => all.map(o => o.value).filter(Boolean)")
    for state in states:
        page.goto(f"/?state={state}")
        opening = page.get_by_role("button", name=re.compile("^Open an account for"))
        if opening.count():
            opening.first.click()
            page.wait_for_url(re.compile(r"/accounts/\d+/$"))
            return page.url
    raise AssertionError("Every carrier of the example market is an account already.")


def open_from_its_page(page: Page) -> str:
    """On a phone a carrier is opened from its own page: a tap on its name, a tap on the button."""
    states = page.get_by_label("State").locator("option").evaluate_all("all => all.map(o => o.value).filter(Boolean)")
    for state in states[::-1]:
        page.goto(f"/?state={state}")
        for address in [str(link.get_attribute("href")) for link in page.locator("#prospects [data-open]").all()[-2:]]:
            page.goto(address)
            opening = page.get_by_role("button", name="Open an account")
            if opening.count():
                opening.click()
                page.wait_for_url(re.compile(r"/accounts/\d+/$"))
                return page.url
    raise AssertionError("Every carrier of the example market is an account already.")


def add_a_contact(page: Page, name: str, mark: str) -> None:
    """Somebody who decides, with an e-mail address and a number."""
    page.get_by_role("link", name="Add a contact").first.click()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Decides", exact=True).check()
    page.get_by_label("Address", exact=True).fill(f"{mark}@northway-haul.com")
    page.get_by_label("Number", exact=True).fill(f"214-{int(mark, 16) % 800 + 200}-{int(mark[::-1], 16) % 10_000:04d}")
    check(page)
    page.get_by_role("button", name="Add the contact").click()
    expect(page.locator(".person", has_text=name)).to_be_visible()
    settle(page)


def note_a_yes(page: Page, name: str) -> None:
    """They agreed to be called; how they may be reached says so at once."""
    person = page.locator(".person", has_text=name)
    person.get_by_role("link", name="Consent").click()
    person.get_by_label("About").select_option(label="Calls")
    person.get_by_label("They said", exact=True).select_option(label="Yes, they agreed")
    person.get_by_label("Where they said it").fill("phone call")
    person.get_by_label("Proof").fill("“Sure, call me before ten.”")
    person.get_by_role("button", name="Note it").click()
    expect(page.locator(".toast", has_text="Noted what")).to_be_visible()
    expect(page.locator(".person", has_text=name)).to_be_visible()


def log_a_call(page: Page, name: str, mark: str) -> None:
    """With an outcome, on the account's own page; the timeline below has it without a reload."""
    composer = page.locator("#composer")
    composer.get_by_label("Subject").fill(f"Open seats {mark}")
    composer.get_by_label("Contact", exact=True).select_option(label=name)
    composer.locator("[data-for=call]").get_by_text("Interested", exact=True).click()
    composer.get_by_label("Minutes").fill("12")
    composer.get_by_role("button", name="Save").click()
    entry = page.locator("#timeline .entry", has_text=f"Open seats {mark}")
    expect(entry).to_contain_text("Interested")
    expect(entry).to_contain_text("12 min")
    expect(entry).to_contain_text(name)


def open_an_opportunity(page: Page, mark: str) -> str:
    """From the account's page, with a name alone; its number."""
    page.locator("#opportunities").get_by_role("link", name="New", exact=True).click()
    page.get_by_label("Name", exact=True).fill(f"Seats {mark}")
    check(page)
    page.get_by_role("button", name="Open the opportunity").click()
    page.wait_for_url(re.compile(r"/pipeline/opportunities/\d+/$"))
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Seats {mark}")
    check(page)
    found = re.search(r"/opportunities/(\d+)/", page.url)
    assert found
    return found.group(1)


def dollars(text: str) -> int:
    """$1,234 as a number; a dash is none."""
    return int(re.sub(r"[^\d-]", "", text) or 0)


def forecast(page: Page) -> tuple[int, date]:
    """By a tab of the pipeline: what is weighted in the period, and its last day."""
    page.get_by_role("navigation", name="Views of the pipeline").get_by_role("link", name="Forecast").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Forecast")
    check(page)
    tile = page.locator(".tile", has=page.get_by_text("Weighted", exact=True))
    length = page.locator("#filter-period").input_value()
    starts = date.fromisoformat(page.locator("form.call-form input[name=startsOn]").first.input_value())
    months = {"month": 1, "quarter": 3, "year": 12}[length]
    after = date(starts.year + (starts.month + months - 1) // 12, (starts.month + months - 1) % 12 + 1, 1)
    return dollars(tile.locator(".tile-value").inner_text()), after - timedelta(days=1)


def to_the_board(page: Page) -> None:
    page.get_by_role("navigation", name="Views of the pipeline").get_by_role("link", name="Board").click()
    expect(page.locator("#board")).to_be_visible()
    settle(page)


def card_in(page: Page, stage: str, key: str) -> Locator:
    """The card, if it stands in the column."""
    return page.locator(f"[data-column={stage}] [data-card][data-key='{key}']")


def lift(page: Page, card: Locator) -> tuple[float, float]:
    """Pressed and moved a little, until the card shows that it is held; where the pointer is."""
    start = card.bounding_box()
    assert start is not None
    x, y = start["x"] + start["width"] / 2, start["y"] + start["height"] - 12
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 8, y, steps=4)
    expect(card).to_have_class(re.compile(r"\bis-ghost\b"))
    return x, y


def carry(page: Page, start: tuple[float, float], stage: str, key: str) -> None:
    """Over the column, in steps, and let go once the card shows that it would go there: a hand that rests still
    trembles, and cards that slide aside take no notice until they stand."""
    end = page.locator(f"[data-column={stage}] [data-cards]").bounding_box()
    assert end is not None
    x, y = end["x"] + end["width"] / 2, end["y"] + 30
    for share in (0.1, 0.4, 0.7, 1.0):
        page.mouse.move(start[0] + (x - start[0]) * share, start[1] + (y - start[1]) * share, steps=8)
    for trembling in range(50):
        if card_in(page, stage, key).count():
            break
        page.wait_for_timeout(100)
        page.mouse.move(x + trembling % 2, y)
    expect(card_in(page, stage, key)).to_be_visible()
    page.mouse.up()
    page.evaluate("window.__shifts = []")  # what a hand drags across the page is no jump of the page


def choose(card: Locator, stage: str) -> None:
    """By the card's own menu."""
    card.locator("summary").click()
    card.get_by_role("button", name=stage, exact=True).click()


def answer(page: Page, last_day: date) -> None:
    """What the proposal stage asks for, in the dialog that asks for it."""
    dialog = page.get_by_role("dialog", name="What this stage asks for")
    expect(dialog.get_by_label("Amount")).to_be_focused()
    dialog.get_by_label("Amount").fill(f"{AMOUNT:,}")
    dialog.get_by_label("Close date").fill(last_day.isoformat())
    check(page)
    dialog.get_by_role("button", name="Move to Proposal").click()
    expect(dialog).to_be_hidden()


def sum_of(page: Page, stage: str) -> int:
    """What the head of the column says."""
    return dollars(page.locator(f"[data-head={stage}] .deal-sum .strong").inner_text())


@pytest.mark.parametrize("look", SIZES, ids=lambda look: look.name)
def test_from_a_prospect_to_a_number_in_the_forecast(open_as: OpenAs, watch: Watch, look: Look) -> None:
    mark = uuid.uuid4().hex[:6]
    name = f"Dana Ruiz {mark}"
    page = open_as("rep", "/", look=look)
    check(page)
    account = open_a_prospect(page)
    expect(page.locator(".toast", has_text="it is yours")).to_be_visible()
    check(page)
    add_a_contact(page, name, mark)
    note_a_yes(page, name)
    log_a_call(page, name, mark)
    check(page)
    key = open_an_opportunity(page, mark)
    page.goto(account)
    expect(page.locator("#opportunities")).to_contain_text(f"Seats {mark}")
    page.goto("/pipeline/")
    before, last_day = forecast(page)
    to_the_board(page)
    held = sum_of(page, "proposal")
    card = card_in(page, "prospecting", key)
    with watch.expecting(422):
        if look.touch:
            choose(card, "Proposal")
        else:
            carry(page, lift(page, card), "proposal", key)
        answer(page, last_day)
    moved = card_in(page, "proposal", key)
    expect(moved).to_contain_text(f"${AMOUNT:,}")
    expect(page.locator("[data-head=proposal] .deal-sum .strong")).to_have_text(f"${held + AMOUNT:,}")
    check(page)
    after, _ = forecast(page)
    assert after - before == AMOUNT // 2, "half of it, as the stage's probability is 50 %"


def a_deal(page: Page) -> str:
    """A deal of its own in the first stage, entered for the account that the list shows first."""
    page.goto("/accounts/")
    page.get_by_role("main").locator("a[data-open]").first.click()
    return open_an_opportunity(page, uuid.uuid4().hex[:6])


def test_cards_move_by_keys_alone_and_undo_brings_them_back(open_as: OpenAs, watch: Watch) -> None:
    page = open_as("rep", "/", look=DESKTOP)
    key = a_deal(page)
    page.goto("/pipeline/")
    card_in(page, "prospecting", key).locator("[data-open]").focus()
    page.keyboard.press("]")
    expect(card_in(page, "discovery", key).locator("[data-open]")).to_be_focused()
    with watch.expecting(422):
        page.keyboard.press("]")
        dialog = page.get_by_role("dialog", name="What this stage asks for")
        expect(dialog.get_by_label("Amount")).to_be_focused()
    page.keyboard.press("Escape")
    expect(card_in(page, "discovery", key).locator("[data-open]")).to_be_focused()
    page.keyboard.press("m")
    expect(card_in(page, "discovery", key).get_by_role("button", name="Prospecting")).to_be_focused()
    page.keyboard.press("Enter")
    expect(card_in(page, "prospecting", key)).to_be_visible()
    page.locator(".toast", has_text="is in Prospecting").get_by_role("button", name="Undo").click()
    expect(page.locator(".toast", has_text="Taken back")).to_be_visible()
    expect(card_in(page, "discovery", key)).to_be_visible()
    check(page)


def test_what_somebody_else_moved_meanwhile_is_shown_as_it_is_now(open_as: OpenAs, watch: Watch) -> None:
    mine, theirs = open_as("rep", "/"), open_as("manager", "/pipeline/")
    key = a_deal(mine)
    mine.goto("/pipeline/")
    mine.locator("[data-live]").evaluate("source => source.remove()")  # the wire is cut: nothing tells this page
    theirs.goto("/pipeline/")
    choose(card_in(theirs, "prospecting", key), "Discovery")
    expect(card_in(theirs, "discovery", key)).to_be_visible()
    expect(theirs.locator(".toast", has_text="is in Discovery")).to_be_visible()
    with watch.expecting(409):
        choose(card_in(mine, "prospecting", key), "Negotiation")
        expect(mine.locator(".toast[data-tone=bad]")).to_be_visible()
    expect(card_in(mine, "discovery", key)).to_be_visible()


def test_what_somebody_else_moves_shows_by_itself_but_not_under_a_hand(open_as: OpenAs, watch: Watch) -> None:
    mine, theirs = open_as("rep", "/"), open_as("manager", "/pipeline/")
    key, other = a_deal(mine), a_deal(mine)
    mine.goto("/pipeline/")
    settle(mine)
    held = card_in(mine, "prospecting", key)
    start = lift(mine, held)
    theirs.goto("/pipeline/")
    for each in (key, other):
        choose(card_in(theirs, "prospecting", each), "Discovery")
        expect(card_in(theirs, "discovery", each)).to_be_visible()
    expect(card_in(mine, "prospecting", other)).to_have_class(re.compile(r"\bis-elsewhere\b"))
    expect(held).not_to_have_class(re.compile(r"\bis-changed\b"))
    with watch.expecting(409):
        carry(mine, start, "negotiation", key)
        expect(mine.locator(".toast[data-tone=bad]")).to_be_visible()
    expect(card_in(mine, "discovery", key)).to_be_visible()

    start = lift(mine, card_in(mine, "discovery", key))
    choose(card_in(theirs, "discovery", key), "Prospecting")
    expect(card_in(theirs, "prospecting", key)).to_be_visible()
    mine.wait_for_timeout(1_000)
    carry(mine, start, "discovery", key)
    expect(card_in(mine, "discovery", key)).to_have_class(re.compile(r"\bis-elsewhere\b"))


@pytest.mark.parametrize("look", SIZES, ids=lambda look: look.name)
def test_a_lost_deal_asks_why_and_can_be_taken_back(open_as: OpenAs, watch: Watch, look: Look) -> None:
    page = open_as("rep", "/", look=look)
    a_deal(page)
    with watch.expecting(422):
        page.get_by_role("button", name="Lost", exact=True).click()
        dialog = page.get_by_role("dialog", name="What this stage asks for")
        dialog.get_by_label("Why was it lost").fill("No budget this year")
    check(page)
    dialog.get_by_role("button", name="Move to Closed lost").click()
    expect(page.locator("#opportunity")).to_contain_text("No budget this year")
    expect(page.get_by_role("button", name="Lost", exact=True)).to_have_count(0)
    page.locator(".toast", has_text="Closed lost").get_by_role("button", name="Undo").click()
    expect(page.locator("[aria-current=step]")).to_have_text("Prospecting")


def test_a_thumb_reaches_every_stage(open_as: OpenAs) -> None:
    page = open_as("rep", "/", look=PHONE)
    key = a_deal(page)
    page.goto("/pipeline/")
    page.get_by_role("navigation", name="Stages").get_by_role("link", name=re.compile("Discovery")).click()
    expect(page.locator("#head-discovery")).to_be_in_viewport(ratio=1)  # a long column is taller than the phone
    page.get_by_role("navigation", name="Stages").get_by_role("link", name=re.compile("Prospecting")).click()
    choose(card_in(page, "prospecting", key), "Discovery")
    expect(card_in(page, "discovery", key)).to_be_in_viewport()
    check(page)
