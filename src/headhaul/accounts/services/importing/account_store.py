"""Accounts written by the batch: the rows, what lies beside them, and their history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from headhaul.accounts.ports.imports import Rules
from headhaul.accounts.services.importing.sessions import Changed, Record, custom_of
from headhaul.accounts.services.importing.writing import insert, new_ids, plain, update

COLUMNS: dict[str, str] = {
    "dot_number": "int", "name": "text", "status": "text", "segment": "text", "region": "text", "state": "text",
    "city": "text", "street": "text", "zip": "text", "phone": "text", "phone_key": "text", "email": "text",
    "website": "text", "domain": "text", "timezone": "text", "timezone_source": "text", "timezone_confidence": "text",
    "description": "text", "fleet_size": "int", "fleet_source": "text", "fleet_as_of": "date", "owner_id": "bigint",
    "team_id": "bigint", "source": "text",
}  # fmt: skip
"""The columns that an import writes, with their SQL types."""

NULLABLE = frozenset({"dot_number", "fleet_size", "fleet_as_of", "owner_id", "team_id"})
DERIVED = frozenset(
    {"phone_key", "domain", "timezone_source", "timezone_confidence", "fleet_source", "fleet_as_of", "region", "tags"}
)
"""What follows from other fields, or has a history of its own, and is not told a second time."""

_NEW = {"id": "bigint", **COLUMNS, "custom": "jsonb", "version": "int", "created_at": "timestamptz",
        "created_by_id": "bigint", "updated_at": "timestamptz"}  # fmt: skip
_UPDATE = {"id": "bigint", **COLUMNS, "custom": "jsonb", "version": "int", "updated_at": "timestamptz"}
HISTORY = {
    "account_id": "bigint", "contact_id": "bigint", "field": "text", "old": "jsonb", "new": "jsonb",
    "valid_from": "timestamptz", "recorded_at": "timestamptz", "source": "text", "batch_id": "text",
    "changed_by_id": "bigint",
}  # fmt: skip
_TAGS = {"account_id": "bigint", "tag": "text", "created_at": "timestamptz", "created_by_id": "bigint"}


def cells(values: Mapping[str, Any]) -> list[Any]:
    """The values in the order of COLUMNS; what is not there is null or blank, as the column wants it."""
    return [
        values.get(name) if name in NULLABLE else plain(values[name]) if values.get(name) is not None else ""
        for name in COLUMNS
    ]


def insert_accounts(made: Sequence[Record], *, rules: Rules, at: datetime) -> list[int]:
    """The ids of new accounts, in their order. `Changed` when somebody took one of their USDOT numbers just now."""
    ids = new_ids("accounts_account", len(made))
    by = rules.by.user_id
    rows = [
        (key, *cells(record.values), custom_of(record.values), 1, at, by, at)
        for key, record in zip(ids, made, strict=True)
    ]
    written = insert("accounts_account", _NEW, rows, conflict="on conflict (dot_number) do nothing", answer="id")
    if len(written) != len(rows):
        raise Changed
    insert("accounts_accountscore", {"account_id": "bigint", "is_spike": "bool"}, [(key, False) for key in ids])
    insert(
        "accounts_accountpulse", {"account_id": "bigint", "last_activity_at": "timestamptz"}, [(key, at) for key in ids]
    )
    history: list[tuple[Any, ...]] = []
    for key, record in zip(ids, made, strict=True):
        for name in ("status", "owner_id"):
            if record.get(name) is not None:
                history.append(line(key, None, name, None, record.get(name), rules=rules, at=at))
    insert("accounts_fieldchange", HISTORY, history)
    _tag({key: record.values.get("tags") or [] for key, record in zip(ids, made, strict=True)}, by=by, at=at)
    return ids


def update_accounts(changed: Sequence[Record], *, rules: Rules, at: datetime) -> None:
    """Write accounts that changed; each is held by this transaction."""
    rows = [(record.id, *cells(record.values), custom_of(record.values), record.version, at) for record in changed]
    update("accounts_account", _UPDATE, rows)
    history = [
        line(record.id, None, name, old, record.get(name), rules=rules, at=at)
        for record in changed
        for name, old in record.was.items()
        if name not in DERIVED
    ]
    insert("accounts_fieldchange", HISTORY, history)
    added = {
        record.id: sorted(set(record.get("tags")) - set(record.was["tags"] or []))
        for record in changed
        if "tags" in record.was
    }
    _tag(added, by=rules.by.user_id, at=at)


def line(
    account_id: int, contact_id: int | None, name: str, old: Any, new: Any, *, rules: Rules, at: datetime
) -> tuple[Any, ...]:
    """A row of the history."""
    field = name.removesuffix("_id")
    by = rules.by.user_id
    return account_id, contact_id, field, plain(old), plain(new), at, at, "import", rules.batch_id, by


def _tag(words: Mapping[int, Sequence[str]], *, by: int | None, at: datetime) -> None:
    rows = [(account, word, at, by) for account, given in words.items() for word in given]
    insert("accounts_accounttag", _TAGS, rows, conflict="on conflict do nothing")
