"""What a phone keeps when things go wrong: tabs, refusals, a clock that jumps, a server in trouble, a full device."""

from __future__ import annotations

import json
import re
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import APIResponse, Browser, BrowserContext, Locator, Page, Route, StorageState, expect

from tests.journeys.axe import serious_violations
from tests.journeys.line import Line
from tests.journeys.served import Served
from tests.journeys.test_capture import (
    DRAFT_IS_KEPT,
    WORDING,
    an_event,
    asked,
    came,
    cut,
    leads_of,
    mended,
    opened,
    phone,
    settled_for_offline,
    take,
)

SignedIn = Callable[[str], StorageState]
FULL = """() => {
  const add = IDBObjectStore.prototype.add;
  const whole = () => { throw new DOMException("The disk is full.", "QuotaExceededError"); };
  IDBObjectStore.prototype.add = IDBObjectStore.prototype.put = whole;
}"""


# The clock of the device, ahead by so many hours; the steady one goes on as it does.
MOVED = """(() => {
  const Real = Date;
  window.hoursAhead = Number(localStorage.getItem("hoursAhead") ?? 0);
  const now = () => Real.now() + window.hoursAhead * 3600_000;
  window.Date = class extends Real {
    constructor(...given) { super(...(given.length ? given : [now()])); }
    static now() { return now(); }
  };
})()"""


def opened_later(page: Page, hours: int) -> None:
    """Closed, and opened again when the device's clock is ahead by so much."""
    page.evaluate("hours => localStorage.setItem('hoursAhead', hours)", hours)
    page.reload()


@pytest.fixture(scope="session")
def hall(headhaul: Served, browser: Browser, signed_in: SignedIn) -> int:
    """An event that everybody may capture for."""
    context = browser.new_context(base_url=headhaul.address, storage_state=signed_in("manager"))
    event = an_event(context.new_page(), f"Hall {uuid.uuid4().hex[:6]}")
    context.close()
    return event


@pytest.fixture
def line(headhaul: Served) -> Iterator[Line]:
    """A line of one's own, so that cutting it cuts nobody else off."""
    made = Line(headhaul.address)
    yield made
    made.cut()


@pytest.fixture
def rosas(browser: Browser, signed_in: SignedIn, line: Line) -> Iterator[BrowserContext]:
    """Rosa's phone."""
    with phone(browser, signed_in("rep"), line) as context:
        yield context


def company(page: Page) -> Locator:
    """The field that says who it is."""
    return page.get_by_label("Company or DOT number")


def another_tab(context: BrowserContext, event: int) -> Page:
    """The capture page once more, ready; without a network as well."""
    page = context.new_page()
    page.goto(f"/capture/?event={event}")
    expect(page.locator("[data-capture][data-ready]")).to_be_attached()
    return page


def names(*words: str) -> list[str]:
    """Companies that nobody else has."""
    mark = uuid.uuid4().hex[:6]
    return [f"{word} {mark}" for word in words]


def stored(headhaul: Served, event: int, *companies: str) -> list[str]:
    """Which of them arrived, each as often as it did."""
    return sorted(row["company"] for row in leads_of(headhaul, event) if row["company"] in companies)


def refused(page: Page, name: str) -> Locator:
    """A lead that the server does not take; its row."""
    page.get_by_text("Tags, title, follow-up").click()
    page.get_by_label("Tags").fill("x" * 200)
    take(page, name)
    row = page.locator("[data-queue] > li", has_text=name)
    expect(row).to_contain_text("Needs a look")
    return row


def test_two_tabs_share_neither_a_draft_nor_a_lead(
    rosas: BrowserContext, headhaul: Served, line: Line, hall: int
) -> None:
    alpha, bravo, carol, delta = names("Alpha", "Bravo", "Carol", "Delta")
    one = opened(rosas, hall)
    settled_for_offline(one)
    company(one).fill(alpha)
    one.evaluate(DRAFT_IS_KEPT)
    two = another_tab(rosas, hall)
    expect(company(two)).to_have_value("")
    one.get_by_role("button", name="Save lead").click()
    expect(one.locator("[data-saying]")).to_contain_text("Saved")
    expect(two.locator("[data-counts]")).to_have_text("1 saved")
    take(two, bravo)
    expect(two.locator("[data-queue] > li", has_text=bravo)).to_contain_text("Saved")

    company(one).fill(carol)
    one.evaluate(DRAFT_IS_KEPT)
    cut(rosas, line)
    two.reload()
    expect(two.locator("[data-counts]")).to_have_text("2 saved")
    take(one, carol)
    expect(two.locator("[data-counts]")).to_have_text("1 waiting, 2 saved")
    take(two, delta)
    expect(two.locator("[data-counts]")).to_have_text("2 waiting, 2 saved")
    mended(rosas, line)
    expect(two.locator("[data-counts]")).to_have_text("4 saved", timeout=30_000)
    assert stored(headhaul, hall, alpha, bravo, carol, delta) == [alpha, bravo, carol, delta]


def test_what_was_half_typed_in_a_tab_that_died_comes_back_in_the_next_one_alone(
    rosas: BrowserContext, hall: int
) -> None:
    page = opened(rosas, hall)
    company(page).fill("Half typed")
    page.evaluate(DRAFT_IS_KEPT)
    page.reload()
    expect(company(page)).to_have_value("Half typed")
    page.close()
    page = opened(rosas, hall)
    expect(company(page)).to_have_value("Half typed")
    other = another_tab(rosas, hall)
    expect(company(other)).to_have_value("")


def test_two_tabs_that_send_at_once_send_each_lead_once(
    rosas: BrowserContext, headhaul: Served, line: Line, hall: int
) -> None:
    sent: Counter[str] = Counter()
    rosas.on(
        "request",
        lambda request: (
            sent.update(item["clientId"] for item in json.loads(request.post_data or "{}").get("items", []))
            if request.url.endswith("/capture/leads")
            else None
        ),
    )
    one = opened(rosas, hall)
    settled_for_offline(one)
    two = another_tab(rosas, hall)
    given = names("Echo", "Fox", "Golf", "Hotel")
    cut(rosas, line)
    for name in given:
        take(one, name)
    expect(two.locator("[data-counts]")).to_have_text("4 waiting")
    sent.clear()
    mended(rosas, line)
    for tab in (one, two):
        tab.evaluate("document.querySelector('[data-retry]').click()")
    for tab in (one, two):
        expect(tab.locator("[data-counts]")).to_have_text("4 saved", timeout=30_000)
    assert sorted(sent.values()) == [1, 1, 1, 1]
    assert stored(headhaul, hall, *given) == given


def test_a_tab_that_was_put_to_sleep_while_it_sent_does_not_hold_up_the_others(
    rosas: BrowserContext, headhaul: Served, hall: int
) -> None:
    (name,) = names("Whiskey")
    asleep = rosas.new_page()
    asleep.goto("/capture/manifest.webmanifest")
    asleep.evaluate("() => void navigator.locks.request('headhaul-capture-sync', () => new Promise(() => null))")
    asleep.evaluate("localStorage.setItem('headhaul-capture-sync-seen', Date.now())")
    page = opened(rosas, hall)
    take(page, name)
    page.wait_for_timeout(3_000)
    expect(page.locator("[data-counts]")).to_have_text("1 waiting")
    asleep.evaluate("localStorage.setItem('headhaul-capture-sync-seen', Date.now() - 100_000)")
    expect(page.locator("[data-counts]")).to_have_text("1 saved")
    assert stored(headhaul, hall, name) == [name]


# Who asks for the first time whether the tab that sends is alive, is soon told that it is.
BEGINS_SOON = """(() => {
  const [asked, seen] = [Storage.prototype.getItem, "headhaul-capture-sync-seen"];
  Storage.prototype.getItem = function (name) {
    if (name === seen && !window.isAsked) {
      window.isAsked = true;
      const says = () => (localStorage.setItem(seen, Date.now()), setTimeout(says, 200));
      setTimeout(says, 200);
    }
    return asked.call(this, name);
  };
})()"""


def test_a_tab_that_has_only_begun_to_send_is_not_taken_for_one_that_sleeps(rosas: BrowserContext, hall: int) -> None:
    (name,) = names("Xray")
    begins = rosas.new_page()
    begins.goto("/capture/manifest.webmanifest")
    begins.evaluate("() => void navigator.locks.request('headhaul-capture-sync', () => new Promise(() => null))")
    rosas.add_init_script(BEGINS_SOON)
    page = opened(rosas, hall)
    page.wait_for_function("window.isAsked")
    take(page, name)
    page.wait_for_timeout(2_500)
    expect(page.locator("[data-counts]")).to_have_text("1 waiting")


CONFLICT = {"code": "conflict", "message": "Another lead has that id.", "fields": {"clientId": "a new one"}}
OTHER_ANSWERS = [
    ({"lead": None, "fault": CONFLICT}, "Another lead has that id."),
    ({"lead": None, "fault": CONFLICT | {"fields": {"company": "is there"}}}, "Another lead has that id."),
    ({"lead": {"status": "put_aside", "leadId": 1}, "fault": None, "reason": ""}, "did not say why"),
]


@pytest.mark.parametrize(("answer", "says"), OTHER_ANSWERS, ids=["conflict", "another conflict", "unknown"])
def test_only_what_the_server_says_it_has_is_saved(
    rosas: BrowserContext, headhaul: Served, hall: int, answer: dict[str, Any], says: str
) -> None:
    page, (name,) = opened(rosas, hall), names("India")
    asked_for: list[str] = []

    def other_answer(route: Route) -> None:
        items = json.loads(route.request.post_data or "")["items"]
        asked_for.extend(item["clientId"] for item in items)
        route.fulfill(json={"items": [{"clientId": item["clientId"], **answer} for item in items]})

    page.route("**/capture/leads", other_answer)
    take(page, name)
    row = page.locator("[data-queue] > li", has_text=name)
    expect(row).to_contain_text("Needs a look")
    expect(row).to_contain_text(says)
    page.unroute("**/capture/leads")
    row.get_by_role("button", name="Mend").click()
    page.get_by_role("button", name="Save lead").click()
    expect(row).to_contain_text("Saved")
    (kept,) = [row for row in leads_of(headhaul, hall) if row["company"] == name]
    assert (kept["client"] in asked_for) is (answer["lead"] is not None)


def test_a_thumb_that_is_faster_than_the_network_saves_the_lead_it_mends(
    browser: Browser, signed_in: SignedIn, line: Line, headhaul: Served, hall: int
) -> None:
    with phone(browser, signed_in("rep"), line, service_workers="block") as context:  # it would answer for the script
        page, (name,) = opened(context, hall), names("Zulu")
        row = refused(page, name)

        def slowly(route: Route) -> None:
            page.wait_for_timeout(1_500)
            route.fallback()

        page.route("**/mending*.js", slowly)
        with page.expect_response("**/capture/leads"):  # what was mended goes out, and is refused again
            row.get_by_role("button", name="Mend").click(no_wait_after=True)
            page.get_by_role("button", name="Save lead").click(no_wait_after=True)
        expect(page.locator("[data-counts]")).to_have_text("1 to look at")
        page.unroute("**/mending*.js")
        row.get_by_role("button", name="Mend").click()
        expect(page.locator("[data-mending]")).to_be_visible()
        expect(page.get_by_label("Tags")).to_have_value("x" * 200)
        page.get_by_label("Tags").fill("fleet")
        page.get_by_role("button", name="Save lead").click()
        expect(row).to_contain_text("Saved")
        assert stored(headhaul, hall, name) == [name]


def test_what_somebody_else_held_for_a_moment_goes_out_by_itself(
    rosas: BrowserContext, headhaul: Served, hall: int
) -> None:
    page, (name,) = opened(rosas, hall), names("Quebec")
    asked_for: list[str] = []

    def busy_once(route: Route) -> None:
        items = json.loads(route.request.post_data or "")["items"]
        asked_for.extend(item["clientId"] for item in items)
        fault = {"code": "conflict", "message": "Somebody else changed the same thing. Try again.", "fields": {}}
        if len(asked_for) > 1:
            route.fallback()
        else:
            route.fulfill(json={"items": [{"clientId": asked_for[0], "lead": None, "fault": fault}]})

    page.route("**/capture/leads", busy_once)
    take(page, name)
    row = page.locator("[data-queue] > li", has_text=name)
    expect(row).to_contain_text("Saved", timeout=30_000)
    assert asked_for == [asked_for[0]] * 2
    assert stored(headhaul, hall, name) == [name]


def test_mending_changes_what_is_edited_and_neither_the_time_nor_what_was_agreed_to(
    rosas: BrowserContext, headhaul: Served, browser: Browser, signed_in: SignedIn
) -> None:
    manager = browser.new_context(base_url=headhaul.address, storage_state=signed_in("manager"))
    event = an_event(manager.new_page(), f"Over {uuid.uuid4().hex[:6]}")
    manager.close()
    name, half = names("Juliet", "Half")
    page = opened(rosas, event)
    page.get_by_label("E-mail", exact=True).first.fill("a@mend.example")
    page.get_by_role("checkbox", name="E-mail", exact=True).check()
    began = datetime.now(UTC)
    row = refused(page, name)
    held = datetime.now(UTC)
    asked(
        headhaul,
        "from headhaul.capture.models import CaptureEvent;"
        f"CaptureEvent.objects.filter(pk={event}).update(is_active=False, consent_wording='Other words')",
    )
    page.wait_for_timeout(max(0, 8_000 - (datetime.now(UTC) - held).total_seconds() * 1000))
    page.goto("/capture/")
    expect(page.locator("[data-capture][data-ready]")).to_be_attached()
    expect(page.locator(f"[name=eventId] option[value='{event}']")).to_have_count(0)
    other = page.locator("[name=eventId]").input_value()
    company(page).fill(half)
    row.get_by_role("button", name="Mend").click()
    expect(page.locator("[name=eventId]")).to_have_value(str(event))
    expect(page.locator("[data-agreed-words]")).to_have_text(WORDING)
    expect(page.locator("[data-mending]")).to_be_visible()
    assert serious_violations(page) == []
    page.get_by_role("button", name="Leave it for now").click()
    expect(company(page)).to_have_value(half)
    expect(page.locator("[name=eventId]")).to_have_value(other)
    page.reload()
    expect(company(page)).to_have_value(half)

    row.get_by_role("button", name="Mend").click()
    expect(page.get_by_role("checkbox", name="E-mail", exact=True)).to_be_checked()
    page.get_by_text("Tags, title, follow-up").click()
    page.get_by_label("Tags").fill("reefer")
    page.get_by_role("button", name="Save lead").click()
    expect(row).to_contain_text("Saved")
    expect(company(page)).to_have_value(half)
    company(page).fill("")
    (kept,) = [row for row in leads_of(headhaul, event) if row["company"] == name]
    assert began - timedelta(seconds=1) <= datetime.fromisoformat(kept["at"]) <= held
    assert kept["consent"]["wording"] == WORDING
    assert kept["tags"] == ["reefer"]


def test_what_was_not_sent_is_removed_only_after_asking(rosas: BrowserContext, hall: int) -> None:
    page, (name,) = opened(rosas, hall), names("Kilo")
    row = refused(page, name)
    row.get_by_role("button", name="Remove").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("not sent")
    dialog.get_by_role("button", name="Keep").click()
    expect(row).to_be_visible()
    row.get_by_role("button", name="Remove").click()
    dialog.get_by_role("button", name="Remove").click()
    expect(row).to_have_count(0)


def test_after_days_without_the_server_leads_are_still_taken_down_and_nothing_is_lost(
    rosas: BrowserContext, headhaul: Served, line: Line, hall: int
) -> None:
    lima, mike, november = given = names("Lima", "Mike", "November")
    rosas.add_init_script(MOVED)
    page = opened(rosas, hall)
    settled_for_offline(page)
    cut(rosas, line)
    take(page, lima)
    opened_later(page, 73)
    rows = page.locator("[data-queue] > li")
    expect(rows).to_have_count(1)
    expect(rows.first).to_contain_text("waits until you sign in")
    expect(rows.get_by_role("button", name="Remove")).to_have_count(0)
    take(page, mike)
    expect(page.locator("[data-saying]")).to_contain_text("Kept on this device")
    expect(page.locator("[data-counts]")).to_have_text("2 waiting")

    opened_later(page, 0)  # a clock that jumped and came back locks nobody out …
    expect(rows.filter(has_text=mike)).to_be_visible()
    page.evaluate("window.hoursAhead = 73")  # … nor does one that jumps while the page is open
    take(page, november)
    expect(rows.filter(has_text=lima)).to_be_visible()

    mended(rosas, line)
    expect(page.locator("[data-counts]")).to_have_text("3 saved", timeout=30_000)
    assert stored(headhaul, hall, *given) == given


def test_the_server_itself_ends_what_opens_and_never_what_seals(rosas: BrowserContext, hall: int) -> None:
    page, (name,) = opened(rosas, hall), names("Oscar")
    page.route("**/capture/leads", lambda route: route.abort())
    take(page, name)
    ends = (datetime.now(UTC) + timedelta(hours=73)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    page.route("**/capture/state", lambda route: route.fulfill(status=401, headers={"Date": ends}, json={}))
    page.get_by_role("button", name="Send now").click()
    expect(page.locator("[data-signed-out]")).to_be_visible()
    row = page.locator("[data-queue] > li").last
    expect(row).to_contain_text("waits until you sign in")
    company(page).fill("Another")
    page.get_by_role("button", name="Save lead").click()
    expect(page.locator("[data-counts]")).to_have_text("2 waiting")
    page.unroute("**/capture/state")
    page.unroute("**/capture/leads")
    page.reload()
    expect(page.locator("[data-counts]")).to_have_text("2 saved")


def test_an_answer_from_before_the_sign_out_opens_nothing_after_it(rosas: BrowserContext, hall: int) -> None:
    page, (name,) = opened(rosas, hall), names("Quebec")
    page.route("**/capture/leads", lambda route: route.abort())
    ends = (datetime.now(UTC) + timedelta(hours=73)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    asked_for: list[Route] = []

    def answered(route: Route) -> None:
        asked_for.append(route)
        if len(asked_for) > 1:
            route.fulfill(status=401, headers={"Date": ends}, json={})

    page.route("**/capture/state", answered)
    take(page, name)
    came(page, asked_for)  # that somebody is signed in, says an answer that is long on its way …
    page.get_by_role("button", name="Send now").click()
    page.wait_for_timeout(500)  # … so that nobody is, as another answer says, may be heard before it
    asked_for[0].continue_()
    page.wait_for_timeout(500)
    expect(page.locator("[data-queue] > li").last).to_contain_text("waits until you sign in")
    expect(page.locator("[data-signed-out]")).to_be_visible()
    assert len(asked_for) == 2  # it was heard at once, and did not have to be asked for again


KEYS = """() => new Promise((done) => {
  const asked = indexedDB.open("headhaul-capture");
  asked.onsuccess = () => {
    const keys = asked.result.transaction("keys").objectStore("keys").count();
    keys.onsuccess = () => (asked.result.close(), done(keys.result));
  };
})"""


def test_an_answer_on_its_way_brings_no_key_back_after_the_sign_out(
    browser: Browser, headhaul: Served, line: Line, hall: int
) -> None:
    with phone(browser, {"cookies": [], "origins": []}, line, service_workers="block") as context:
        leaves, page = context.new_page(), context.new_page()
        leaves.goto("/")
        headhaul.fill_in(leaves, "rep")
        leaves.wait_for_url(f"{line.address}/")
        page.add_init_script("AbortSignal.timeout = () => new AbortController().signal")  # it is held for long
        page.goto(f"/capture/?event={hall}")
        expect(page.locator("[data-capture][data-ready]")).to_be_attached()
        answers: list[tuple[Route, APIResponse]] = []
        page.route("**/capture/state", lambda route: answers.append((route, route.fetch())))
        page.evaluate("window.dispatchEvent(new Event('online'))")
        came(page, answers)
        leaves.goto(f"/capture/?event={hall}")
        leaves.get_by_role("navigation", name="Panels, phone").get_by_text("More", exact=True).click()
        slow: list[Route] = []
        leaves.route(re.compile(r"/leaving[^/]*\.js"), lambda route: slow.append(route))
        for _ in range(2):  # the second press comes before what forgets is there
            leaves.get_by_role("button", name="Sign out").last.click()
        came(leaves, slow)
        slow[0].continue_()
        expect(leaves.get_by_label("Password", exact=True)).to_be_visible()
        assert leaves.evaluate(KEYS) == 0
        route, answer = answers[0]
        with page.expect_response("**/capture/state"):
            route.fulfill(response=answer)
        page.wait_for_timeout(500)
        assert leaves.evaluate(KEYS) == 0


def test_what_is_typed_before_the_page_is_ready_stays_where_it_was_typed(
    browser: Browser, signed_in: SignedIn, line: Line, hall: int
) -> None:
    with phone(browser, signed_in("rep"), line, service_workers="block") as context:
        left = opened(context, hall)
        left.get_by_label("Person").fill("Somebody else")
        left.get_by_label("Note").fill("Wants a call")
        left.get_by_role("checkbox", name="Calls").check()
        left.evaluate(DRAFT_IS_KEPT)
        left.close()
        page, slow = context.new_page(), list[Route]()
        page.route(re.compile(r"/capture/drafts[^/]*\.js"), lambda route: slow.append(route))
        page.goto(f"/capture/?event={hall}", wait_until="commit")
        page.get_by_label("Person").press_sequentially("Dana")
        came(page, slow)
        slow[0].continue_()
        expect(page.locator("[data-capture][data-ready]")).to_be_attached()
        expect(page.get_by_label("Person")).to_have_value("Dana")
        expect(page.get_by_label("Person")).to_be_focused()
        expect(page.get_by_label("Note")).to_have_value("Wants a call")  # what a tab that died left …
        expect(page.get_by_role("checkbox", name="Calls")).not_to_be_checked()  # … but Dana agreed to nothing


def test_carriers_that_did_not_come_are_asked_for_again_with_the_next_connection(
    rosas: BrowserContext, hall: int
) -> None:
    page = rosas.new_page()
    page.route("**/capture/extract/**", lambda route: route.abort())
    page.goto(f"/capture/?event={hall}")
    expect(page.locator("[data-capture][data-ready]")).to_be_attached()
    expect(page.locator("[data-extract]")).to_contain_text("No carriers")
    page.unroute("**/capture/extract/**")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator("[data-extract]")).to_contain_text("carriers near this event are on this device")


def test_a_server_in_trouble_and_a_line_cut_half_way_lose_and_double_nothing(
    rosas: BrowserContext, headhaul: Served, line: Line, hall: int
) -> None:
    mark, count = uuid.uuid4().hex[:6], 60  # more than go at once
    page = opened(rosas, hall)
    settled_for_offline(page)
    cut(rosas, line)
    take(page, f"Papa {mark}")
    page.evaluate(
        """async ([event, mark, count]) => {
          const scripts = performance.getEntriesByType("resource").map(({ name }) => name);
          const { add } = await import(scripts.find((name) => /capture\\/outbox[^/]*\\.js/.test(name)));
          const user = Number(document.querySelector("[data-user]").dataset.user);
          for (let at = 1; at < count; at += 1)
            await add(user, {
              clientId: crypto.randomUUID(), eventId: event, company: `Papa ${mark} ${at}`, phones: [], emails: [],
              tags: [], contactName: "", capturedAt: new Date().toISOString(), wasOffline: true,
            }, null, "none");
        }""",
        [hall, mark, count],
    )
    expect(page.locator("[data-counts]")).to_have_text(f"{count} waiting")
    calls: list[int] = []

    def trouble(route: Route) -> None:
        calls.append(len(json.loads(route.request.post_data or "")["items"]))
        if len(calls) == 1:
            route.fulfill(status=503, body="Busy")
        elif len(calls) == 2:
            route.fetch()  # it arrives, and nobody hears the answer
            route.abort()
        elif len(calls) == 4:
            route.fulfill(status=200, content_type="application/json", body='{"items": [{"clie')
        else:
            route.continue_()

    page.evaluate(  # only the button sends
        "() => { const wait = window.setTimeout;"
        " window.setTimeout = (what, ms, ...more) => wait(what, ms >= 1500 ? 60_000 : ms, ...more); }"
    )
    page.route("**/capture/leads", trouble)
    mended(rosas, line)
    expect(page.locator("[data-network]")).to_contain_text("The server has trouble")
    expect(page.locator("[data-counts]")).to_have_text(f"{count} waiting")
    expect(page.locator("[data-queue] > li").last).to_contain_text("The server answered 503")
    page.get_by_role("button", name="Send now").click()
    expect(page.locator("[data-queue] > li").last).to_contain_text("No connection")
    page.get_by_role("button", name="Send now").click()
    expect(page.locator("[data-counts]")).to_have_text("10 waiting, 50 saved", timeout=30_000)
    page.get_by_role("button", name="Send now").click()
    expect(page.locator("[data-counts]")).to_have_text("40 saved", timeout=60_000)  # so many are shown on
    found = Counter(row["company"] for row in leads_of(headhaul, hall) if mark in row["company"])
    assert (len(found), set(found.values())) == (count, {1})


def test_a_full_device_says_that_the_lead_is_not_saved_and_leaves_it_in_the_form(
    rosas: BrowserContext, headhaul: Served, hall: int
) -> None:
    page, (name, other) = opened(rosas, hall), names("Quebec", "Romeo")
    page.route("**/capture/leads", lambda route: route.abort())
    take(page, name)
    page.evaluate(FULL)
    company(page).fill(other)
    page.get_by_label("Person").fill("Dana Ruiz")
    page.get_by_role("button", name="Save lead").click()
    said = page.locator("[data-saying]")
    expect(said).to_contain_text("This lead is not saved")
    expect(said).to_contain_text("full")
    expect(company(page)).to_have_value(other)
    expect(page.get_by_label("Person")).to_have_value("Dana Ruiz")
    page.unroute("**/capture/leads")
    page.get_by_role("button", name="Send now").click()  # what waits still goes out, and makes room
    expect(page.locator("[data-queue] > li", has_text=name)).to_have_count(0)
    assert stored(headhaul, hall, name, other) == [name]


def test_another_person_on_the_same_phone_neither_sees_nor_sends_what_waits(
    browser: Browser, headhaul: Served, line: Line, hall: int
) -> None:
    sierra, tango = names("Sierra", "Tango")
    with phone(browser, {"cookies": [], "origins": []}, line) as context:
        sign_in(context, headhaul, line, "rep")
        page = opened(context, hall)
        settled_for_offline(page)
        cut(context, line)
        take(page, sierra)
        company(page).fill("Half typed by Rosa")
        page.evaluate(DRAFT_IS_KEPT)
        context.clear_cookies()  # the session ends while nobody hears of it
        line.mend()
        line_up = context.new_page()
        context.set_offline(False)
        expect(page.locator("[data-signed-out]")).to_be_visible()
        line_up.close()
        page.close()

        sign_in(context, headhaul, line, "manager")
        page = opened(context, hall)
        expect(company(page)).to_have_value("")
        expect(page.locator("[data-others]")).to_contain_text("1 lead of another person")
        take(page, tango)
        expect(page.locator("[data-counts]")).to_have_text("1 saved")
        assert stored(headhaul, hall, sierra, tango) == [tango]
        context.clear_cookies()
        page.close()

        sign_in(context, headhaul, line, "rep")
        page = opened(context, hall)
        expect(page.locator("[data-queue] > li", has_text=sierra)).to_contain_text("Saved")
        expect(company(page)).to_have_value("Half typed by Rosa")
    rows = {row["company"]: row["captured_by"] for row in leads_of(headhaul, hall)}
    assert rows[sierra] != rows[tango]


def sign_in(context: BrowserContext, headhaul: Served, line: Line, role: str) -> None:
    """Through the page, in this context."""
    page = context.new_page()
    page.goto("/")
    headhaul.fill_in(page, role)
    page.wait_for_url(f"{line.address}/")
    page.wait_for_load_state("load")
    page.close()
