"""Accessibility by axe-core."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

SERIOUS = ("serious", "critical")


def serious_violations(page: Page) -> list[str]:
    """Rule, help and the places, for every violation that axe calls serious or critical."""
    found = Axe().run(page).response["violations"]
    return [
        f"{each['id']}: {each['help']} at {', '.join(str(node['target']) for node in each['nodes'][:5])}"
        for each in found
        if each["impact"] in SERIOUS
    ]
