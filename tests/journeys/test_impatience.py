"""Hands that are faster than the network: pressed twice, typed on, saved at once; and a network that says no."""

from __future__ import annotations

import re
import uuid

from playwright.sync_api import Page, Route, expect

from tests.journeys.conftest import OpenAs
from tests.journeys.looks import DESKTOP
from tests.journeys.test_reps_morning import a_deal, card_in
from tests.journeys.test_work import timeline_of
from tests.journeys.watch import Watch, settle


def slowly(page: Page, where: str, *, milliseconds: int = 700) -> None:
    """What is sent there takes its time."""

    def wait(route: Route) -> None:
        page.wait_for_timeout(milliseconds)
        route.fallback()

    page.route(where, wait)


def test_what_is_saved_twice_in_a_hurry_is_there_once(open_as: OpenAs) -> None:
    page, word = timeline_of(open_as, DESKTOP), f"Talk {uuid.uuid4().hex[:6]}"
    page.get_by_label("Subject").fill(word)
    page.locator("#composer").get_by_text("Voicemail", exact=True).click()
    page.get_by_role("button", name="Save").dblclick()
    expect(page.locator(".entry", has_text=word)).to_have_count(1)
    page.wait_for_timeout(1_000)
    page.reload()
    expect(page.locator(".entry", has_text=word)).to_have_count(1)


def test_a_page_that_is_sent_twice_in_a_hurry_makes_one(open_as: OpenAs) -> None:
    page, name = open_as("rep", "/", look=DESKTOP), f"Zebra {uuid.uuid4().hex[:6]} Freight"
    page.goto("/accounts/new")
    page.get_by_label("Name", exact=True).fill(name)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.method == "POST" else None)
    page.evaluate(
        """() => { const button = [...document.querySelectorAll("main form[method=post] button")].at(-1);
                   button.click(); button.click(); }"""
    )
    page.wait_for_url(re.compile(r"/accounts/\d+/$"))
    assert len(asked) == 1


def test_a_button_that_is_pressed_twice_in_a_hurry_calls_once(open_as: OpenAs, watch: Watch) -> None:
    page = timeline_of(open_as, DESKTOP)
    page.goto(f"/accounts/{re.findall(r'account=([0-9]+)', page.url)[0]}/")
    slowly(page, "**/quick*")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.method == "POST" else None)
    with watch.expecting(451):  # where it is night the judge refuses, once as well
        page.get_by_role("group", name="Quick actions").get_by_role("button", name=re.compile("^Call ")).dblclick()
        expect(page.locator(".toast")).to_be_visible()
        page.wait_for_timeout(1_000)
    assert len(asked) == 1
    page.unroute_all()


def test_fields_of_a_deal_that_change_in_a_hurry_are_all_saved(open_as: OpenAs, watch: Watch) -> None:
    page = open_as("rep", "/", look=DESKTOP)
    a_deal(page)
    slowly(page, "**/pipeline/opportunities/*/update")
    page.get_by_label("Next step").fill("Call the terminal")
    page.get_by_label("Next step").press("Enter")
    page.get_by_label("Competitor").fill("Own recruiters")
    page.get_by_label("Amount").fill("12,500")
    page.get_by_label("Where it came from").focus()
    expect(page.locator(".deal-amount")).to_contain_text("$12,500")
    page.unroute_all()
    page.reload()
    expect(page.get_by_label("Next step")).to_have_value("Call the terminal")
    expect(page.get_by_label("Competitor")).to_have_value("Own recruiters")
    expect(page.get_by_label("Amount")).to_have_value("12500.00")
    assert not watch.complaints


def test_a_reason_that_could_not_be_sent_is_still_there(open_as: OpenAs, watch: Watch) -> None:
    page = open_as("rep", "/", look=DESKTOP)
    a_deal(page)
    with watch.expecting(422, 503):
        page.get_by_role("button", name="Lost", exact=True).click()
        dialog = page.get_by_role("dialog", name="What this stage asks for")
        dialog.get_by_label("Why was it lost").fill("No budget this year")
        page.route("**/pipeline/opportunities/**", lambda route: route.fulfill(status=503, body=""))
        dialog.get_by_role("button", name="Move to Closed lost").click()
        expect(dialog.get_by_role("alert")).to_contain_text("Try again")
        page.unroute_all()
        expect(dialog.get_by_label("Why was it lost")).to_have_value("No budget this year")
        dialog.get_by_role("button", name="Move to Closed lost").click()
        expect(page.locator("#opportunity")).to_contain_text("No budget this year")
    expect(page.locator("#timeline")).to_contain_text("Closed lost")


def test_text_that_is_marked_past_the_edge_of_a_dialog_does_not_close_it(open_as: OpenAs, watch: Watch) -> None:
    page = open_as("rep", "/", look=DESKTOP)
    a_deal(page)
    with watch.expecting(422):
        page.get_by_role("button", name="Lost", exact=True).click()
        dialog = page.get_by_role("dialog", name="What this stage asks for")
        reason = dialog.get_by_label("Why was it lost")
        reason.fill("No budget this year")
    box = reason.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 10, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(5, 400, steps=5)
    page.mouse.up()
    expect(reason).to_have_value("No budget this year")
    page.mouse.click(5, 400)
    expect(dialog).to_be_hidden()


def test_two_facts_that_are_open_at_once_are_both_saved(open_as: OpenAs) -> None:
    page = open_as("rep", "/", look=DESKTOP)
    page.goto("/accounts/")
    page.get_by_role("main").locator("a[data-open]").first.click()
    settle(page)
    mark = uuid.uuid4().hex[:6]
    for fact in ("Description", "E-mail"):
        page.get_by_role("link", name=re.compile(rf"^(Add|Change) {fact}")).click()
        expect(page.locator(".fact-form").get_by_label(fact)).to_be_visible()
    page.get_by_label("Description").fill(f"Two yards {mark}")
    page.locator(".fact-form", has=page.get_by_label("Description")).get_by_role("button", name="Save").click()
    expect(page.locator(".facts")).to_contain_text(f"Two yards {mark}")
    page.locator(".fact-form").get_by_label("E-mail").fill(f"{mark}@two-yards.com")
    page.locator(".fact-form", has=page.locator("#edit-email")).get_by_role("button", name="Save").click()
    expect(page.locator(".facts")).to_contain_text(f"{mark}@two-yards.com")


def test_a_row_that_is_chosen_stays_chosen_while_a_cell_of_it_is_changed(open_as: OpenAs) -> None:
    page = open_as("rep", "/", look=DESKTOP)
    page.goto("/accounts/")
    boxes = page.locator("#accounts-table [data-select]")
    for box in boxes.all()[:3]:
        box.check()
    expect(page.locator("[data-bulk-count]")).to_have_text("3 chosen")
    row = page.locator("#accounts-table tr[data-row]").nth(1)
    row.hover()
    row.locator(".cell-edit").first.click()
    expect(page.locator("[data-cell-form]")).to_be_visible()
    expect(boxes.nth(1)).to_be_checked()
    page.keyboard.press("Escape")
    expect(page.locator("[data-cell-form]")).to_have_count(0)
    expect(boxes.nth(1)).to_be_checked()
    expect(page.locator("[data-bulk-count]")).to_have_text("3 chosen")


def test_two_keys_in_a_hurry_move_a_card_two_stages(open_as: OpenAs, watch: Watch) -> None:
    page = open_as("rep", "/", look=DESKTOP)
    key = a_deal(page)
    page.goto("/pipeline/")
    settle(page)
    slowly(page, "**/pipeline/opportunities/*/stage")
    card_in(page, "prospecting", key).locator("[data-open]").focus()
    with watch.expecting(422):
        page.keyboard.press("]")
        page.keyboard.press("]")
        dialog = page.get_by_role("dialog", name="What this stage asks for")
        expect(dialog.get_by_label("Amount")).to_be_focused()
    page.keyboard.press("Escape")
    expect(card_in(page, "discovery", key)).to_be_visible()
    page.unroute_all()


def test_who_writes_why_sending_has_to_stop_is_not_interrupted(open_as: OpenAs) -> None:
    page = open_as("manager", "/", look=DESKTOP)
    page.clock.install()
    page.goto("/outreach/")
    settle(page)  # what is on its way would be given up by a clock that is turned
    page.locator("#limits summary", has_text="Stop sending").click()
    reason = page.locator("#limits").get_by_label("Why")
    reason.fill("A wrong list")
    page.clock.run_for(65_000)
    page.wait_for_timeout(500)
    expect(reason).to_be_visible()
    expect(reason).to_have_value("A wrong list")


def test_who_comes_back_to_the_board_sees_what_happened_meanwhile(open_as: OpenAs, watch: Watch) -> None:
    mine, theirs = open_as("rep", "/"), open_as("manager", "/pipeline/")
    key = a_deal(mine)
    mine.goto("/pipeline/")
    settle(mine)
    mine.evaluate(
        """() => {
          const wire = document.querySelector("[data-live]");
          wire.addEventListener("pipeline", (event) => event.stopImmediatePropagation(), true);
          Object.defineProperty(document, "hidden", { configurable: true, get: () => window.isAway });
          window.isAway = true;
          document.dispatchEvent(new Event("visibilitychange"));
        }"""
    )
    theirs.goto("/pipeline/")
    card_in(theirs, "prospecting", key).locator("summary").click()
    card_in(theirs, "prospecting", key).get_by_role("button", name="Discovery", exact=True).click()
    expect(card_in(theirs, "discovery", key)).to_be_visible()
    mine.wait_for_timeout(5_500)
    mine.evaluate("() => { window.isAway = false; document.dispatchEvent(new Event('visibilitychange')); }")
    expect(card_in(mine, "prospecting", key)).to_have_class(re.compile(r"\bis-elsewhere\b"))
