"""The one writer of activities: the row and the account's pulse, in two statements."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import connection

from headhaul.accounts.services import pulse
from headhaul.activities import happening
from headhaul.activities.choices import TOUCHES, ActivityType, Priority
from headhaul.activities.models import Activity
from headhaul.kernel import Actor

_COLUMNS = (
    "account_id", "contact_id", "opportunity_id", "type", "direction", "outcome", "subject", "body", "data",
    "happened_at", "duration_seconds", "owner_id", "due_at", "due_on", "remind_at", "completed_at", "priority",
    "source", "version", "created_at", "created_by_id",
)  # fmt: skip
_INSERT = f"""
insert into activities_activity ({", ".join(_COLUMNS)})
values ({", ".join("%s::jsonb" if name == "data" else "%s" for name in _COLUMNS)}) returning id
"""


def log(
    *,
    account_id: int,
    type: ActivityType,  # noqa: A002 (what it is called on the wire and in the table)
    at: datetime,
    by: Actor,
    contact_id: int | None = None,
    opportunity_id: int | None = None,
    direction: str = "",
    outcome: str = "",
    subject: str = "",
    body: str = "",
    data: Mapping[str, Any] | None = None,
    happened_at: datetime | None = None,
    duration_seconds: int | None = None,
    owner_id: int | None = None,
    due_at: datetime | None = None,
    due_on: date | None = None,
    remind_at: datetime | None = None,
    completed_at: datetime | None = None,
    priority: str = Priority.NORMAL,
    source: str = "",
) -> Activity:
    """Write down that something happened, and that the account is alive. It belongs to `owner_id`, or to the writer."""
    activity = Activity(
        account_id=account_id,
        contact_id=contact_id,
        opportunity_id=opportunity_id,
        type=str(type),
        direction=str(direction),
        outcome=str(outcome),
        subject=subject,
        body=body,
        data=dict(data or {}),
        happened_at=happened_at or at,
        duration_seconds=duration_seconds,
        owner_id=owner_id if owner_id is not None else by.user_id,
        due_at=due_at,
        due_on=due_on,
        remind_at=remind_at,
        completed_at=completed_at,
        priority=str(priority),
        source=source,
        version=1,
        created_at=at,
        created_by_id=by.user_id,
    )
    activity.pk = _insert(activity)
    pulse.touch(account_id=account_id, at=activity.happened_at, is_touch=type in TOUCHES)
    happening.tell_logged(activity_id=activity.pk, account_id=account_id, kind=activity.type, at=at, by=by)
    return activity


def strike(*, activity_id: int) -> None:
    """What was written down has not happened after all. The account's pulse is for whoever strikes it to settle."""
    Activity.objects.filter(pk=activity_id).delete()


def _insert(activity: Activity) -> int:
    row = [json.dumps(activity.data) if name == "data" else getattr(activity, name) for name in _COLUMNS]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, row)
        return int(cursor.fetchone()[0])
