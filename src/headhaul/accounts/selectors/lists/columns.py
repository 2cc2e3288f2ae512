"""The columns of the lists of accounts and contacts, with those that the firm added."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from headhaul.accounts.choices import AccountSource, AccountStatus, BuyingRole, Channel, ContactRole, CustomKind
from headhaul.accounts.ports.lists import Column
from headhaul.accounts.selectors.lists.custom import Definition, definitions
from headhaul.carriers.choices import Segment

STATUSES = tuple((status.value, status.label) for status in AccountStatus)
SEGMENTS = tuple((segment.value, segment.label) for segment in Segment)
SOURCES = tuple((source.value, source.label) for source in AccountSource)
ROLES = tuple((role.value, role.label) for role in ContactRole)
BUYING_ROLES = tuple((role.value, role.label) for role in BuyingRole)
CHANNELS = tuple((channel.value, channel.label) for channel in Channel)
LEVELS = (("low", "Low"), ("medium", "Medium"), ("high", "High"))

_KINDS = {
    CustomKind.NUMBER: "number",
    CustomKind.MONEY: "money",
    CustomKind.DATE: "date",
    CustomKind.YES_NO: "yes_no",
    CustomKind.CHOICE: "choice",
    CustomKind.SEVERAL: "tags",
}


def of(name: str) -> Callable[[Any], Any]:
    """The value of an attribute, or of an attribute of it."""
    first, _, second = name.partition(".")
    if not second:
        return lambda row: getattr(row, first)
    return lambda row: getattr(getattr(row, first), second, None)


ACCOUNTS = (
    Column("score", "Score", of("score"), "number", sort="score", by_default=True),
    Column("name", "Account", of("name"), sort="name", edit="name", by_default=True),
    Column("dotNumber", "USDOT number", of("dot_number"), "number"),
    Column("status", "Status", of("status"), "choice", edit="status", by_default=True, choices=STATUSES),
    Column("driverCount", "Drivers that fit", of("driver_count"), "number", by_default=True),
    Column("owner", "Owner", of("owner.name"), "person", edit="ownerId", by_default=True),
    Column("team", "Team", of("team.name"), "person"),
    Column("tags", "Tags", of("tags"), "tags", by_default=True),
    Column("fleetSize", "Trucks", of("fleet_size"), "number", sort="fleetSize", edit="fleetSize", by_default=True),
    Column("segment", "Fleet size class", of("segment"), "choice", edit="segment", choices=SEGMENTS),
    Column("lastActivityAt", "Last activity", of("last_activity_at"), "time", sort="lastActivity", by_default=True),
    Column("lastTouchAt", "Last touch", of("last_touch_at"), "time"),
    Column("state", "State", of("state"), sort="place", edit="state"),
    Column("city", "City", of("city"), sort="place", edit="city"),
    Column("street", "Street", of("street")),
    Column("zip", "ZIP", of("zip")),
    Column("region", "Region", of("region"), "choice"),
    Column("phone", "Phone", of("phone"), "phone", edit="phone"),
    Column("email", "E-mail", of("email"), "email"),
    Column("website", "Website", of("website"), edit="website"),
    Column("domain", "Domain", of("domain")),
    Column("timezone", "Time zone", of("timezone")),
    Column("urgency", "Urgency", of("urgency"), "choice", choices=LEVELS),
    Column("confidence", "Confidence", of("confidence"), "choice", choices=LEVELS),
    Column("isSpike", "Spike", of("is_spike"), "yes_no"),
    Column("source", "Came from", of("source"), "choice", choices=SOURCES),
    Column("openedOn", "Opened by signals of", of("opened_on"), "date"),
    Column("createdAt", "Created", of("created_at"), "time", sort="newest"),
    Column("updatedAt", "Changed", of("updated_at"), "time", sort="updated"),
)
CONTACTS = (
    Column("name", "Contact", of("name"), sort="name", edit="name", by_default=True),
    Column("title", "Title", of("title"), edit="title"),
    Column("account", "Account", of("account.name"), by_default=True),
    Column("role", "Role", of("role"), "choice", edit="role", by_default=True, choices=ROLES),
    Column("buyingRole", "Part in the decision", of("buying_role"), "choice", edit="buyingRole", choices=BUYING_ROLES),
    Column(
        "isDecisionMaker", "Decision maker", of("is_decision_maker"), "yes_no", edit="isDecisionMaker", by_default=True
    ),
    Column("email", "E-mail", of("email"), "email", by_default=True),
    Column("phone", "Phone", of("phone"), "phone", by_default=True),
    Column("phoneExtension", "Extension", of("phone_extension")),
    Column("preferredChannel", "Prefers", of("preferred_channel"), "choice", choices=CHANNELS),
    Column("timezone", "Time zone", of("timezone")),
    Column("accountStatus", "Account's status", of("account.status"), "choice", by_default=True, choices=STATUSES),
    Column("accountSegment", "Account's size class", of("account.segment"), "choice", choices=SEGMENTS),
    Column("accountState", "Account's state", of("account.state")),
    Column("accountOwner", "Account's owner", lambda row: row.account.owner and row.account.owner.name, "person"),
    Column("hasLeft", "Has left", of("has_left"), "yes_no", edit="hasLeft"),
    Column("source", "Came from", of("source"), "choice", choices=SOURCES),
    Column("createdAt", "Created", of("created_at"), "time", sort="newest"),
    Column("updatedAt", "Changed", of("updated_at"), "time"),
)


def of_accounts() -> list[Column]:
    """The columns of the list of accounts."""
    return [*ACCOUNTS, *custom_columns("account")]


def of_contacts() -> list[Column]:
    """The columns of the list of contacts."""
    return [*CONTACTS, *custom_columns("contact")]


def custom_columns(entity: str) -> list[Column]:
    """A column for each custom field; any list whose rows have a `custom` can show them."""
    return [_custom(field) for field in definitions(entity).values()]


def _custom(field: Definition) -> Column:
    kind = _KINDS.get(field.kind, "text")
    key = f"custom.{field.key}"
    return Column(key, field.label, lambda row: row.custom.get(field.key), kind, edit=key, choices=field.choices)


def picked(columns: Sequence[Column], keys: Iterable[str]) -> list[Column]:
    """The named columns in the order named, or the usual ones when none is named; unknown names are left out."""
    known = {column.key: column for column in columns}
    chosen = [known[key] for key in dict.fromkeys(keys) if key in known]
    return chosen or [column for column in columns if column.by_default]
