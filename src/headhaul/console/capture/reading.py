"""What several pages of the panel ask for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from headhaul.console.ui.bridge import perform, run

FEW = 50


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


@dataclass(frozen=True, slots=True)
class Choice:
    """Events to choose from: those that go on now, the latest of the others, and whether there are more."""

    now: list[Any]
    others: list[Any]
    has_more: bool

    @property
    def all(self) -> list[Any]:
        """Both, in their order."""
        return [*self.now, *self.others]


def choice(request: HttpRequest, *, also: int | None) -> Choice:
    """What a page offers at once; `also` is among them wherever it stands, if it can be chosen at all."""
    now = run(request, "getCaptureEvents", when="now", limit=FEW)
    latest = run(request, "getCaptureEvents", limit=FEW)
    known = {each.id for each in now.items}
    others = [each for each in latest.items if each.id not in known]
    if also is not None and also not in known | {each.id for each in others}:
        others += [each for each in run(request, "getCaptureEvents", eventId=also).items if each.is_active]
    return Choice(now.items, others, has_more=bool(now.next_cursor or latest.next_cursor))


def sources(request: HttpRequest) -> dict[str, str]:
    """Sources that are in use, by key."""
    return {each.key: each.name for each in run(request, "listLeadSources").items}
