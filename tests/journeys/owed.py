"""What every page owes its readers, on a page of its own and on the way through a journey."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.journeys.axe import ABOUT_COLOURS, serious_violations
from tests.journeys.watch import breaches, scrolls_sideways, settle, shifts

GOOD_SHIFT = 0.1  # what web vitals call good


def check(page: Page) -> None:
    """Found its way, usable with assistive technology, silent and steady."""
    settle(page)
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    expect(page.get_by_role("main")).to_have_count(1)
    assert page.title().endswith("Headhaul")
    assert serious_violations(page) == []
    assert breaches(page) == []
    assert not scrolls_sideways(page)
    moved = shifts(page)
    assert sum(much for much, _ in moved) < GOOD_SHIFT, moved


def check_in_the_dark(page: Page) -> None:
    """The same page in dark colours, without asking for it again. They change at once: half-way they lack contrast.
    Nothing else differs, so that the rules about colours suffice."""
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    try:
        settle(page)
        assert serious_violations(page, ABOUT_COLOURS) == []
    finally:
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
