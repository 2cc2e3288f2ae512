"""How a change of a contact is taken back: the same action with the values from before and the version after."""

from __future__ import annotations

from typing import Any

from headhaul.accounts.choices import ZoneSource
from headhaul.accounts.models import Contact
from headhaul.accounts.services import addresses

FIELDS = {
    "name": "name", "firstName": "first_name", "title": "title", "role": "role", "buyingRole": "buying_role",
    "isDecisionMaker": "is_decision_maker", "preferredChannel": "preferred_channel", "linkedin": "linkedin",
    "notes": "notes", "hasLeft": "has_left",
}  # fmt: skip


def values_of(contact: Contact) -> dict[str, Any]:
    """Everything updateContact can set, under its wire names."""
    values = {wire: getattr(contact, name) for wire, name in FIELDS.items()}
    values = {wire: None if value == "" else value for wire, value in values.items()}
    lines = addresses.of_contact(contact.pk)
    return values | {
        "timezone": contact.timezone if contact.timezone_source == ZoneSource.PERSON else None,
        "emails": addresses.back(lines["emails"]),
        "phones": addresses.back(lines["phones"]),
        "custom": dict(contact.custom),
    }


def back_to(before: dict[str, Any], contact: Contact) -> dict[str, Any]:
    """The data with which updateContact puts back what differs now."""
    now = values_of(contact)
    data = {name: value for name, value in before.items() if name != "custom" and now[name] != value}
    old, new = before["custom"], now["custom"]
    if patch := {key: old.get(key) for key in old.keys() | new.keys() if old.get(key) != new.get(key)}:
        data["custom"] = patch
    return {"contactId": contact.pk, "version": contact.version, **data}
