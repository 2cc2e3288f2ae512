"""What can be done with accounts and what belongs to them."""

from headhaul.accounts.actions import (
    accounts,
    airtable,
    bulk,
    contacts,
    custom_fields,
    duplicates,
    exports,
    finding,
    imports,
    lists,
    merging,
    privacy,
    standing,
    views,
)
from headhaul.accounts.selectors.lists import kinds  # which registers the lists of this room

__all__ = [
    "accounts",
    "airtable",
    "bulk",
    "contacts",
    "custom_fields",
    "duplicates",
    "exports",
    "finding",
    "imports",
    "kinds",
    "lists",
    "merging",
    "privacy",
    "standing",
    "views",
]
