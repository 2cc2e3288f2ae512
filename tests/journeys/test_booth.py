"""What happens around a booth in a real browser: the form within pages of other sites."""

from __future__ import annotations

import html
import re
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect

from tests.journeys.conftest import OpenAs
from tests.journeys.served import Served
from tests.journeys.test_capture import WORDING, an_event, leads_of


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
        other.wait_for_timeout(500)
        assert any("frame-ancestors" in text for text in said), said
        assert other.frames[1].url.startswith("chrome-error:")
        expect(other.frame_locator("iframe").get_by_label("Your name")).to_have_count(0)
        visitor.close()
    (row,) = [row for row in leads_of(headhaul, stand) if row["company"] == f"Within {mark}"]
    assert (row["door"], row["spam"], row["consent"]["wording"]) == ("form", False, WORDING)
