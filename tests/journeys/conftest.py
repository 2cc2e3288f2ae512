"""A real browser in front of a real Headhaul: `headhaul serve` in a home of its own, as a newcomer starts it.

Without Chromium these tests are skipped, and the summary says so; with HEADHAUL_REQUIRE_BROWSER they fail.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, StorageState, expect

from tests.journeys import chromium
from tests.journeys.looks import DESKTOP, Look
from tests.journeys.served import Served, served
from tests.journeys.watch import Watch, listening

HERE = Path(__file__).parent
REQUIRED = bool(os.environ.get("HEADHAUL_REQUIRE_BROWSER"))
OpenAs = Callable[..., Page]
# A pixel. From about:blank, which has no opener policy, the browser would start a process anew for every page of ours.
EMPTY = "/o/0.gif"
expect.set_options(timeout=30_000)  # patience, not speed: the machine may be busy


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder; skip it where there is no browser and none is demanded."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.browser)
            if not chromium.path() and not REQUIRED:
                item.add_marker(pytest.mark.skip(reason=chromium.MISSING))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Make sure that nobody overlooks that nothing was looked at."""
    if not chromium.path():
        terminalreporter.section("BROWSER TESTS DID NOT RUN", sep="!", red=True, bold=True)
        terminalreporter.line(chromium.MISSING)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """How pytest-playwright starts the browser."""
    found = chromium.path()
    if not found:
        pytest.fail(chromium.MISSING)
    return {"executable_path": found, "args": chromium.FLAGS}


@pytest.fixture(scope="session")
def headhaul() -> Iterator[Served]:
    """Headhaul, started for the first time, with its example market."""
    with served() as running:
        yield running


@pytest.fixture(scope="session")
def signed_in(headhaul: Served, browser: Browser) -> Callable[[str], StorageState]:
    """Cookies of a signed-in user, by role. Each signs in once, through the page."""
    states: dict[str, StorageState] = {}

    def of(role: str) -> StorageState:
        if role not in states:
            context = browser.new_context(base_url=headhaul.address)
            page = context.new_page()
            headhaul.sign_in(page, role)
            states[role] = context.storage_state()
            context.close()
        return states[role]

    return of


@pytest.fixture
def watch() -> Watch:
    """What the browser complained about. At the end of a test it has to be nothing."""
    return Watch()


@pytest.fixture(scope="session")
def contexts(
    headhaul: Served, browser: Browser, signed_in: Callable[[str], StorageState]
) -> Iterator[Callable[[str | None, Look], BrowserContext]]:
    """A browser profile for each role and look, kept, so that files are fetched once as on a user's machine."""
    kept: dict[tuple[str, str], BrowserContext] = {}

    def of(role: str | None, look: Look) -> BrowserContext:
        key = (role or "", look.name)
        if role is None or key not in kept:
            state = signed_in(role) if role else None
            kept[key] = browser.new_context(base_url=headhaul.address, storage_state=state, **look.context)
            kept[key].set_default_timeout(30_000)
        return kept[key]

    yield of
    for context in kept.values():
        context.close()


@pytest.fixture(scope="session")
def blank_pages() -> dict[BrowserContext, list[Page]]:
    """Pages that a test is done with: a new tab costs the browser half a second of work, one that is there little."""
    return {}


@pytest.fixture
def open_as(
    request: pytest.FixtureRequest,
    contexts: Callable[[str | None, Look], BrowserContext],
    watch: Watch,
    blank_pages: dict[BrowserContext, list[Page]],
) -> Iterator[OpenAs]:
    """Open a page as somebody: `open_as("rep", "/signals/", look=PHONE)`; `None` is a stranger."""
    pages: list[Page] = []

    def open_page(role: str | None, path: str, *, look: Look = DESKTOP) -> Page:
        context = contexts(role, look)
        waiting = blank_pages.get(context)
        page = waiting.pop() if waiting else listening(context)
        pages.append(page)
        watch.over(page)
        page.goto(path)
        return page

    yield open_page
    has_failed = request.node.rep_call.failed if hasattr(request.node, "rep_call") else True
    for page in pages:
        watch.leave(page)
        if has_failed:  # what it left of routes and pressed buttons is nobody else's
            page.close()
            continue
        try:
            page.wait_for_function("() => { sessionStorage.clear(); return true; }", timeout=5_000)  # never for ever
            page.goto(EMPTY)
        except Error:  # it was on its way to another page: no use to wait for that
            page.close()
        else:
            blank_pages.setdefault(page.context, []).append(page)
    assert watch.complaints == []
