"""What stands in the rail: each panel says it in its own AppConfig, so that a panel that is not there is not shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps

from headhaul.kernel import Role

MAIN_GROUP = ""


@dataclass(frozen=True, slots=True)
class NavItem:
    """A place in the rail. `key` is pressed after `g`; `also` names further URLs that belong to this place."""

    url_name: str
    label: str
    icon: str
    key: str = ""
    role: Role = Role.VIEWER
    group: str = MAIN_GROUP
    also: tuple[str, ...] = ()
    count: str = ""  # what of the shell is counted beside it
    is_handy: bool = False  # whether it stands in the bar below on a phone before others

    def is_current(self, url_name: str) -> bool:
        """Whether the page under `url_name` belongs here."""
        return url_name == self.url_name or url_name in self.also


def places(role: Role | None) -> list[NavItem]:
    """What a role may see, in the order in which the panels are installed."""
    return [item for item in _declared() if role is not None and role.allows(item.role)]


def groups(role: Role | None) -> dict[str, list[NavItem]]:
    """The places by the heading they stand under; the main ones stand under none."""
    found: dict[str, list[NavItem]] = {MAIN_GROUP: []}
    for item in places(role):
        found.setdefault(item.group, []).append(item)
    return found


def _declared() -> Iterator[NavItem]:
    for config in apps.get_app_configs():
        yield from getattr(config, "navigation", ())
