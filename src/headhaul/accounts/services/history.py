"""Value history: who changed which field of an account, from what to what, since when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from headhaul.accounts.models import Account, FieldChange
from headhaul.kernel import Actor


def _plain(value: Any) -> Any:
    if isinstance(value, StrEnum):
        return value.value
    return value.isoformat() if isinstance(value, (date, datetime)) else value


def changed(account: Account, values: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """The (old, new) pairs of the fields that would really change."""
    pairs = {name: (_plain(getattr(account, name)), _plain(value)) for name, value in values.items()}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def record(*, account_id: int, changes: Mapping[str, tuple[Any, Any]], at: datetime, by: Actor) -> None:
    """Append one row for each changed field."""
    FieldChange.objects.bulk_create(
        FieldChange(
            account_id=account_id,
            field=name.removesuffix("_id"),
            old=old,
            new=new,
            valid_from=at,
            recorded_at=at,
            changed_by_id=by.user_id,
        )
        for name, (old, new) in changes.items()
    )
