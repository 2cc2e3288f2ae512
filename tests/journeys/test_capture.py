"""A booth: leads taken down by a thumb, with a network and without; what comes of them; the forms people fill in."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import segno
from playwright.sync_api import Browser, BrowserContext, Page, Route, StorageState, expect

from tests.journeys.axe import serious_violations
from tests.journeys.conftest import OpenAs
from tests.journeys.line import Line
from tests.journeys.looks import DESKTOP, EVERY_LOOK, PHONE, SIZES, Look
from tests.journeys.owed import check, check_in_the_dark
from tests.journeys.served import PEOPLE, Served
from tests.journeys.watch import listening, scrolls_sideways, settle

WORDING = "Acme may call, text and e-mail me about recruiting drivers. I can withdraw this at any time."
BUDGET = 100_000
LEADS = """
import json
from headhaul.capture.models import Lead
rows = Lead.objects.filter(event_id={event}).order_by("captured_at", "id")
found = [
    {{"client": str(row.client_id), "company": row.as_given.get("company", ""), "dot": row.dot_number,
      "at": row.captured_at.isoformat(), "received": row.received_at.isoformat(), "door": row.door,
      "consent": row.consent, "merged": row.merged_into_id, "spam": row.is_spam, "grade": row.grade,
      "owner": row.owner_id, "captured_by": row.captured_by_id, "opportunity": row.opportunity_id, "tags": row.tags}}
    for row in rows
]
print("LEADS" + json.dumps(found))
"""

# Asked again and again by itself: to `wait_for_function` every promise is true.
PAGE_IS_KEPT = """async () => {
  const pages = await caches.open("capture-pages");
  for (const until = Date.now() + 60_000; !(await pages.match("/capture/")); ) {
    if (Date.now() > until) throw new Error("The page was not kept within a minute.");
    await new Promise((done) => setTimeout(done, 50));
  }
}"""

# The page keeps a draft a quarter of a second after the last key; a timer that is set after it rings after it.
DRAFT_IS_KEPT = """async () => {
  await new Promise((done) => setTimeout(done, 300));
  const scripts = performance.getEntriesByType("resource").map(({ name }) => name);
  await (await import(scripts.find((name) => /capture\\/drafts[^/]*\\.js/.test(name)))).written();
}"""

OWNED = """
from headhaul.accounts.models import Account
from headhaul.security.models import User
Account.objects.filter(dot_number={dot}).update(owner=User.objects.get(email="{email}"))
"""


def asked(headhaul: Served, script: str) -> str:
    """What a script within Headhaul prints."""
    return headhaul.scripts.told(script)


def leads_of(headhaul: Served, event: int) -> list[dict[str, Any]]:
    """The leads of an event, oldest first, as stored."""
    said = asked(headhaul, LEADS.format(event=event))
    found: list[dict[str, Any]] = json.loads(said.partition("LEADS")[2])
    return found


def an_event(page: Page, name: str, *, source: str = "") -> int:
    """A manager makes an event in Texas whose form is open; its number."""
    page.goto("/capture/events/new")
    page.get_by_label("Name", exact=True).fill(name)
    if source:
        page.get_by_label("Source", exact=True).select_option(source)
    page.get_by_label("City").fill("Dallas")
    page.get_by_label("State").fill("TX")
    page.get_by_label("What people agree to").fill(WORDING)
    page.get_by_label("The public form takes answers").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    return int(re.findall(r"/events/(\d+)/", page.url)[0])


@pytest.fixture(scope="session")
def fair(headhaul: Served, browser: Browser, signed_in: Callable[[str], StorageState]) -> int:
    """An event that everybody may capture for."""
    context = browser.new_context(base_url=headhaul.address, storage_state=signed_in("manager"))
    event = an_event(context.new_page(), f"Fair {uuid.uuid4().hex[:6]}")
    context.close()
    return event


@pytest.fixture
def line(headhaul: Served) -> Iterator[Line]:
    """A line of one's own, so that cutting it cuts nobody else off."""
    made = Line(headhaul.address)
    yield made
    made.cut()


@contextmanager
def phone(
    browser: Browser, state: StorageState, line: Line, look: Look = PHONE, **more: Any
) -> Iterator[BrowserContext]:
    """A phone of its own, signed in, on that line."""
    context = browser.new_context(base_url=line.address, storage_state=state, **look.context, **more)
    context.set_default_timeout(30_000)
    yield context
    context.close()


def opened(context: BrowserContext, event: int) -> Page:
    """The capture page, ready."""
    page = listening(context)
    page.goto(f"/capture/?event={event}")
    expect(page.locator("[data-capture][data-ready]")).to_be_attached()
    return page


def came(page: Page, requests: Sequence[object]) -> None:
    """Wait until a request is held."""
    for _ in range(1200):
        if requests:
            return
        page.wait_for_timeout(50)
    raise AssertionError("nothing was asked for within a minute")


def settled_for_offline(page: Page) -> None:
    """Everything that has to be there without a network is there."""
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.evaluate(PAGE_IS_KEPT)
    expect(page.locator("[data-extract]")).to_contain_text("carriers near this event are on this device")


def cut(context: BrowserContext, line: Line) -> None:
    """No network: the system says so, and it is so."""
    line.cut()
    context.set_offline(True)


def mended(context: BrowserContext, line: Line) -> None:
    """The network is back."""
    line.mend()
    context.set_offline(False)


def take(page: Page, company: str, *, person: str = "", phone: str = "", agrees: tuple[str, ...] = ()) -> None:
    """Take a lead down as a thumb does; return when it lies on the device."""
    before = page.locator("[data-queue] > li").count()
    page.get_by_label("Company or DOT number").fill(company)
    if person:
        page.get_by_label("Person").fill(person)
    if phone:
        page.get_by_label("Phone", exact=True).fill(phone)
    for word in agrees:
        page.get_by_role("checkbox", name=word, exact=True).check()
    page.get_by_role("button", name="Save lead").click()
    expect(page.locator("[data-queue] > li")).to_have_count(before + 1)


def a_carrier(page: Page) -> dict[str, Any]:
    """A carrier of the extract on this device."""
    found: dict[str, Any] = page.evaluate(
        """async (event) => {
          const extract = await (await fetch(`/capture/extract/${event}`)).json();
          const at = (name) => extract.columns.indexOf(name);
          const [row] = extract.rows;
          return { dot: row[at("dotNumber")], name: row[at("name")], rows: extract.rows.length };
        }""",
        int(page.locator("[name=eventId]").input_value()),
    )
    return found


def test_twenty_leads_are_taken_down_without_a_network_and_arrive_once_each(
    browser: Browser, signed_in: Callable[[str], StorageState], headhaul: Served, line: Line, open_as: OpenAs
) -> None:
    fair = an_event(open_as("manager", "/"), f"Dallas {uuid.uuid4().hex[:6]}")
    with phone(browser, signed_in("rep"), line) as context:
        page = opened(context, fair)
        settled_for_offline(page)
        carrier = a_carrier(page)
        cut(context, line)
        page.reload()
        expect(page.locator("[data-network]")).to_contain_text("Offline")
        expect(page.locator("[data-extract]")).to_contain_text("on this device")
        began = datetime.now(UTC)

        page.get_by_label("Company or DOT number").fill(f"DOT {carrier['dot']}")
        expect(page.locator("[data-known]")).to_contain_text(str(carrier["dot"]))
        expect(page.locator("[data-known]")).to_contain_text(carrier["name"], ignore_case=True)
        take(page, str(carrier["dot"]), person="Dana Ruiz", agrees=("E-mail", "Calls"))
        mark = uuid.uuid4().hex[:6]
        for number in range(1, 19):
            take(page, f"Hauler {mark} {number}", person=f"Driver {number}", phone=f"(214) 555-{1000 + number}")
        take(page, f"Hauler {mark} 7", person="Driver 7", phone="214-555-1007")
        expect(page.locator("[data-counts]")).to_have_text("20 waiting")
        expect(page.locator("[data-saying]")).to_contain_text("scored when there is a network")

        page.get_by_label("Person").fill("Half typed")
        page.evaluate(DRAFT_IS_KEPT)
        page.reload()
        expect(page.locator("[data-counts]")).to_have_text("20 waiting")
        expect(page.get_by_label("Person")).to_have_value("Half typed")
        page.close()
        page = listening(context)
        page.goto("/capture/")
        expect(page.locator("[data-counts]")).to_have_text("20 waiting")
        stored = page.evaluate(
            """() => new Promise((done) => {
              const asked = indexedDB.open("headhaul-capture");
              asked.onsuccess = () => {
                const rows = asked.result.transaction("queue").objectStore("queue").getAll();
                rows.onsuccess = () => done(rows.result.map((row) => [
                  Object.keys(row).sort().join(), new TextDecoder().decode(row.data)]));
              };
            })"""
        )
        assert {keys for keys, _ in stored} == {"at,clientId,data,from,iv,key,next,rev,status,tries,user"}
        assert not [data for _, data in stored if "Hauler" in data or "555" in data]
        ended = datetime.now(UTC)

        mended(context, line)
        expect(page.locator("[data-counts]")).to_have_text("20 saved", timeout=60_000)
        expect(page.locator("[data-network]")).to_contain_text("Online")
        page.get_by_label("Person").fill("")

    rows = leads_of(headhaul, fair)
    alone = [row for row in rows if row["merged"] is None]
    assert len(alone) == 19
    assert len({row["client"] for row in rows}) == len(rows)
    assert sorted(row["company"] for row in alone if mark in row["company"]) == sorted(
        f"Hauler {mark} {number}" for number in range(1, 19)
    )
    leeway = timedelta(seconds=5)
    assert all(began - leeway <= datetime.fromisoformat(row["at"]) <= ended + leeway for row in alone)
    assert {row["door"] for row in alone} == {"offline"}
    (looked_up,) = [row for row in alone if row["dot"] == carrier["dot"]]
    agreed = looked_up["consent"]
    assert (agreed["channels"], agreed["wording"], agreed["isWritten"]) == (["email", "call"], WORDING, False)


def test_what_waits_stays_sealed_after_signing_out_and_goes_out_after_signing_in_again(
    browser: Browser, headhaul: Served, line: Line, fair: int
) -> None:
    with phone(browser, {"cookies": [], "origins": []}, line) as context:
        page = context.new_page()
        page.goto("/")
        headhaul.fill_in(page, "rep")
        page.wait_for_url(f"{line.address}/")
        page.close()
        page = opened(context, fair)
        settled_for_offline(page)
        cut(context, line)
        name = f"Sealed {uuid.uuid4().hex[:6]}"
        take(page, name)
        context.set_offline(False)
        page.route("**/capture/leads", lambda route: route.abort())
        line.mend()
        page.get_by_role("navigation", name="Panels, phone").get_by_text("More", exact=True).click()
        page.get_by_role("button", name="Sign out").last.click()
        expect(page.get_by_role("dialog")).to_contain_text("1 lead waits on this device")
        page.get_by_role("dialog").get_by_role("button", name="Sign out").click()
        expect(page.get_by_label("Password", exact=True)).to_be_visible()
        held = page.evaluate(
            """async () => {
              const database = await new Promise((done) => {
                const asked = indexedDB.open("headhaul-capture");
                asked.onsuccess = () => done(asked.result);
              });
              const count = (store) => new Promise((done) => {
                const asked = database.transaction(store).objectStore(store).count();
                asked.onsuccess = () => done(asked.result);
              });
              const counts = [await count("keys"), await count("kept"), await count("queue")];
              return [...counts, await caches.has("capture-pages")];
            }"""
        )
        assert held == [0, 0, 1, False]
        page.unroute("**/capture/leads")
        headhaul.fill_in(page, "rep")
        page.wait_for_url(f"{line.address}/")
        page.goto("/capture/")
        expect(page.locator("[data-counts]")).to_have_text("1 saved")
    assert [row["company"] for row in leads_of(headhaul, fair) if row["company"] == name] == [name]


def test_what_the_server_refuses_needs_a_look_and_is_mended(open_as: OpenAs, headhaul: Served, fair: int) -> None:
    page = open_as("rep", f"/capture/?event={fair}", look=PHONE)
    expect(page.locator("[data-capture][data-ready]")).to_be_attached()
    name = f"Mend {uuid.uuid4().hex[:6]}"
    page.get_by_label("Company or DOT number").fill(name)
    page.get_by_text("Tags, title, follow-up").click()
    page.get_by_label("Tags").fill("x" * 200)
    page.get_by_role("button", name="Save lead").click()
    row = page.locator("[data-queue] > li").first
    expect(row).to_contain_text("Needs a look")
    expect(row.locator("[data-reason]")).not_to_be_empty()
    check(page)
    row.get_by_role("button", name="Mend").click()
    expect(page.get_by_label("Company or DOT number")).to_have_value(name)
    page.get_by_label("Tags").fill("reefer, urgent")
    page.get_by_role("button", name="Save lead").click()
    expect(row).to_contain_text("Saved")
    check(page)
    (kept,) = [row for row in leads_of(headhaul, fair) if row["company"] == name]
    assert kept["tags"] == ["reefer", "urgent"]


def test_a_photographed_card_fills_the_form(open_as: OpenAs, fair: int, tmp_path: Path) -> None:
    card = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Dana <b>Ruiz</b>\r\nORG:Lone Star Reefer\r\nTEL:+15125550199\r\nEND:VCARD"
    picture = tmp_path / "card.png"
    segno.make(card, error="m").save(str(picture), scale=6)
    page = open_as("rep", f"/capture/?event={fair}", look=PHONE)
    expect(page.locator("[data-capture][data-ready]")).to_be_attached()
    page.get_by_role("button", name="Scan").click()
    expect(page.get_by_role("dialog")).to_contain_text(re.compile("photograph", re.IGNORECASE))
    page.locator("[data-scan-file]").set_input_files(picture)
    expect(page.get_by_label("Person")).to_have_value("Dana <b>Ruiz</b>")
    expect(page.get_by_label("Company or DOT number")).to_have_value("Lone Star Reefer")
    expect(page.get_by_label("Phone", exact=True)).to_have_value("+15125550199")
    expect(page.locator("[data-saying]")).to_contain_text("Taken from the code")
    for field in ("Person", "Company or DOT number"):
        page.get_by_label(field).fill("")
    page.get_by_label("Phone", exact=True).fill("")
    page.evaluate(DRAFT_IS_KEPT)  # that there is none: it would be the next page's


def test_a_name_is_completed_and_scripts_weigh_little(open_as: OpenAs, fair: int) -> None:
    page = open_as("rep", f"/capture/?event={fair}", look=PHONE)
    expect(page.locator("[data-capture][data-ready]")).to_be_attached()
    name = a_carrier(page)["name"]
    page.get_by_label("Company or DOT number").press_sequentially(name[:12])
    offer = page.get_by_role("listbox", name="Carriers that fit").get_by_role("option").first
    expect(offer).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("[data-known]")).to_contain_text("DOT")
    weights = page.evaluate(
        """async () => {
          const asked = performance.getEntriesByType("resource").map(({ name }) => name);
          const scripts = [...new Set(asked.filter((name) => /\\.js(\\?|$)/.test(name)))];
          const weight = async (name) => (await (await fetch(name)).arrayBuffer()).byteLength;
          const sizes = await Promise.all(scripts.map(async (name) => [name, await weight(name)]));
          return Object.fromEntries(sizes);
        }"""
    )
    assert not [name for name in weights if "/qr/" in name]
    assert sum(weights.values()) < BUDGET, weights
    page.get_by_label("Company or DOT number").fill("")
    page.evaluate(DRAFT_IS_KEPT)


def the_best(page: Page) -> int:
    """The carrier of the extract that scores best, by the documented weights; its DOT number."""
    found: int = page.evaluate(
        """async (event) => {
          const { columns, rows } = await (await fetch(`/capture/extract/${event}`)).json();
          const of = (row, name) => row[columns.indexOf(name)] ?? 0;
          const worth = (row) => of(row, "score") * 0.3 + Math.min(1, Math.log1p(of(row, "fleet")) / Math.log(501)) * 20
            + Math.min(1, of(row, "near") / 40) * 20;
          return of(rows.toSorted((one, other) => worth(other) - worth(one))[0], "dotNumber");
        }""",
        int(page.locator("[name=eventId]").input_value()),
    )
    return found


def test_a_hot_lead_reaches_its_owners_open_page_without_a_reload(
    browser: Browser, signed_in: Callable[[str], StorageState], open_as: OpenAs, headhaul: Served, line: Line
) -> None:
    manager, mark = open_as("manager", "/capture/sources/"), uuid.uuid4().hex[:6]
    added = manager.locator("form", has=manager.get_by_label("Key", exact=True))
    added.get_by_label("Key", exact=True).fill(f"lane_{mark}")
    added.get_by_label("Name").fill(f"Known lane {mark}")
    added.get_by_label("Quality").fill("100")
    added.get_by_role("button", name="Add").click()
    expect(manager.get_by_text(f"Known lane {mark}").first).to_be_visible()
    event = an_event(manager, f"Lane {mark}", source=f"lane_{mark}")

    open_page = open_as("rep", "/leads/")
    bell = open_page.locator(".rail [data-bell]")
    before = int(bell.text_content() or 0)
    open_page.evaluate("window.hasStayed = true")
    with phone(browser, signed_in("rep"), line) as context:
        page = opened(context, event)
        dot = the_best(page)
        asked(headhaul, OWNED.format(dot=dot, email=PEOPLE["rep"]))  # whose account it is, theirs is the lead
        page.get_by_label("Company or DOT number").fill(str(dot))
        expect(page.locator("[data-known]")).not_to_be_empty()
        page.get_by_label("Person").fill(f"Dana {mark}")
        page.get_by_role("button", name="Save lead").click()
        saved = page.locator("[data-saying] .outcome")
        expect(saved).to_contain_text("Hot")
        expect(saved).to_contain_text("Owner: ")
        expect(open_page.locator("[data-new-leads-text]")).to_contain_text("new lead")
        expect(bell).not_to_have_text(str(before))
        assert int(bell.text_content() or 0) > before
        assert open_page.evaluate("window.hasStayed")
        settle(page)
        assert serious_violations(page) == []
    open_page.get_by_role("link", name="Show them").click()
    open_page.get_by_role("link", name=f"Dana {mark}", exact=True).click()
    expect(open_page.get_by_role("link", name="Open opportunity")).to_be_visible()
    check(open_page)
    check_in_the_dark(open_page)
    (row,) = leads_of(headhaul, event)
    assert row["grade"] == "hot"
    assert row["opportunity"]


@pytest.mark.parametrize("look", EVERY_LOOK, ids=lambda look: look.name)
def test_pages_of_the_panel_are_accessible_silent_and_steady(open_as: OpenAs, fair: int, look: Look) -> None:
    page = open_as("manager", f"/capture/?event={fair}", look=look)
    expect(page.locator("[data-capture][data-ready]")).to_be_attached()
    page.get_by_label("Company or DOT number").fill(f"Checked {look.name} {uuid.uuid4().hex[:4]}")
    held: list[Route] = []
    page.route("**/capture/leads", lambda route: held.append(route))
    page.get_by_role("button", name="Save lead").click()
    expect(page.locator("[data-queue] > li").first).to_contain_text("Sending")
    page.wait_for_timeout(700)  # so long that no press explains what moves
    came(page, held)
    held[0].continue_()
    page.unroute("**/capture/leads")
    expect(page.locator("[data-saying] .outcome")).to_be_visible()
    check(page)
    for path in (f"/capture/events/{fair}/", f"/capture/events/{fair}/codes", f"/leads/?eventId={fair}"):
        page.goto(path)
        check(page)
    page.locator("[data-row] [data-open]").first.click()
    check(page)


@pytest.mark.parametrize("look", SIZES, ids=lambda look: look.name)
def test_a_lead_is_given_away_and_disqualified(open_as: OpenAs, fair: int, look: Look) -> None:
    page, name = open_as("rep", f"/capture/?event={fair}", look=look), f"Away {uuid.uuid4().hex[:6]}"
    expect(page.locator("[data-capture][data-ready]")).to_be_attached()
    page.get_by_label("Company or DOT number").fill(name)
    page.get_by_role("button", name="Save lead").click()
    page.locator("[data-saying]").get_by_role("link", name="Open the lead").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    page.get_by_text("Disqualify", exact=True).first.click()
    page.get_by_label("Why nobody goes on with it").fill("They sold their trucks")
    page.get_by_role("button", name="Disqualify").click()
    expect(page.locator(".toast", has_text="is disqualified")).to_be_visible()
    page.locator(".toast").last.hover()  # what is looked at stays
    check(page)
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(page.locator(".toast", has_text="Taken back")).to_be_visible()


@pytest.mark.parametrize("look", SIZES, ids=lambda look: look.name)
def test_rules_are_written_and_tried_before_they_are_saved(open_as: OpenAs, look: Look) -> None:
    page = open_as("manager", "/capture/routing/", look=look)
    page.get_by_role("button", name="Another rule").click()
    rule = page.locator("[data-rule]").last
    rule.get_by_label("Name").fill(f"Texas {uuid.uuid4().hex[:4]}")
    rule.get_by_label("States").fill("OK, TX")
    rule.get_by_role("checkbox", name="Rosa Reyes").check()
    check(page)
    page.get_by_role("button", name="Try on the last 30 days").click()
    expect(page.get_by_role("status", name="Trial")).to_contain_text("nothing was saved or moved")
    expect(rule.get_by_label("States")).to_have_value("OK, TX")
    check(page)


@pytest.mark.parametrize("look", [PHONE, DESKTOP], ids=lambda look: look.name)
def test_a_visitor_fills_in_the_public_form_without_scripts(
    browser: Browser, headhaul: Served, open_as: OpenAs, fair: int, look: Look
) -> None:
    manager = open_as("manager", f"/capture/events/{fair}/codes")
    path = "/f/" + re.findall(r"/f/([^/]+)/", manager.content())[0] + "/"
    visitor = browser.new_context(base_url=headhaul.address, **look.context)
    page, mark = visitor.new_page(), uuid.uuid4().hex[:6]
    page.goto(path)
    assert serious_violations(page) == []
    assert not scrolls_sideways(page)
    page.goto(f"{path}?embed=1")
    assert serious_violations(page) == []
    visitor.close()
    visitor = browser.new_context(base_url=headhaul.address, java_script_enabled=False, **look.context)
    page = visitor.new_page()
    page.goto(path)
    page.get_by_label("Your name").fill(f"Visitor {mark}")
    page.get_by_label("Company").fill(f"Visiting {mark}")
    page.get_by_label("USDOT number").fill("not a number")
    page.get_by_label("E-mail", exact=True).first.fill(f"v{mark}@visitor.example")
    page.get_by_role("checkbox", name="E-mail").check()
    page.wait_for_timeout(3500)  # nobody is faster
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Up to eight digits")).to_be_visible()
    page.get_by_label("USDOT number").fill("")
    page.wait_for_timeout(3500)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")
    assert visitor.cookies() == []
    visitor.close()
    (row,) = [row for row in leads_of(headhaul, fair) if row["company"] == f"Visiting {mark}"]
    assert (row["door"], row["spam"], row["consent"]["wording"]) == ("form", False, WORDING)
