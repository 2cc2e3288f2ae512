"""What can be done about what was spent."""

from __future__ import annotations

from typing import Any

from headhaul.analytics.schemas.spend import (
    ListSpend,
    RecordSpend,
    RemoveSpend,
    SpendList,
    SpendRow,
    SpendSaved,
    UpdateSpend,
)
from headhaul.analytics.selectors import spend as reading
from headhaul.analytics.services import spend
from headhaul.kernel import Call, Role, action

_WIRE = {
    "source_id": "sourceId", "event_id": "eventId", "starts_on": "startsOn", "ends_on": "endsOn",
    "amount_cents": "amountCents",
}  # fmt: skip


def _spend(given: Any, answer: Any) -> tuple[str, str]:
    return "spend", str(getattr(answer, "id", None) or getattr(given, "spend_id", ""))


@action("recordSpend", reply="spendRecorded", role=Role.MANAGER, writes=True, target=_spend, undo="removeSpend")
def record_spend(call: Call, data: RecordSpend) -> SpendSaved:
    """Enter what was spent on a channel, source, campaign or event over some days; it is spread evenly over them.

    Overlapping days add up, and the answer says with what. The same row twice is refused.
    """
    row = spend.record(values=data.model_dump(), at=call.at, by=call.actor)
    call.undo_with("removeSpend", {"spendId": row.pk, "version": row.version})
    return reading.saved(row, spend.overlapping(row))


@action("updateSpend", reply="spendUpdated", role=Role.MANAGER, writes=True, target=_spend, undo="updateSpend")
def update_spend(call: Call, data: UpdateSpend) -> SpendSaved:
    """Put a row of spend right. A source, event or campaign that is given as null is taken off."""
    values = data.model_dump(exclude_unset=True, exclude={"spend_id", "version"})
    saved = spend.update(spend_id=data.spend_id, version=data.version, values=values, at=call.at)
    if saved.before:
        before = {_WIRE.get(name, name): _plain(value) for name, value in saved.before.items()}
        call.undo_with("updateSpend", before | {"spendId": saved.row.pk, "version": saved.row.version})
    return reading.saved(saved.row, spend.overlapping(saved.row))


@action("removeSpend", reply="spendRemoved", role=Role.MANAGER, writes=True, target=_spend, undo="restoreSpend")
def remove_spend(call: Call, data: RemoveSpend) -> SpendRow:
    """Take a row of spend away: reports no longer count it."""
    row = spend.remove(spend_id=data.spend_id, version=data.version, at=call.at)
    call.undo_with("restoreSpend", {"spendId": row.pk, "version": row.version})
    return reading.row(row)


@action("restoreSpend", reply="spendRestored", role=Role.MANAGER, writes=True, target=_spend, undo="removeSpend")
def restore_spend(call: Call, data: RemoveSpend) -> SpendRow:
    """Bring a removed row of spend back."""
    row = spend.restore(spend_id=data.spend_id, version=data.version, at=call.at)
    call.undo_with("removeSpend", {"spendId": row.pk, "version": row.version})
    return reading.row(row)


@action("listSpend", reply="spendListed", role=Role.VIEWER)
def list_spend(call: Call, data: ListSpend) -> SpendList:
    """What was spent, newest days first, and how much of it falls into the days asked for."""
    return reading.listed(asked=data, at=call.at)


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
