"""Removing an activity and putting it back with its id: it leaves the table whole, and comes back whole."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection

from headhaul.accounts.visibility import scope_of
from headhaul.activities.errors import TaskState
from headhaul.activities.models import Activity, RemovedActivity
from headhaul.activities.services import denials, editing, settling
from headhaul.kernel import Actor, NotFound

KEPT_FOR = timedelta(days=31)  # a day longer than undoing is possible

_REMOVE = """
with said as (
    delete from activities_notification where activity_id = %(id)s returning *
), gone as (
    delete from activities_activity where id = %(id)s returning *
)
insert into activities_removedactivity (activity_id, account_id, contact_id, row, notifications, removed_at)
select gone.id, gone.account_id, gone.contact_id, to_jsonb(gone),
       coalesce((select jsonb_agg(to_jsonb(said)) from said), '[]'::jsonb), %(at)s::timestamptz
from gone
on conflict (activity_id) do update
set row = excluded.row, notifications = excluded.notifications, removed_at = excluded.removed_at
"""
# The account and the contact may have been merged meanwhile: the columns were moved along, what is inside was not.
_RESTORE = """
with kept as (
    delete from activities_removedactivity where activity_id = %(id)s
    returning row || jsonb_build_object('account_id', account_id, 'contact_id', contact_id) as row, notifications
), back as (
    insert into activities_activity
    select (jsonb_populate_record(null::activities_activity, kept.row)).* from kept
)
insert into activities_notification
select (jsonb_populate_record(null::activities_notification, said.one)).*
from kept, jsonb_array_elements(kept.notifications) as said(one)
where exists (select 1 from security_user u where u.id = (said.one->>'user_id')::bigint)
"""


def remove(
    *, activity_id: int, version: int | None, lifts_denial: bool, at: datetime, by: Actor
) -> tuple[Activity, list[str]]:
    """Take it off the timeline. Returns what it was, and the addresses whose do-not-contact was taken back."""
    activity = editing.lock(activity_id, by=by, version=version)
    editing.check_can_edit(activity, by=by)
    lifted = denials.lift(activity_id=activity_id, at=at, by=by) if lifts_denial else []
    with connection.cursor() as cursor:
        cursor.execute(_REMOVE, {"id": activity_id, "at": at})
    settling.settle(activity.account_id)
    return activity, lifted


def restore(*, activity_id: int, by: Actor) -> Activity:
    """Put a removed activity back, under the account that its account has become."""
    if Activity.objects.filter(pk=activity_id).exists():
        raise TaskState(f"Activity {activity_id} is there.")
    kept = RemovedActivity.objects.select_for_update().filter(pk=activity_id).first()
    condition, parameters = scope_of(by).condition("a")
    with connection.cursor() as cursor:
        cursor.execute(
            f"select 1 from accounts_account a where a.id = %s and {condition}",
            [kept.account_id if kept else None, *parameters],
        )
        if kept is None or cursor.fetchone() is None:
            raise NotFound(f"There is no removed activity {activity_id}.", fields={"activityId": "unknown"})
        cursor.execute(_RESTORE, {"id": activity_id})
    settling.settle(kept.account_id)
    activity = Activity.objects.get(pk=activity_id)
    editing.check_can_edit(activity, by=by)
    return activity


def prune(*, at: datetime) -> int:
    """Forget what was removed so long ago that it cannot come back; how many."""
    return RemovedActivity.objects.filter(removed_at__lt=at - KEPT_FOR).delete()[0]
