"""What this room tells the rooms above: accounts that were opened, got another status, or another owner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from headhaul.kernel import Actor
from headhaul.kernel.listening import Port

OPENED, STATUS_CHANGED, ASSIGNED = "account_opened", "account_status_changed", "account_assigned"
WANTED = {"status": STATUS_CHANGED, "owner": ASSIGNED}  # field of the history → what it means when it changes


@dataclass(frozen=True, slots=True)
class AccountHappening:
    """Something that happened with an account. The same `key` is the same happening."""

    kind: str
    account_id: int
    key: str
    at: datetime
    by: Actor
    changes: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)


port: Port[AccountHappening] = Port()


def tell_opened(*, account_ids: list[int], at: datetime, by: Actor) -> None:
    """Accounts are new."""
    if port.is_wanted(OPENED):
        port.tell([AccountHappening(OPENED, key, f"account:{key}:opened", at, by) for key in account_ids])


@dataclass(frozen=True, slots=True)
class Change:
    """What a field of an account was and is, and the version that made it so."""

    account_id: int
    version: int
    old: Any
    new: Any


def is_wanted(field: str) -> bool:
    """Whether anybody waits for this field of accounts."""
    return field in WANTED and port.is_wanted(WANTED[field])


def tell_many_changed(*, field: str, changes: Sequence[Change], at: datetime, by: Actor) -> None:
    """A field of accounts changed, of all of them in one write."""
    if changes and is_wanted(field):
        kind = WANTED[field]
        port.tell([
            AccountHappening(
                kind, one.account_id, f"account:{one.account_id}:v{one.version}:{kind}", at, by,
                {field: (one.old, one.new)},
            )
            for one in changes
        ])  # fmt: skip


def tell_changed(
    *, account_id: int, version: int, changes: Mapping[str, tuple[Any, Any]], at: datetime, by: Actor
) -> None:
    """Fields of an account changed, from what to what; only some of them matter to others."""
    for name, (old, new) in changes.items():
        one = Change(account_id, version, old, new)
        tell_many_changed(field=name.removesuffix("_id"), changes=[one], at=at, by=by)
