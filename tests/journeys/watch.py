"""Listens to what a page complains about, and measures what jumps."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import BrowserContext, ConsoleMessage, Error, Page, Response, expect

# Sums layout shifts that no input explains, and keeps breaches of the content security policy.
_LISTEN = """
window.__shifts = []; window.__breaches = [];
const box = ({x, y, width, height}) => `${x},${y} ${width}×${height}`;
const called = ({node, previousRect, currentRect}) =>
  `${(node?.outerHTML ?? node?.textContent)?.slice(0, 120)}: ${box(previousRect)} → ${box(currentRect)}`;
new PerformanceObserver(list => {
  for (const entry of list.getEntries())
    if (!entry.hadRecentInput) window.__shifts.push([entry.value, entry.sources.map(called)]);
}).observe({type: "layout-shift", buffered: true});
document.addEventListener("securitypolicyviolation", event => {
  window.__breaches.push(`${event.violatedDirective}: ${event.blockedURI || event.sample}`);
});
"""


def listening(context: BrowserContext) -> Page:
    """A new page that measures itself wherever it goes."""
    page = context.new_page()
    page.add_init_script(_LISTEN)
    return page


class Watch:
    """Warnings and errors on the console, uncaught errors, answers of 500 and above."""

    def __init__(self) -> None:
        self.complaints: list[str] = []
        self._expected: tuple[int, ...] = ()

    def over(self, page: Page) -> None:
        """Listen to this page, which `listening` opened, from now on."""
        page.on("console", self._console)
        page.on("pageerror", self._uncaught)
        page.on("response", self._response)

    def leave(self, page: Page) -> None:
        """Listen no longer: another test has it."""
        page.remove_listener("console", self._console)
        page.remove_listener("pageerror", self._uncaught)
        page.remove_listener("response", self._response)

    @contextmanager
    def expecting(self, *statuses: int) -> Iterator[None]:
        """Answers with these statuses are meant; Chromium's own line about them is no complaint."""
        self._expected = statuses
        yield
        self._expected = ()

    def _uncaught(self, error: Error) -> None:
        self.complaints.append(f"uncaught: {error}")

    def _console(self, message: ConsoleMessage) -> None:
        if message.type not in ("warning", "error"):
            return
        if any(f"status of {status}" in message.text for status in self._expected):
            return
        self.complaints.append(f"{message.type}: {message.text} ({message.location.get('url')})")

    def _response(self, response: Response) -> None:
        if response.status >= 500 and response.status not in self._expected:
            self.complaints.append(f"{response.status} from {response.url}")


def breaches(page: Page) -> list[str]:
    """What the content security policy stopped on this page."""
    found: list[str] = page.evaluate("window.__breaches")
    return found


def shifts(page: Page) -> list[tuple[float, list[str]]]:
    """What moved without the reader's doing so far: how much, and which elements from where to where."""
    found: list[tuple[float, list[str]]] = page.evaluate("window.__shifts")
    return found


def scrolls_sideways(page: Page) -> bool:
    """Whether the page is wider than its window."""
    wide: bool = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return wide


# Each movement that ends has ended; one that is called off ends too. One that stands still half-way is not waited for.
STANDS_STILL = """Promise.race([
  Promise.all(document.getAnimations()
    .filter((each) => each.effect?.getComputedTiming().endTime !== Infinity)
    .map((each) => each.finished.catch(() => null))),
  new Promise((done) => setTimeout(done, 2000)),
]).then(() => true)"""


def settle(page: Page) -> None:
    """Wait until what was asked for has come and stands still; the stream of live events never ends, so it is not
    waited for."""
    page.wait_for_load_state("load")
    page.evaluate("document.fonts.ready.then(() => true)")
    expect(page.locator(".htmx-request")).to_have_count(0)
    page.wait_for_timeout(300)
    page.evaluate(STANDS_STILL)
