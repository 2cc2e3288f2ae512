"""Tasks: in exactly one list each, by the reader's own days, done with one call and undone with another."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headhaul.accounts.models import Account
from headhaul.activities.choices import TaskList
from headhaul.activities.errors import StaleActivity, TaskState
from headhaul.activities.models import Activity
from headhaul.kernel import Actor, InvalidData, NotFound
from headhaul.security.models import Team, User
from tests.activities.conftest import account_named, do, replied
from tests.activities.test_logging import only_own
from tests.cast import NOON

pytestmark = pytest.mark.django_db
ZONES = ("UTC", "America/Chicago", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Africa/Cairo", "America/Havana")


def paged(actor: Actor, *, at: datetime = NOON, limit: int = 4, **asked: Any) -> Iterator[Any]:
    """Every task of a list, page by page."""
    cursor: dict[str, str] = {}
    while True:
        page = do("getTasks", actor, at=at, limit=limit, **asked, **cursor)
        yield from page.items
        if page.next_cursor is None:
            return
        cursor = {"cursor": page.next_cursor}


def task(account: Account, owner: Actor, **fields: Any) -> Activity:
    """A task of somebody."""
    values = {"happened_at": NOON, "created_at": NOON, "owner_id": owner.user_id, "subject": "Call back"} | fields
    return Activity.objects.create(account=account, type="task", **values)


def plain_list(each: Activity, at: datetime, zone: ZoneInfo) -> TaskList:
    """Where a task stands, said as people say it."""
    today = at.astimezone(zone).date()
    if each.due_on is not None:
        return (
            TaskList.OVERDUE if each.due_on < today else TaskList.TODAY if each.due_on == today else TaskList.UPCOMING
        )
    if each.due_at is None:
        return TaskList.UPCOMING
    if each.due_at < at:
        return TaskList.OVERDUE
    midnight = datetime.combine(today + timedelta(days=1), time.min, zone)
    return TaskList.TODAY if each.due_at <= midnight else TaskList.UPCOMING


AROUND = [
    datetime(2026, 3, 8, 6, tzinfo=UTC),
    datetime(2026, 11, 1, 5, 30, tzinfo=UTC),
    datetime(2026, 4, 24, tzinfo=UTC),
    datetime(2026, 12, 31, 23, 30, tzinfo=UTC),
]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    at=st.sampled_from(AROUND),
    name=st.sampled_from(ZONES),
    dues=st.lists(st.one_of(st.none(), st.integers(-3, 3), st.integers(-60, 60).map(lambda h: timedelta(hours=h))),
                  max_size=14),
    limit=st.integers(1, 5),
)  # fmt: skip
def test_every_open_task_is_in_one_list_in_the_order_in_which_it_is_due(
    rosa: Actor, at: datetime, name: str, dues: list[Any], limit: int
) -> None:
    from django.db import transaction

    zone = ZoneInfo(name)
    with transaction.atomic():
        account = account_named("Lone Star")
        today = at.astimezone(zone).date()
        made = [
            task(account, rosa,
                 due_on=today + timedelta(days=due) if isinstance(due, int) else None,
                 due_at=at + due if isinstance(due, timedelta) else None)
            for due in dues
        ]  # fmt: skip
        lists = {which: list(paged(rosa, at=at, limit=limit, which=which, timezone=name)) for which in TaskList}
        total = do("getTasks", rosa, at=at, timezone=name).total
        transaction.set_rollback(True)
    for which in (TaskList.OVERDUE, TaskList.TODAY, TaskList.UPCOMING):
        wanted = {each.pk for each in made if plain_list(each, at, zone) is which}
        assert {each.id for each in lists[which]} == wanted
        assert {each.where for each in lists[which]} <= {which}
    assert total == len(made)
    open_ids = [each.id for each in lists[TaskList.OPEN]]
    assert open_ids == [
        each.id for which in (TaskList.OVERDUE, TaskList.TODAY, TaskList.UPCOMING) for each in lists[which]
    ]
    keys = [each.due_at or (datetime.combine(each.due_on + timedelta(days=1), time.min, zone) if each.due_on
            else datetime.max.replace(tzinfo=UTC)) for each in lists[TaskList.OPEN]]  # fmt: skip
    assert keys == sorted(keys)


def test_a_task_is_done_with_a_note_and_the_next_one_set_in_one_write(rosa: Actor, account: Account) -> None:
    first = do(
        "logActivity", rosa, type="task", accountId=account.pk, subject="Send rates", dueOn="2026-11-18"
    ).activity
    done = replied("completeTask", rosa, taskId=first.id, note="They want 12 drivers",
                   followUp={"subject": "Ask for a contract", "dueOn": "2026-11-25"})  # fmt: skip
    task_, next_ = done.payload.task, done.payload.follow_up
    assert (task_.completed_at, task_.outcome, task_.completion_note) == (NOON, "done", "They want 12 drivers")
    assert (next_.due_on, next_.owner.id, next_.account.id) == (date(2026, 11, 25), rosa.user_id, account.pk)
    entries = do("getTimeline", rosa, accountId=account.pk, kinds=["task"]).items
    assert [each.title for each in entries][:1] != []
    assert any(each.title == "Task done: Send rates" and each.body == "They want 12 drivers" for each in entries)
    undone = replied("undoAction", rosa, undoId=done.undo_id)
    assert [each.subject for each in Activity.objects.filter(completed_at=None)] == ["Send rates"]
    do("undoAction", rosa, undoId=undone.undo_id)
    assert set(Activity.objects.values_list("subject", "outcome")) == {
        ("Send rates", "done"),
        ("Ask for a contract", ""),
    }


def test_a_done_task_is_not_done_again_nor_an_open_one_opened(rosa: Actor, account: Account) -> None:
    made = task(account, rosa)
    with pytest.raises(TaskState):
        do("reopenTask", rosa, taskId=made.pk)
    do("completeTask", rosa, taskId=made.pk)
    with pytest.raises(TaskState):
        do("completeTask", rosa, taskId=made.pk)
    with pytest.raises(StaleActivity):
        do("reopenTask", rosa, taskId=made.pk, version=1)
    assert do("reopenTask", rosa, taskId=made.pk, version=2).task.completed_at is None


def test_a_call_is_no_task(rosa: Actor, account: Account) -> None:
    made = do("logActivity", rosa, type="call", accountId=account.pk).activity
    with pytest.raises(NotFound):
        do("completeTask", rosa, taskId=made.id)


def test_mine_team_and_all(rosa: Actor, rick: Actor, max_: Actor, account: Account) -> None:
    team = Team.objects.create(name="South", created_at=NOON)
    User.objects.filter(pk__in=[rosa.user_id, max_.user_id]).update(team=team)
    from tests.cast import actor_named

    rosa, max_ = actor_named("rosa"), actor_named("max")
    for owner in (rosa, rick, max_):
        task(account, owner, subject=owner.name)

    def subjects(actor: Actor, whose: str) -> set[str]:
        return {each.subject for each in paged(actor, whose=whose)}

    assert subjects(rosa, "mine") == {"Rosa"}
    assert subjects(max_, "team") == {"Rosa", "Max"}
    assert subjects(max_, "all") == {"Rosa", "Max", "Rick Stone"}
    assert subjects(rick, "team") == {"Rick Stone"}
    Account.objects.update(owner=rick.user_id)
    only_own()
    assert subjects(rosa, "all") == set()
    assert subjects(rick, "all") == {"Rosa", "Max", "Rick Stone"}


def test_the_days_are_those_of_the_profile_when_no_zone_is_said(rick: Actor, account: Account) -> None:
    late = datetime(2026, 11, 19, 3, tzinfo=UTC)  # 21:00 on the 18th in Chicago
    task(account, rick, due_on=date(2026, 11, 18))
    page = do("getTasks", rick, at=late, which="today")
    assert (page.timezone, page.today, len(page.items)) == ("America/Chicago", date(2026, 11, 18), 1)
    assert do("getTasks", rick, at=late, which="overdue", timezone="UTC").total == 1


def test_a_zone_that_is_none_is_refused(rosa: Actor) -> None:
    with pytest.raises(InvalidData) as refusal:
        do("getTasks", rosa, timezone="Texas/Dallas")
    assert "timezone" in refusal.value.fields


def test_a_task_is_given_only_to_somebody_who_sees_the_account(
    rosa: Actor, rick: Actor, vera: Actor, account: Account
) -> None:
    with pytest.raises(InvalidData):
        do("logActivity", rosa, type="task", accountId=account.pk, ownerId=vera.user_id)
    Account.objects.update(owner=rosa.user_id)
    only_own()
    with pytest.raises(InvalidData) as refusal:
        do("logActivity", rosa, type="task", accountId=account.pk, ownerId=rick.user_id)
    assert "ownerId" in refusal.value.fields


def test_snoozing_moves_the_day_and_the_reminder_and_undo_moves_them_back(rosa: Actor, account: Account) -> None:
    made = task(account, rosa, due_on=date(2026, 11, 18), remind_at=NOON, reminded_at=NOON)
    moved = replied("updateActivity", rosa, activityId=made.pk, version=1, dueAt="2026-11-20T15:00:00Z",
                    remindAt="2026-11-20T14:00:00Z")  # fmt: skip
    now = Activity.objects.get()
    assert (now.due_on, now.due_at, now.reminded_at) == (None, datetime(2026, 11, 20, 15, tzinfo=UTC), None)
    do("undoAction", rosa, undoId=moved.undo_id)
    now = Activity.objects.get()
    assert (now.due_on, now.due_at, now.edited_at) == (date(2026, 11, 18), None, None)
