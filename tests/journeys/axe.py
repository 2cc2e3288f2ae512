"""Accessibility by axe-core."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

SERIOUS = ("serious", "critical")
ABOUT_COLOURS = ("color-contrast", "link-in-text-block")


def serious_violations(page: Page, rules: tuple[str, ...] = ()) -> list[str]:
    """Rule, help and the places, for every violation that axe calls serious or critical: of all rules, or of these."""
    options: dict[str, object] = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = {"type": "rule", "values": rules}
    found = Axe().run(page, options=options).response["violations"]
    return [
        f"{each['id']}: {each['help']} at {', '.join(str(node['target']) for node in each['nodes'][:5])}"
        for each in found
        if each["impact"] in SERIOUS
    ]
