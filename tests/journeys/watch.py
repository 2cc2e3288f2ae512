"""Listens to what a page complains about, and measures what jumps."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import ConsoleMessage, Page, Response, expect

# Sums layout shifts that no input explains, and keeps breaches of the content security policy.
_LISTEN = """
window.__shift = 0; window.__breaches = [];
new PerformanceObserver(list => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.__shift += entry.value;
}).observe({type: "layout-shift", buffered: true});
document.addEventListener("securitypolicyviolation", event => {
  window.__breaches.push(`${event.violatedDirective}: ${event.blockedURI || event.sample}`);
});
"""


class Watch:
    """Warnings and errors on the console, uncaught errors, answers of 500 and above."""

    def __init__(self) -> None:
        self.complaints: list[str] = []
        self._expected: tuple[int, ...] = ()

    def over(self, page: Page) -> None:
        """Listen to this page from now on."""
        page.add_init_script(_LISTEN)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(f"uncaught: {error}"))
        page.on("response", self._response)

    @contextmanager
    def expecting(self, *statuses: int) -> Iterator[None]:
        """Answers with these statuses are meant; Chromium's own line about them is no complaint."""
        self._expected = statuses
        yield
        self._expected = ()

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


def shift(page: Page) -> float:
    """The cumulative layout shift so far; up to 0.1 counts as good."""
    return float(page.evaluate("window.__shift"))


def scrolls_sideways(page: Page) -> bool:
    """Whether the page is wider than its window."""
    wide: bool = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return wide


def settle(page: Page) -> None:
    """Wait until what was asked for has come and stands still; the stream of live events never ends, so it is not
    waited for."""
    page.wait_for_load_state("load")
    page.evaluate("document.fonts.ready.then(() => true)")
    expect(page.locator(".htmx-request")).to_have_count(0)
    page.wait_for_timeout(300)
