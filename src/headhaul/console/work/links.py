"""Where an entry or a notification leads: the page of what it is about, if there is such a page."""

from __future__ import annotations

from typing import Any

from django.urls import NoReverseMatch, reverse

PAGES = {
    "account": "accounts:account",
    "contact": "accounts:contact",
    "opportunity": "pipeline:opportunity",
    "carrier": "signals:carrier",
    "activity": "work:activity",
    "import": "accounts:import",
    "rule": "pipeline:rule",
    "competitors": "money:news",
}


def page_of(target: Any) -> str:
    """The address of a Target; "" where there is none."""
    if target is None or target.type not in PAGES:
        return ""
    try:
        return reverse(PAGES[target.type], args=[target.id])
    except NoReverseMatch:
        return ""


def page_of_notification(row: Any) -> str:
    """What a notification is about, the nearest first."""
    if found := page_of(row.target):
        return found
    if row.activity_id is not None:
        return reverse("work:activity", args=[row.activity_id])
    return reverse("accounts:account", args=[row.account.id]) if row.account else reverse("work:notifications")
