"""What somebody says about a line of their queue, kept with where it stood: what is learnt later rests on it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from headhaul.advisor.choices import ActionOutcome
from headhaul.advisor.models import ProposedAction
from headhaul.advisor.selectors.queue import next_actions
from headhaul.kernel import Actor, InvalidData, NotFound

LONGEST_SNOOZE = timedelta(days=90)
STATE = ("snoozed_until", "skipped_at", "taken_at", "activity_id", "outcome", "outcome_at")
WHOLE_QUEUE = 10_000


def snooze(
    *, key: str, until: datetime, at: datetime, by: Actor, timezone: str = ""
) -> tuple[ProposedAction, dict[str, Any]]:
    """Keep the account off the queue until then; the row, and what stood before."""
    if not at < until <= at + LONGEST_SNOOZE:
        said = f"from now to {LONGEST_SNOOZE.days} days ahead"
        raise InvalidData("A snooze ends in the future, and not in a year.", fields={"until": said})
    return _say(key, {"snoozed_until": until}, timezone, at=at, by=by)


def skip(*, key: str, at: datetime, by: Actor, timezone: str = "") -> tuple[ProposedAction, dict[str, Any]]:
    """Take the line off for good; a new reason brings the account back."""
    return _say(key, {"skipped_at": at}, timezone, at=at, by=by)


def taken(
    *, key: str, activity_id: int | None, at: datetime, by: Actor, timezone: str = ""
) -> tuple[ProposedAction, dict[str, Any]]:
    """It was acted on."""
    return _say(key, {"taken_at": at, "activity_id": activity_id}, timezone, at=at, by=by)


def came_of_it(
    *, key: str, outcome: ActionOutcome, at: datetime, by: Actor, timezone: str = ""
) -> tuple[ProposedAction, dict[str, Any]]:
    """What came of it; whoever says that has acted on it."""
    row = ProposedAction.objects.filter(user_id=by.user_id or 0, key=key).first()
    acted = {} if row is not None and row.taken_at is not None else {"taken_at": at}
    return _say(key, acted | {"outcome": outcome.value, "outcome_at": at}, timezone, at=at, by=by)


def restore(*, key: str, state: dict[str, Any], at: datetime, by: Actor) -> tuple[ProposedAction, dict[str, Any]]:
    """Put back what was said before, or nothing: then the line is on the queue again."""
    row = ProposedAction.objects.select_for_update().filter(user_id=by.user_id or 0, key=key).first()
    if row is None:
        raise NotFound("Nothing was said about this line of your queue.")
    return _write(row, {name: state.get(name) for name in STATE} | {"outcome": state.get("outcome") or ""}, at=at)


def _say(
    key: str, values: dict[str, Any], timezone: str, *, at: datetime, by: Actor
) -> tuple[ProposedAction, dict[str, Any]]:
    row = ProposedAction.objects.select_for_update().filter(user_id=by.user_id or 0, key=key).first()
    if row is None or not any(getattr(row, name) for name in STATE):  # nothing is said: where it stands now counts
        row = _stood(key, timezone, known=row, at=at, by=by)
    return _write(row, values, at=at)


def _stood(key: str, timezone: str, *, known: ProposedAction | None, at: datetime, by: Actor) -> ProposedAction:
    """The line as it stands in the actor's queue at this moment."""
    queue = next_actions(owner_id=by.user_id, limit=WHOLE_QUEUE, timezone=timezone, by=by, at=at)
    line = next((item for item in queue.items if item.key == key), None)
    if line is None:
        raise NotFound("This line is not on your queue any more. Load the queue again.", fields={"key": "of a line"})
    return ProposedAction(
        pk=known.pk if known else None,
        user_id=by.user_id or 0,
        account_id=line.account.id,
        key=key,
        kind=line.kind.value,
        reasons=[why.code.value for why in line.reasons],
        rank=line.rank,
        of=queue.of,
        created_at=at,
    )


def _write(row: ProposedAction, values: dict[str, Any], *, at: datetime) -> tuple[ProposedAction, dict[str, Any]]:
    before = {name: getattr(row, name) for name in STATE}
    for name, value in values.items():
        setattr(row, name, value)
    row.updated_at = at
    row.save()
    return row, before
