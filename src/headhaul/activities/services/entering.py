"""Logging by hand: what people write down is checked, placed, told to whom it names, and then kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from headhaul.activities.choices import OUTCOMES_OF, ActivityType, Direction, NotificationKind, Outcome
from headhaul.activities.errors import WrongOutcome
from headhaul.activities.models import Activity
from headhaul.activities.schemas.activities import ActivitySaved, FollowUp, LogActivity
from headhaul.activities.schemas.common import Named, Told
from headhaul.activities.selectors.rows import of_new
from headhaul.activities.services import denials, mentions, notifying, people, placing
from headhaul.activities.services.logging import log
from headhaul.activities.services.mentions import Meant
from headhaul.activities.services.placing import Place
from headhaul.kernel import Actor, InvalidData

MOST_AHEAD = timedelta(days=1)
HAS_A_DIRECTION = frozenset({ActivityType.CALL, ActivityType.EMAIL, ActivityType.SMS})
OF_TASKS = ("due_at", "due_on", "remind_at")


@dataclass(frozen=True, slots=True)
class Entered:
    """What was written, and what came with it."""

    activity: Activity
    place: Place
    owner: Named | None
    told: list[Told]
    denied: list[str]

    def saved(self) -> ActivitySaved:
        """As the reply shows it."""
        row = of_new(self.activity, account=self.place.account, contact=self.place.contact, owner=self.owner)
        return ActivitySaved(activity=row, told=self.told, do_not_contact=self.denied)


def enter(*, asked: LogActivity, at: datetime, by: Actor, door: str) -> Entered:
    """Log what somebody did, or a task they set."""
    kind = ActivityType(asked.type)
    check_outcome(kind, asked.outcome)
    check_times(kind, happened_at=asked.happened_at, due_at=asked.due_at, due_on=asked.due_on, at=at)
    check_only_of_tasks(kind, asked.model_dump(include=set(OF_TASKS)))
    place = placing.place(
        account_id=asked.account_id, contact_id=asked.contact_id, opportunity_id=asked.opportunity_id, by=by
    )
    values = asked.model_dump(
        include={"subject", "duration_seconds", "remind_at", "due_at", "due_on", "priority", "owner_id", "happened_at"}
    )
    values["outcome"] = str(asked.outcome or "")
    values["direction"] = str(asked.direction or (Direction.OUT if kind in HAS_A_DIRECTION else ""))
    if kind is ActivityType.TASK and asked.outcome:
        values["completed_at"] = asked.happened_at or at
    return write(kind=kind, place=place, body=asked.body, values=values, at=at, by=by, door=door)


def follow_up(*, asked: FollowUp, place: Place, owner_id: int | None, at: datetime, by: Actor, door: str) -> Entered:
    """The task that follows from another, of the same owner."""
    check_times(ActivityType.TASK, happened_at=None, due_at=asked.due_at, due_on=asked.due_on, at=at)
    values = asked.model_dump(exclude={"body"}) | {"owner_id": owner_id}
    return write(kind=ActivityType.TASK, place=place, body=asked.body, values=values, at=at, by=by, door=door)


def write(
    *,
    kind: ActivityType,
    place: Place,
    body: str,
    values: dict[str, Any],
    at: datetime,
    by: Actor,
    door: str,
    data: dict[str, Any] | None = None,
) -> Entered:
    """Keep it, with what follows from it: who is named is told, who said never again is marked."""
    owner = _owner(values.pop("owner_id", None), kind=kind, account_id=place.account.id, by=by)
    meant = mentions.read(body)
    kept = (data or {}) | ({"mentions": sorted(meant.users)} if meant.users else {})
    activity = log(
        account_id=place.account.id,
        contact_id=place.contact.id if place.contact else None,
        opportunity_id=place.opportunity_id,
        type=kind,
        body=meant.text,
        data=kept,
        owner_id=owner.id if owner else None,
        source=door,
        at=at,
        by=by,
        **values,
    )
    told = tell(activity=activity, place=place, meant=meant, before=(), at=at, by=by)
    denied = deny(activity, at=at, by=by) if activity.outcome == Outcome.DO_NOT_CONTACT else []
    return Entered(activity, place, owner, told, denied)


def tell(
    *, activity: Activity, place: Place, meant: Meant, before: tuple[int, ...], at: datetime, by: Actor
) -> list[Told]:
    """Tell whoever is named, and whoever gets a task from somebody else."""
    if activity.type == ActivityType.TASK:
        tell_owner(activity, account=place.account, at=at, by=by)
    return mentions.tell(
        meant=meant,
        before=before,
        activity_id=activity.pk,
        account=place.account,
        subject=activity.subject,
        at=at,
        by=by,
    )


def tell_owner(activity: Activity, *, account: Named, at: datetime, by: Actor) -> None:
    """Say to the owner that a task is theirs now, if somebody else gave it to them."""
    if activity.owner_id in (None, by.user_id) or activity.completed_at is not None:
        return
    notifying.notify(
        user_ids=[activity.owner_id],
        kind=NotificationKind.ASSIGNED,
        text=f"{by.label} gave you a task at {account.name}: {activity.subject or 'no subject'}",
        at=at,
        account_id=account.id,
        activity_id=activity.pk,
        key=f"task:{activity.pk}:{activity.version}",
    )


def deny(activity: Activity, *, at: datetime, by: Actor) -> list[str]:
    """Mark whom the activity is about as not to be contacted."""
    return denials.deny(
        account_id=activity.account_id,
        contact_id=activity.contact_id,
        activity_id=activity.pk,
        said=activity.body or activity.subject,
        at=at,
        by=by,
    )


def check_outcome(kind: ActivityType, outcome: Outcome | None) -> None:
    """Refuse how it cannot have ended, with the list of how it can."""
    if outcome is None or outcome in OUTCOMES_OF[kind]:
        return
    known = ", ".join(OUTCOMES_OF[kind])
    said = f"the outcome of a {kind.label.lower()} is one of: {known}" if known else "a note has no outcome"
    raise WrongOutcome(f"{said.capitalize()}.", fields={"outcome": known or "leave it out"})


def check_times(
    kind: ActivityType, *, happened_at: datetime | None, due_at: datetime | None, due_on: date | None, at: datetime
) -> None:
    """What happened did not happen the day after tomorrow; a task is due at a moment or on a day."""
    if happened_at is not None and happened_at - at > MOST_AHEAD:
        raise InvalidData(
            "This lies more than a day ahead. Set a task for what is to come.",
            fields={"happenedAt": "at most a day from now"},
        )
    if due_at is not None and due_on is not None:
        raise InvalidData("A task is due at a moment or on a day.", fields={"dueOn": "one of dueAt and dueOn"})


def check_only_of_tasks(kind: ActivityType, values: dict[str, Any]) -> None:
    """Only tasks are due and are reminded of."""
    wires = {"due_at": "dueAt", "due_on": "dueOn", "remind_at": "remindAt"}
    wrong = {wires[name]: "only of tasks" for name in OF_TASKS if values.get(name) is not None}
    if kind is not ActivityType.TASK and wrong:
        raise InvalidData("Only a task is due. Log it as a task, or set one beside it.", fields=wrong)


def _owner(owner_id: int | None, *, kind: ActivityType, account_id: int, by: Actor) -> Named | None:
    if owner_id is None or owner_id == by.user_id:
        return Named(id=by.user_id, name=by.label) if by.user_id is not None else None
    user = people.check_can_take_task(owner_id, account_id=account_id)
    return Named(id=owner_id, name=user.get_full_name())
