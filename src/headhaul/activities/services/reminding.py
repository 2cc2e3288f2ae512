"""Reminding people of tasks when the moment has come: once, however often the clock comes by."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from headhaul.accounts.selectors.pages import fetch
from headhaul.activities.choices import NotificationKind
from headhaul.activities.services.notifying import notify

AT_ONCE = 200

# The mark and the notification commit together; whoever comes at the same time passes over what is held.
_DUE = """
with due as (
    select v.id from activities_activity v
    where v.remind_at <= %s and v.reminded_at is null and v.completed_at is null and v.remind_at is not null
    order by v.remind_at, v.id limit %s for update skip locked
)
update activities_activity v set reminded_at = %s
from due join activities_activity t on t.id = due.id join accounts_account a on a.id = t.account_id
where v.id = due.id
returning v.id, v.subject, v.owner_id, v.remind_at, v.account_id, a.name as account
"""


def remind(*, at: datetime) -> int:
    """Tell the owners of all tasks whose moment has come; how many were told."""
    told = 0
    while True:
        with transaction.atomic():
            due = fetch(_DUE, [at, AT_ONCE, at])
            told += sum(_tell(task, at=at) for task in due)
        if len(due) < AT_ONCE:
            return told


def _tell(task: dict[str, Any], *, at: datetime) -> int:
    if task["owner_id"] is None:
        return 0
    return len(
        notify(
            user_ids=[task["owner_id"]],
            kind=NotificationKind.TASK_DUE,
            text=f"Reminder: {task['subject'] or 'a task'} ({task['account']})",
            at=at,
            account_id=task["account_id"],
            activity_id=task["id"],
            key=f"remind:{task['id']}:{int(task['remind_at'].timestamp())}",
        )
    )
