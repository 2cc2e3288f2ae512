"""Telling somebody that accounts are theirs now. The accounts' room announces it through its port."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from headhaul.activities.choices import NotificationKind
from headhaul.activities.services import people
from headhaul.activities.services.notifying import notify
from headhaul.kernel import Actor


def tell_new_owner(*, owner_id: int, account_ids: Sequence[int], at: datetime, by: Actor) -> None:
    """One line, however many accounts were given at once."""
    only = account_ids[0] if len(account_ids) == 1 else None
    what = people.name_of_account(only) if only is not None else f"{len(account_ids):,} accounts"
    notify(
        user_ids=[owner_id],
        kind=NotificationKind.ASSIGNED,
        text=f"{by.label} gave you {what}",
        at=at,
        account_id=only,
    )
