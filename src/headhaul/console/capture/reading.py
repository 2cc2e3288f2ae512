"""What several pages of the panel ask for."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from headhaul.console.ui.bridge import perform, run


def people(request: HttpRequest) -> dict[str, str]:
    """All who can own a lead, by id."""
    found: dict[str, str] = {}
    cursor: str | None = None
    while True:
        page = run(request, "listOwners", limit=100, cursor=cursor)
        found |= {str(each.id): each.name for each in page.items}
        cursor = page.next_cursor
        if cursor is None:
            return found


def events(request: HttpRequest, **asked: Any) -> list[Any]:
    """All events, those that go on first."""
    found: list[Any] = []
    cursor: str | None = None
    while True:
        page = perform(request, "getCaptureEvents", {"limit": 100, "cursor": cursor, **asked})
        found += page.items
        cursor = page.next_cursor
        if cursor is None:
            return found


def sources(request: HttpRequest) -> dict[str, str]:
    """Sources that are in use, by key."""
    return {each.key: each.name for each in run(request, "listLeadSources").items}
