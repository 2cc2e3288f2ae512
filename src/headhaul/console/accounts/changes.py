"""How the history of an account says a value."""

from __future__ import annotations

from typing import Any

from headhaul.accounts.choices import AccountStatus
from headhaul.carriers.choices import Segment
from headhaul.console.ui import words


def told(field: str, value: Any, account: Any) -> str:
    """The value for people: a name for the present owner, labels for codes, a dash for nothing."""
    if value is None or value == "":
        return words.DASH
    if field == "owner":
        return str(account.owner.name) if account.owner and account.owner.id == value else "somebody else"
    if field == "status" and value in set(AccountStatus):
        return AccountStatus(value).label
    if field == "segment" and value in set(Segment):
        return Segment(value).label
    return str(value)
