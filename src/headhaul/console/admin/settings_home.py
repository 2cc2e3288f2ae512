"""Where everything that can be set stands: pages and sections in four groups, as far as they are there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from headhaul.console.admin.catalogues import CATALOGUES
from headhaul.kernel import Role
from headhaul.kernel.actions import find
from headhaul.preferences import sections as declared

SELLING, OUTREACH, PEOPLE, RECORDS, SYSTEM = "Selling", "Outreach", "People", "Records", "System"
ROOMS = {
    "pipeline": SELLING,
    "activities": SELLING,
    "outreach": OUTREACH,
    "compliance": OUTREACH,
    "security": PEOPLE,
    "accounts": RECORDS,
}
GROUP_OF = {"visibility": PEOPLE}


@dataclass(frozen=True, slots=True)
class Place:
    """A page of settings. It is shown to whom its action is open, once there is such an action."""

    url_name: str
    title: str
    icon: str
    action: str
    help: str
    arguments: tuple[str, ...] = ()


@dataclass(slots=True)
class Group:
    """What belongs together."""

    title: str
    places: list[Place] = field(default_factory=list)
    sections: list[Any] = field(default_factory=list)


def _list(key: str) -> Place:
    listed = CATALOGUES[key]
    return Place("admin:catalogue", listed.title, listed.icon, listed.save, listed.help, (key,))


PLACES: dict[str, tuple[Place, ...]] = {
    SELLING: (
        _list("stages"),
        _list("pipelines"),
        _list("playbooks"),
        _list("value-props"),
        Place("admin:quotas", "Quotas", "flag", "setQuota", "What the firm, each team and each person is to win."),
        Place("admin:rules", "Automation rules", "sparkle", "getAutomationRules", "What happens by itself, and when."),
    ),
    OUTREACH: (
        Place("admin:senders", "Mailboxes & numbers", "mail", "listSenders", "What messages go from, and its health."),
    ),
    PEOPLE: (
        Place("admin:people", "Users", "users", "listUsers", "Who may sign in, as what."),
        Place("admin:teams", "Teams", "hand", "saveTeam", "Who works together, and who leads."),
    ),
    RECORDS: (_list("fields"),),
    SYSTEM: (
        Place("admin:tokens", "API tokens", "key", "listApiTokens", "Keys for programs and agents."),
        Place("admin:jobs", "Jobs", "jobs", "getProspectingRuns", "What runs in the background, and when it last did."),
    ),
}


def groups(role: Role, sections: Sequence[Any]) -> list[Group]:
    """The groups with what this role reaches; empty ones are left out."""
    found = {
        title: Group(title, [place for place in places if is_open(place, role)]) for title, places in PLACES.items()
    }
    for section in sections:
        found[_group_of(section.section)].sections.append(section)
    return [group for group in found.values() if group.places or group.sections]


def is_open(place: Place, role: Role) -> bool:
    """Whether the page's action is there and open to the role."""
    action = find(place.action)
    return action is not None and role.allows(action.role)


def _group_of(key: str) -> str:
    room = declared()[key].__module__.split(".")[1]
    return GROUP_OF.get(key) or ROOMS.get(room, SYSTEM)
