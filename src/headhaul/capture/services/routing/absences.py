"""Who is away, from when to when, and who stands in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from headhaul.accounts.services.ownership import check_can_own
from headhaul.capture.models import OutOfOffice
from headhaul.capture.schemas.routing import SetOutOfOffice
from headhaul.kernel import Actor, Forbidden, InvalidData, NotFound, Role
from headhaul.security.models import User


def set_or_remove(*, asked: SetOutOfOffice, at: datetime, by: Actor) -> tuple[int, dict[str, Any]]:
    """Keep an absence or take one back; whose it is, and the data that take back what was done."""
    if asked.remove_id is not None:
        return _remove(asked.remove_id, by=by)
    user_id = whose(asked.user_id, by=by)
    if asked.starts_on is None or asked.ends_on is None:
        raise InvalidData("Say from when to when.", fields={"startsOn": "a day", "endsOn": "a day, included"})
    if asked.ends_on < asked.starts_on:
        raise InvalidData("It ends before it starts.", fields={"endsOn": "startsOn or later"})
    if asked.stand_in_id == user_id:
        raise InvalidData("Nobody stands in for themselves.", fields={"standInId": "somebody else"})
    if asked.stand_in_id is not None:
        check_can_own(User.objects.filter(pk=asked.stand_in_id).first())
    row = OutOfOffice.objects.create(
        user_id=user_id,
        starts_on=asked.starts_on,
        ends_on=asked.ends_on,
        stand_in_id=asked.stand_in_id,
        note=asked.note,
        created_at=at,
        created_by_id=by.user_id,
    )
    return user_id, {"removeId": row.pk}


def whose(user_id: int | None, *, by: Actor) -> int:
    """The user that is meant: oneself, or for managers anybody who can own accounts. Raises Forbidden."""
    if user_id is None and by.user_id is None:
        raise InvalidData("Say who is away.", fields={"userId": "a user"})
    key = user_id if user_id is not None else by.user_id
    assert key is not None
    is_manager = by.role is not None and by.role.allows(Role.MANAGER)
    if key != by.user_id and not is_manager:
        raise Forbidden("Only managers see and say when others are away.")
    check_can_own(User.objects.filter(pk=key).first())
    return key


def _remove(key: int, *, by: Actor) -> tuple[int, dict[str, Any]]:
    row = OutOfOffice.objects.select_for_update().filter(pk=key).first()
    if row is None:
        raise NotFound("There is no such absence.", fields={"removeId": "unknown"})
    user_id = whose(row.user_id, by=by)
    back = {
        "userId": user_id,
        "startsOn": row.starts_on.isoformat(),
        "endsOn": row.ends_on.isoformat(),
        "standInId": row.stand_in_id,
        "note": row.note,
    }
    row.delete()
    return user_id, back
