"""On a phone filters fold away behind a button: nothing of them lies hidden beside the screen."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import OpenAs
from tests.journeys.looks import PHONE

PAGES = [
    "/", "/signals/", "/accounts/", "/contacts/", "/pipeline/", "/pipeline/list", "/pipeline/risks",
    "/pipeline/forecast/", "/pipeline/accuracy/", "/pipeline/conversions/", "/pipeline/movement/", "/tasks", "/calls/",
    "/calls/made", "/outreach/", "/outreach/enrolments/", "/outreach/outbox/", "/outreach/replies/",
    "/outreach/templates/", "/leads/", "/capture/events/", "/campaigns/", "/analytics/", "/analytics/money/",
    "/analytics/money/costs/", "/analytics/money/spend/", "/analytics/attribution/", "/analytics/competitors/",
    "/admin/people/", "/admin/audit/", "/admin/sending/denials/", "/admin/sending/proofs/",
    "/admin/settings/rules/firings/",
]  # fmt: skip
BESIDE = """() => [...document.querySelectorAll("form.filters")].filter((form) => form.checkVisibility())
  .flatMap((form) => [...form.querySelectorAll("select, input, button, summary")])
  .filter((each) => each.checkVisibility() && each.type !== "hidden" && !each.closest("[popover]"))
  .filter((each) => !each.matches(".visually-hidden"))
  .map((each) => [each, each.getBoundingClientRect()])
  .filter(([, box]) => box.width && (box.right > innerWidth + 1 || box.left < -1))
  .map(([each]) => each.name || each.textContent.trim())"""
"""The controls of filters that nobody sees without scrolling sideways."""


@pytest.mark.parametrize("path", PAGES)
def test_no_filter_lies_beside_the_screen(open_as: OpenAs, path: str) -> None:
    page = open_as("admin", path, look=PHONE)
    assert page.evaluate(BESIDE) == []
    for toggle in page.locator(".filters-toggle").all():
        toggle.click()
        expect(toggle).to_have_attribute("aria-expanded", "true")
        form = page.locator(f"#{toggle.get_attribute('data-unfolds')}")
        expect(form).to_be_visible()
        assert page.evaluate(BESIDE) == []
        assert form.evaluate("form => form.scrollWidth <= form.clientWidth + 1")
