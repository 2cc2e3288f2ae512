"""Everybody by name, for choosing whose."""

from __future__ import annotations

from django.http import HttpRequest

from headhaul.console.ui.bridge import run

WHOSE = {"": "Everyone's", "me": "Mine", "team": "My team's"}


def owners(request: HttpRequest) -> dict[str, str]:
    """Whose: the usual words, then everybody by name."""
    found, cursor = dict(WHOSE), None
    while True:
        page = run(request, "listOwners", limit=100, cursor=cursor)
        found |= {str(each.id): each.name for each in page.items}
        cursor = page.next_cursor
        if cursor is None:
            return found


def teams(request: HttpRequest) -> dict[str, str]:
    """The teams by name."""
    return {str(each.id): each.name for each in run(request, "listTeams").teams}
