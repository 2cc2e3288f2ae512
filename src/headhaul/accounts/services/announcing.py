"""A port: rooms above hear when somebody is given accounts, and tell them in their own way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from headhaul.kernel import Actor


class Listener(Protocol):
    """Hears of accounts that somebody else gave to a user."""

    def __call__(self, *, owner_id: int, account_ids: Sequence[int], at: datetime, by: Actor) -> None:
        """Tell the new owner, within the transaction of the assignment."""
        ...


_listeners: list[Listener] = []


def listen(listener: Listener) -> None:
    """Hear of every assignment from now on."""
    if listener not in _listeners:
        _listeners.append(listener)


def assigned(*, owner_id: int | None, account_ids: Sequence[int], at: datetime, by: Actor) -> None:
    """Say that these accounts are now this user's; whoever takes an account is not told of it."""
    if owner_id is None or owner_id == by.user_id or not account_ids:
        return
    for listener in _listeners:
        listener(owner_id=owner_id, account_ids=account_ids, at=at, by=by)
