"""Where an entry or a notification leads: the page of what it is about, if there is such a page."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse

PAGES = {
    "account": "accounts:account",
    "contact": "accounts:contact",
    "opportunity": "pipeline:opportunity",
    "carrier": "signals:carrier",
    "activity": "work:activity",
    "import": "accounts:import",
    "competitors": "money:news",
    "lead": "capture:lead",
    "inbound": "outreach:reply",
    "message": "outreach:message",
    "enrolment": "outreach:enrolment",
}
"""Pages of one thing."""

LISTS = {
    "risks": ("pipeline:risks", {"owner": "me"}),  # told to the owner alone
    "rule": ("admin:firings", {"rule_id": "{id}"}),
    "rules": ("admin:firings", {}),
}
"""Lists, and how they are narrowed."""


def page_of(target: Any) -> str:
    """The address of a Target; "" where there is none."""
    if target is None:
        return ""
    try:
        if target.type in PAGES:
            return reverse(PAGES[target.type], args=[target.id])
        if target.type in LISTS:
            name, narrowed = LISTS[target.type]
            query = urlencode({field: value.format(id=target.id) for field, value in narrowed.items()})
            return f"{reverse(name)}?{query}" if query else reverse(name)
    except NoReverseMatch:
        pass
    return ""


def page_of_notification(row: Any) -> str:
    """What a notification is about, the nearest first."""
    if found := page_of(row.target):
        return found
    if row.activity_id is not None:
        return reverse("work:activity", args=[row.activity_id])
    return reverse("accounts:account", args=[row.account.id]) if row.account else reverse("work:notifications")


def page_of_entry(entry: Any, of: dict[str, str]) -> str:
    """What an entry of a timeline leads to; "" where that is the entry itself, or whose timeline is read."""
    target = entry.target
    if target is None or target.type == "activity" or of.get(target.type) == str(target.id):
        return ""
    return page_of(target)
