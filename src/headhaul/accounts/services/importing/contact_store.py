"""Contacts written by the batch, with their addresses and their history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from headhaul.accounts.ports import leaving
from headhaul.accounts.ports.imports import Rules
from headhaul.accounts.services.importing.account_store import HISTORY, line
from headhaul.accounts.services.importing.links import account_id_of
from headhaul.accounts.services.importing.sessions import Record, custom_of
from headhaul.accounts.services.importing.writing import insert, new_ids, plain, update

COLUMNS: dict[str, str] = {
    "name": "text", "first_name": "text", "title": "text", "role": "text", "buying_role": "text",
    "is_decision_maker": "bool", "preferred_channel": "text", "timezone": "text", "timezone_source": "text",
    "timezone_confidence": "text", "linkedin": "text", "notes": "text", "has_left": "bool", "source": "text",
}  # fmt: skip
"""The columns that an import writes, with their SQL types."""

ADDRESSES = ("emails", "phones")
_NEW = {"id": "bigint", "account_id": "bigint", **COLUMNS, "custom": "jsonb", "version": "int",
        "created_at": "timestamptz", "created_by_id": "bigint", "updated_at": "timestamptz"}  # fmt: skip
_UPDATE = {"id": "bigint", **COLUMNS, "custom": "jsonb", "version": "int", "updated_at": "timestamptz"}
_EMAILS = {"contact_id": "bigint", "address": "text", "label": "text", "is_primary": "bool", "validity": "text"}
_PHONES = {"contact_id": "bigint", "number": "text", "extension": "text", "label": "text", "is_primary": "bool",
           "validity": "text"}  # fmt: skip
_QUIET = frozenset({"timezone_source", "timezone_confidence", "account"})


def insert_contacts(made: Sequence[Record], *, mobiles: set[str], rules: Rules, at: datetime) -> list[int]:
    """The ids of new contacts, in their order."""
    ids = new_ids("accounts_contact", len(made))
    by = rules.by.user_id
    rows = [
        (key, account_id_of(record), *_cells(record.values), custom_of(record.values), 1, at, by, at)
        for key, record in zip(ids, made, strict=True)
    ]
    insert("accounts_contact", _NEW, rows)
    _addresses([(key, record.values, {}) for key, record in zip(ids, made, strict=True)], mobiles=mobiles)
    return ids


def update_contacts(changed: Sequence[Record], *, mobiles: set[str], rules: Rules, at: datetime) -> None:
    """Write contacts that changed; each is held by this transaction."""
    gone = [record.id for record in changed if record.was.get("has_left") is False and record.values.get("has_left")]
    leaving.tell_left(gone, at=at, by=rules.by)
    rows = [(record.id, *_cells(record.values), custom_of(record.values), record.version, at) for record in changed]
    update("accounts_contact", _UPDATE, rows)
    _addresses([(record.id, record.values, record.was) for record in changed], mobiles=mobiles)
    history = [
        line(account_id_of(record), record.id, name, old, record.get(name), rules=rules, at=at)
        for record in changed
        for name, old in record.was.items()
        if name not in _QUIET
    ]
    insert("accounts_fieldchange", HISTORY, history)


def _cells(values: Mapping[str, Any]) -> list[Any]:
    return [
        bool(values.get(name)) if kind == "bool" else plain(values.get(name)) or "" for name, kind in COLUMNS.items()
    ]


def _addresses(many: Sequence[tuple[int, Mapping[str, Any], Mapping[str, Any]]], *, mobiles: set[str]) -> None:
    """Addresses that are new; the first one a contact gets is the one to use."""
    emails: list[tuple[Any, ...]] = []
    phones: list[tuple[Any, ...]] = []
    for key, values, was in many:
        known = was.get("emails", [] if not was else values.get("emails")) or []
        fresh = [each for each in values.get("emails") or [] if each not in known]
        emails += [(key, each, "", not known and place == 0, "unknown") for place, each in enumerate(fresh)]
        known = was.get("phones", [] if not was else values.get("phones")) or []
        fresh = [each for each in values.get("phones") or [] if each not in known]
        for place, each in enumerate(fresh):
            number, _, extension = each.partition("|")
            label = "mobile" if number in mobiles else ""
            phones.append((key, number, extension, label, not known and place == 0, "unknown"))
    insert("accounts_contactemail", _EMAILS, emails, conflict="on conflict do nothing")
    insert("accounts_contactphone", _PHONES, phones, conflict="on conflict do nothing")
