"""Changing what was logged, removing it and putting it back. Whose it is, or a manager; never what Headhaul wrote."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from headhaul.accounts.visibility import scope_of
from headhaul.activities import ports
from headhaul.activities.choices import LOGGED_BY_HAND, TOUCHES, ActivityType, Outcome
from headhaul.activities.errors import KeptByHeadhaul, NotTheirs, StaleActivity
from headhaul.activities.models import Activity
from headhaul.activities.schemas.activities import UpdateActivity
from headhaul.activities.schemas.common import Named, Told
from headhaul.activities.services import denials, entering, mentions, people, placing, settling
from headhaul.activities.services.mentions import Meant
from headhaul.activities.services.placing import Place
from headhaul.carriers.selectors.written import read
from headhaul.kernel import Actor, InvalidData, NotFound, Role

CHANGEABLE = (
    "contact_id", "opportunity_id", "direction", "outcome", "subject", "body", "happened_at", "duration_seconds",
    "due_at", "due_on", "remind_at", "priority", "owner_id",
)  # fmt: skip
_WORDS = frozenset({"direction", "outcome", "subject", "body", "priority"})


def lock(activity_id: int, *, by: Actor, version: int | None = None) -> Activity:
    """The activity, held until the transaction ends, if the actor sees its account or its opportunity."""
    condition, parameters = scope_of(by).condition("a")
    account = f"exists (select 1 from accounts_account a where a.id = v.account_id and {condition})"
    seen = read(Activity, f"v.id = %s and {account} for update of v", [activity_id, *parameters], alias="v")
    activity = seen[0] if seen else _of_own_opportunity(activity_id, by=by)
    if version is not None and activity.version != version:
        raise StaleActivity(
            "Somebody changed this entry meanwhile. Look at it again, then repeat your change.",
            current=activity.version,
        )
    return activity


def check_can_edit(activity: Activity, *, by: Actor) -> None:
    """Raise with the reason unless this actor may change or remove it."""
    if activity.type not in LOGGED_BY_HAND:
        raise KeptByHeadhaul("Headhaul wrote this down itself; undo what it tells of instead.")
    if not can_edit(activity, by=by):
        raise NotTheirs("Only whoever logged this, whose it is, or a manager can change it.")


def can_edit(activity: Activity, *, by: Actor) -> bool:
    """Whether it is the actor's, or the actor manages."""
    is_manager = by.role is not None and by.role.allows(Role.MANAGER)
    return is_manager or (by.user_id is not None and by.user_id in (activity.owner_id, activity.created_by_id))


def change(
    *, activity: Activity, asked: UpdateActivity, at: datetime, by: Actor
) -> tuple[dict[str, Any], list[Told], list[str]]:
    """Write what differs. Returns what it was before, who was told, and who was marked as not to be contacted."""
    check_can_edit(activity, by=by)
    values = _asked(asked)
    _check(activity, values, at=at)
    place = _moved(activity, values, by=by)
    meant = mentions.read(values["body"]) if "body" in values else Meant(activity.body)
    if "body" in values:
        values["body"] = meant.text
    before = {name: getattr(activity, name) for name, value in values.items() if getattr(activity, name) != value}
    if not before:
        return {}, [], []
    known = tuple(activity.data.get("mentions", ()))
    was_denied = activity.outcome == Outcome.DO_NOT_CONTACT
    _write(activity, {name: values[name] for name in before}, meant=meant, at=at)
    told = _tell(activity, before, place=place, meant=meant, known=known, at=at, by=by)
    denied = _denied(activity, was_denied=was_denied, lifts=asked.lifts_denial, at=at, by=by)
    if activity.type in TOUCHES and before.keys() & {"happened_at", "contact_id", "direction"}:
        settling.settle(activity.account_id)
    return before, told, denied


def _of_own_opportunity(activity_id: int, *, by: Actor) -> Activity:
    activity = Activity.objects.select_for_update(of=("self",)).filter(pk=activity_id).first()
    missing = NotFound(f"There is no activity {activity_id}, or it was removed.", fields={"activityId": "unknown"})
    if activity is None or activity.opportunity_id is None:
        raise missing
    try:
        ports.opportunities().account_of(activity.opportunity_id, by=by)
    except NotFound:
        raise missing from None
    return activity


def _asked(asked: UpdateActivity) -> dict[str, Any]:
    given = asked.model_dump(include=asked.model_fields_set & set(CHANGEABLE))
    return {name: str(value or "") if name in _WORDS else value for name, value in given.items()}


def _check(activity: Activity, values: dict[str, Any], *, at: datetime) -> None:
    kind = ActivityType(activity.type)
    entering.check_outcome(kind, Outcome(values["outcome"]) if values.get("outcome") else None)
    entering.check_only_of_tasks(kind, values)
    if values.get("due_at") is not None and "due_on" not in values:
        values["due_on"] = None  # a moment takes the place of a day, and the other way round
    if values.get("due_on") is not None and "due_at" not in values:
        values["due_at"] = None
    entering.check_times(
        kind,
        happened_at=values.get("happened_at"),
        due_at=values.get("due_at"),
        due_on=values.get("due_on"),
        at=at,
    )
    if kind is ActivityType.TASK and "outcome" in values and bool(values["outcome"]) != bool(activity.completed_at):
        raise InvalidData("A task gets its outcome when it is completed.", fields={"outcome": "use completeTask"})


def _moved(activity: Activity, values: dict[str, Any], *, by: Actor) -> Place:
    """Where it belongs afterwards: the same account, perhaps another contact or opportunity of it."""
    if values.get("owner_id") not in (None, by.user_id, activity.owner_id):
        people.check_can_take_task(values["owner_id"], account_id=activity.account_id)
    if not {"contact_id", "opportunity_id"} & values.keys():
        name = people.name_of_account(activity.account_id)
        return Place(Named(id=activity.account_id, name=name), None, activity.opportunity_id)
    return placing.place(
        account_id=activity.account_id,
        contact_id=values.get("contact_id", activity.contact_id),
        opportunity_id=values.get("opportunity_id", activity.opportunity_id),
        by=by,
    )


def _write(activity: Activity, values: dict[str, Any], *, meant: Meant, at: datetime) -> None:
    for name, value in values.items():
        setattr(activity, name, value)
    changed = [*values, "version"]
    if "remind_at" in values:
        activity.reminded_at = None
        changed.append("reminded_at")
    if "body" in values:
        activity.data = {**activity.data, "mentions": sorted(meant.users)}
        changed.append("data")
    if values.keys() & {"subject", "body", "outcome", "happened_at", "contact_id"}:
        activity.edited_at = at
        changed.append("edited_at")
    if activity.data.get("started") and activity.outcome:
        activity.data = {name: value for name, value in activity.data.items() if name != "started"}
        changed.append("data")
    activity.version += 1
    activity.save(update_fields=[name.removesuffix("_id") if name == "owner_id" else name for name in set(changed)])


def _tell(
    activity: Activity,
    before: dict[str, Any],
    *,
    place: Place,
    meant: Meant,
    known: tuple[int, ...],
    at: datetime,
    by: Actor,
) -> list[Told]:
    if "owner_id" in before and activity.type == ActivityType.TASK:
        entering.tell_owner(activity, account=place.account, at=at, by=by)
    return mentions.tell(
        meant=meant,
        before=known,
        activity_id=activity.pk,
        account=place.account,
        subject=activity.subject,
        at=at,
        by=by,
    )


def _denied(activity: Activity, *, was_denied: bool, lifts: bool, at: datetime, by: Actor) -> list[str]:
    is_denied = activity.outcome == Outcome.DO_NOT_CONTACT
    if was_denied and not is_denied and lifts:
        denials.lift(activity_id=activity.pk, at=at, by=by)
    return entering.deny(activity, at=at, by=by) if is_denied and not was_denied else []
