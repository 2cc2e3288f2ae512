"""What happens at a booth in a real browser: codes before a camera, how few touches a lead takes, any event to choose,
and the form within pages of other sites."""

from __future__ import annotations

import html
import re
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, StorageState, expect

from tests.journeys import camera, chromium
from tests.journeys.conftest import OpenAs
from tests.journeys.looks import PHONE
from tests.journeys.served import Served
from tests.journeys.test_capture import DRAFT_IS_KEPT, WORDING, a_carrier, an_event, asked, leads_of
from tests.journeys.watch import breaches, listening


@pytest.fixture(scope="session")
def stand(headhaul: Served, browser: Browser, signed_in: Callable[[str], StorageState]) -> int:
    """An event that everybody may capture for."""
    context = browser.new_context(base_url=headhaul.address, storage_state=signed_in("manager"))
    event = an_event(context.new_page(), f"Stand {uuid.uuid4().hex[:6]}")
    context.close()
    return event


@contextmanager
def somebodys_site(page: str) -> Iterator[int]:
    """A web server of somebody else with this one page; its port, by which it answers under two names."""

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = page.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *said: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


def the_snippet(manager: Page, event: int, headhaul: Served) -> str:
    """What the page of codes gives to paste, with the address that Headhaul has here."""
    manager.goto(f"/capture/events/{event}/codes")
    snippet = html.unescape(manager.locator("pre.snippet").inner_text())
    return re.sub(r'src="https?://[^/]+', f'src="{headhaul.address}', snippet)


def test_a_named_site_shows_the_form_within_its_page_and_no_other_site_can(
    browser: Browser, headhaul: Served, open_as: OpenAs, stand: int
) -> None:
    manager, mark = open_as("manager", f"/capture/events/{stand}/"), uuid.uuid4().hex[:6]
    with somebodys_site(f"<!doctype html><h1>Our fleet</h1>{the_snippet(manager, stand, headhaul)}") as port:
        manager.goto(f"/capture/events/{stand}/")
        manager.get_by_label("The form within other pages").select_option("Only on these sites")
        manager.get_by_label("These sites").fill(f"http://localhost:{port}")
        manager.get_by_role("button", name="Save").click()
        expect(manager.locator(".toast", has_text="is saved")).to_be_visible()

        visitor = browser.new_context()
        page = visitor.new_page()
        page.goto(f"http://localhost:{port}/")
        form = page.frame_locator("iframe")
        form.get_by_label("Your name").fill(f"Embedded {mark}")
        form.get_by_label("Company").fill(f"Within {mark}")
        form.get_by_label("E-mail", exact=True).first.fill(f"e{mark}@visitor.example")
        form.get_by_role("checkbox", name="E-mail").check()
        page.wait_for_timeout(3500)  # nobody is faster
        form.get_by_role("button", name="Send").click()
        expect(form.get_by_role("heading", level=1)).to_have_text("Thank you")
        assert page.url == f"http://localhost:{port}/", "the page around it stays"
        assert visitor.cookies() == []

        said: list[str] = []
        other = visitor.new_page()
        other.on("console", lambda message: said.append(message.text))
        other.goto(f"http://127.0.0.1:{port}/")
        for _ in range(100):
            if any("frame-ancestors" in text for text in said):
                break
            other.wait_for_timeout(100)
        assert any("frame-ancestors" in text for text in said), said
        assert other.frames[1].url.startswith("chrome-error:")
        expect(other.frame_locator("iframe").get_by_label("Your name")).to_have_count(0)
        visitor.close()
    (row,) = [row for row in leads_of(headhaul, stand) if row["company"] == f"Within {mark}"]
    assert (row["door"], row["spam"], row["consent"]["wording"]) == ("form", False, WORDING)


# Keeps every stream that a page asks for, and what a script in a card would have done.
_REMEMBER = """
window.__streams = []; window.__owned = [];
window.alert = (said) => window.__owned.push(said);
const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async (wanted) => {
  const stream = await ask(wanted);
  window.__streams.push(stream);
  return stream;
};
"""
_LIVE = "window.__streams.map((each) => each.getTracks().map((track) => track.readyState)).flat()"


@contextmanager
def a_phone_that_sees(
    playwright: Playwright, code: str, *, place: Path, address: str, state: StorageState
) -> Iterator[Page]:
    """A browser of its own whose camera looks at this code; a page of it, signed in."""
    film = camera.film(code, place / "camera.y4m")
    found = playwright.chromium.launch(
        executable_path=chromium.path(), args=[*chromium.FLAGS, *camera.flags(film)], headless=True
    )
    context = found.new_context(base_url=address, storage_state=state, **PHONE.context)
    context.grant_permissions(["camera"])
    page = listening(context)
    page.add_init_script(_REMEMBER)
    try:
        yield page
    finally:
        found.close()


def scanned(page: Page, event: int) -> None:
    """Scan what is before the camera; the sheet closes by itself, and the camera's light goes out."""
    page.goto(f"/capture/?event={event}")
    expect(page.locator("[data-capture][data-ready]")).to_be_attached()
    page.get_by_role("button", name="Scan").click()
    # The scanner is fetched when it is first asked for: without a camera yet, no dialog means nothing.
    page.wait_for_function(
        f"() => {{ const all = {_LIVE}; return all.length && all.every((one) => one === 'ended'); }}"
    )
    expect(page.get_by_role("dialog", name="Scan a code")).to_have_count(0)


VCARD = (
    "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Ruiz;Dana\r\nFN:Dana Ruiz\r\nORG:Lone Star Reefer\r\nTITLE:Fleet manager\r\n"
    "TEL:+15125550199\r\nEMAIL:dana@lonestar.example\r\nNOTE:USDOT 1234567\r\nEND:VCARD"
)


def test_a_card_held_before_the_camera_fills_the_form(
    playwright: Playwright,
    headhaul: Served,
    signed_in: Callable[[str], StorageState],
    stand: int,
    tmp_path: Path,
) -> None:
    with a_phone_that_sees(playwright, VCARD, place=tmp_path, address=headhaul.address, state=signed_in("rep")) as page:
        scanned(page, stand)
        expect(page.locator("[data-saying]")).to_contain_text("Taken from the code")
        expect(page.get_by_label("Person")).to_have_value("Dana Ruiz")
        expect(page.get_by_label("Company or DOT number")).to_have_value("Lone Star Reefer")
        expect(page.get_by_label("Phone", exact=True)).to_have_value("+15125550199")
        expect(page.get_by_label("E-mail", exact=True).first).to_have_value("dana@lonestar.example")
        assert breaches(page) == []
        page.get_by_role("button", name="Save lead").click()
        expect(page.locator("[data-saying] .outcome")).to_be_visible()
    assert [row for row in leads_of(headhaul, stand) if row["company"] == "Lone Star Reefer"]


def test_a_script_in_a_code_is_text_wherever_it_is_shown(
    playwright: Playwright,
    headhaul: Served,
    signed_in: Callable[[str], StorageState],
    stand: int,
    tmp_path: Path,
) -> None:
    name, company = "<script>alert(1)</script>", "<img src=x onerror=alert(2)>"
    card = f"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:{name}\r\nORG:{company}\r\nTEL:+15125550177\r\nEND:VCARD"
    with a_phone_that_sees(playwright, card, place=tmp_path, address=headhaul.address, state=signed_in("rep")) as page:
        scanned(page, stand)
        expect(page.get_by_label("Person")).to_have_value(name)
        expect(page.get_by_label("Company or DOT number")).to_have_value(company)
        page.get_by_role("button", name="Save lead").click()
        expect(page.locator("[data-queue]")).to_contain_text(name)
        expect(page.locator("[data-saying] .outcome")).to_be_visible()
        page.locator("[data-saying]").get_by_role("link", name="Open the lead").click()
        expect(page.get_by_text(name).first).to_be_visible()
        assert page.locator("img[src='x']").count() == 0
        assert page.evaluate("window.__owned") == []
        assert breaches(page) == []


def test_a_code_that_says_nothing_of_use_is_said_and_the_form_stays(
    playwright: Playwright,
    headhaul: Served,
    signed_in: Callable[[str], StorageState],
    stand: int,
    tmp_path: Path,
) -> None:
    code = "<script>alert('x')</script>"
    with a_phone_that_sees(playwright, code, place=tmp_path, address=headhaul.address, state=signed_in("rep")) as page:
        scanned(page, stand)
        expect(page.locator("[data-saying]")).to_have_text("That code holds no card and no DOT number.")
        expect(page.get_by_label("Company or DOT number")).to_have_value("")
        assert page.evaluate("window.__owned") == []


_COUNT = """
window.__touches = {keys: 0, taps: 0};
addEventListener("keydown", () => window.__touches.keys += 1, true);
addEventListener("pointerdown", () => window.__touches.taps += 1, true);
"""
A_KEY = 60  # milliseconds, as somebody types on a phone who does it all day


@pytest.fixture
def counted(browser: Browser, headhaul: Served, signed_in: Callable[[str], StorageState]) -> Iterator[Page]:
    """A phone that counts how often it is touched."""
    context = browser.new_context(base_url=headhaul.address, storage_state=signed_in("rep"), **PHONE.context)
    page = listening(context)
    page.add_init_script(_COUNT)
    yield page
    context.close()


def touches(page: Page) -> tuple[int, int]:
    """Key presses and taps on this page so far."""
    found = page.evaluate("window.__touches")
    return found["keys"], found["taps"]


def test_a_dot_number_and_one_tap_are_a_lead(counted: Page, stand: int) -> None:
    page = counted
    page.goto(f"/capture/?event={stand}")
    expect(page.locator("[data-capture][data-ready]")).to_be_attached()
    dot = str(a_carrier(page)["dot"])
    began = time.perf_counter()
    page.goto(f"/capture/?event={stand}")
    expect(page.get_by_label("Company or DOT number")).to_be_focused()
    page.keyboard.type(dot, delay=A_KEY)
    page.get_by_role("button", name="Save lead").tap()
    expect(page.locator("[data-saying] .outcome")).to_be_visible()
    print(f"\nfrom open to saved with its score: {time.perf_counter() - began:.1f} s, {len(dot)} keys and one tap")
    assert touches(page) == (len(dot), 1)


def test_a_whole_lead_takes_no_more_touches_than_its_letters_and_a_tap_a_field(counted: Page, stand: int) -> None:
    page = counted
    page.goto(f"/capture/?event={stand}")
    expect(page.locator("[data-capture][data-ready]")).to_be_attached()
    dot = str(a_carrier(page)["dot"])
    began = time.perf_counter()
    page.goto(f"/capture/?event={stand}")
    said = {"Person": "Dana Ruiz", "Phone": "5125550142"}
    expect(page.get_by_label("Company or DOT number")).to_be_focused()
    page.keyboard.type(dot, delay=A_KEY)
    for field, text in said.items():
        page.get_by_label(field, exact=True).tap()
        page.keyboard.type(text, delay=A_KEY)
    for channel in ("Texts", "Calls"):
        page.locator(".thumb", has_text=channel).tap()
    page.get_by_role("button", name="Save lead").tap()
    expect(page.locator("[data-saying] .outcome")).to_be_visible()
    keys = len(dot) + sum(map(len, said.values()))
    print(f"\nfrom open to saved, whole: {time.perf_counter() - began:.1f} s, {keys} keys and five taps")
    assert touches(page) == (keys, 5)


MANY = """
from datetime import date, datetime, UTC
from headhaul.capture.models import CaptureEvent, LeadSource
source, at = LeadSource.objects.order_by("pk").first(), datetime.now(UTC)
CaptureEvent.objects.bulk_create([
    CaptureEvent(name=f"Old fair {{n:02}} {mark}", city="Reno", starts_on=date(2001, 1, 1 + n % 28), source=source,
                 ends_on=date(2001, 1, 1 + n % 28), consent_wording=f"Old words {{n:02}}", public_key=f"{mark}-{{n}}",
                 created_at=at, updated_at=at)
    for n in range(70)
])
"""
FEWER = """
from headhaul.capture.models import CaptureEvent
CaptureEvent.objects.filter(name__endswith="{mark}").update(is_active=False)
"""


def test_an_event_that_the_list_does_not_begin_with_is_found_and_a_lead_is_its_own(
    headhaul: Served, open_as: OpenAs
) -> None:
    mark = uuid.uuid4().hex[:6].replace("0", "a")  # 00 is what is looked for
    asked(headhaul, MANY.format(mark=mark))
    try:
        page = open_as("rep", "/capture/", look=PHONE)
        expect(page.locator("[data-capture][data-ready]")).to_be_attached()
        choice = page.get_by_label("Event", exact=True)
        wanted = f"Old fair 00 {mark}"
        assert wanted not in choice.inner_text()
        page.get_by_text("Another event", exact=True).click()
        page.get_by_label("Name or town").press_sequentially(f"reno fair {mark}")
        expect(page.locator("[data-found-note]")).to_have_text("20 of 70. Type more of the name.")
        page.get_by_label("Name or town").fill(f"fair 00 {mark}")
        expect(page.locator("[data-found] li")).to_have_count(1)
        page.locator("[data-found] button").click()
        expect(page.locator("[data-agreed-words]")).to_have_text("Old words 00")
        page.get_by_label("Company or DOT number").fill(f"Reno Lines {mark}")
        page.evaluate(DRAFT_IS_KEPT)
        page.reload()
        expect(page.locator("[data-capture][data-ready]")).to_be_attached()
        expect(page.get_by_label("Company or DOT number")).to_have_value(f"Reno Lines {mark}")
        expect(page.locator("[data-agreed-words]")).to_have_text("Old words 00")
        page.get_by_role("button", name="Save lead").click()
        expect(page.locator("[data-saying] .outcome")).to_be_visible()
        event = int(choice.input_value())
        assert [row["company"] for row in leads_of(headhaul, event)] == [f"Reno Lines {mark}"]
    finally:
        asked(headhaul, FEWER.format(mark=mark))
