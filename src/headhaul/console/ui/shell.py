"""What the frame around a page knows: who reads it, in which theme and zone, and where the rail leads."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from functools import cached_property
from urllib.parse import unquote
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.http import HttpRequest
from django.utils import timezone

from headhaul.activities.selectors.notifications import unread_count
from headhaul.console.ui import navigation
from headhaul.kernel import ANONYMOUS, Actor, Role
from headhaul.security.actors import actor_of

THEME_COOKIE, RAIL_COOKIE, ZONE_COOKIE = "theme", "rail", "zone"
THEMES = ("light", "dark")
IN_THE_BAR = 4


def reader_zone(request: HttpRequest) -> tzinfo:
    """The zone the browser named in its cookie, otherwise UTC. Only zones that exist are believed."""
    try:
        return ZoneInfo(unquote(request.COOKIES.get(ZONE_COOKIE, "")) or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


class Shell:
    """The frame of one request. Cookies are read here so that the first bytes are already in the right theme."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.at: datetime = timezone.now()

    @cached_property
    def actor(self) -> Actor:
        """Whoever is signed in."""
        user = getattr(self.request, "user", None)
        return actor_of(user) if user is not None else ANONYMOUS

    @cached_property
    def zone(self) -> tzinfo:
        """The reader's zone."""
        return reader_zone(self.request)

    @property
    def theme(self) -> str:
        """light, dark, or "" to follow the system."""
        chosen = self.request.COOKIES.get(THEME_COOKIE, "")
        return chosen if chosen in THEMES else ""

    @property
    def rail(self) -> str:
        """narrow or wide."""
        return "narrow" if self.request.COOKIES.get(RAIL_COOKIE) == "narrow" else "wide"

    @property
    def url_name(self) -> str:
        """The full name of the page shown."""
        match = self.request.resolver_match
        return match.view_name if match else ""

    @cached_property
    def groups(self) -> dict[str, list[navigation.NavItem]]:
        """The rail."""
        return navigation.groups(self.actor.role)

    @property
    def main(self) -> list[navigation.NavItem]:
        """The first group: the panels."""
        return self.groups[navigation.MAIN_GROUP]

    @cached_property
    def handy(self) -> list[navigation.NavItem]:
        """What stands in the bar below on a phone: the panels made for it, and the first of the others."""
        usual = [item for item in self.main if not item.is_handy]
        kept = usual[: max(0, IN_THE_BAR - len(self.main) + len(usual))]
        return [item for item in self.main if item.is_handy or item in kept][:IN_THE_BAR]

    @property
    def behind_more(self) -> list[navigation.NavItem]:
        """The panels that the bar has no room for."""
        return [item for item in self.main if item not in self.handy]

    @cached_property
    def unread(self) -> int:
        """How many notifications the reader has not read, counted to 1,000."""
        return unread_count(self.actor.user_id)

    def allows(self, role: str) -> bool:
        """Whether the reader's role reaches `role`, for showing a control at all."""
        return self.actor.role is not None and self.actor.role.allows(Role(role))
