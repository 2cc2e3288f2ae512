"""Who is told: the named, the new owner, the one whose moment has come; once, and only of what they may see."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection

from headhaul.accounts.models import Account
from headhaul.activities.choices import NotificationKind
from headhaul.activities.models import Activity, Notification
from headhaul.activities.services import live
from headhaul.activities.services.notifying import notify
from headhaul.activities.services.reminding import remind
from headhaul.kernel import Actor, InvalidData, Role
from tests.activities.conftest import account_named, do, replied
from tests.activities.test_logging import only_own
from tests.activities.test_tasks import task
from tests.cast import NOON
from tests.factories.market import person

pytestmark = pytest.mark.django_db


def said(body: str, rosa: Actor, account: Account) -> Any:
    """What the writer of a note learns."""
    return do("logActivity", rosa, type="note", accountId=account.pk, body=body)


def test_the_named_are_told_and_the_writer_learns_whom_a_name_did_not_reach(
    rosa: Actor, rick: Actor, account: Account
) -> None:
    person("Lea Stone", Role.REP)
    person("Rick Mills", Role.REP)
    saved = said(f"@Rick Stone and @Lea, @Rick? cc @nobody and me@rick.example @[{rosa.user_id}]", rosa, account)
    assert {(each.name, each.is_notified) for each in saved.told} == {
        ("Rick Stone", True), ("Lea Stone", True), ("@Rick", False), ("@nobody", False),
    }  # fmt: skip
    assert "whole name" in next(each.reason for each in saved.told if each.name == "@Rick")
    assert f"@{rosa.name}" in saved.activity.body
    told = Notification.objects.filter(kind=NotificationKind.MENTION)
    assert {each.user.name for each in told} == {"Rick Stone", "Lea Stone"}
    assert {each.activity_id for each in told} == {saved.activity.id}


def test_who_does_not_see_the_account_is_not_told(rosa: Actor, rick: Actor, account: Account) -> None:
    Account.objects.update(owner=rosa.user_id)
    only_own()
    saved = said("@Rick Stone look", rosa, account)
    assert [(each.name, each.is_notified) for each in saved.told] == [("Rick Stone", False)]
    assert "does not see" in saved.told[0].reason
    assert not Notification.objects.exists()


def test_a_change_tells_only_whoever_is_newly_named(rosa: Actor, rick: Actor, account: Account) -> None:
    lea = person("Lea Stone", Role.REP)
    made = said("@Rick Stone look", rosa, account).activity
    do("updateActivity", rosa, activityId=made.id, version=1, body="@Rick Stone and @Lea Stone look")
    assert sorted(Notification.objects.values_list("user_id", flat=True)) == sorted([rick.user_id, lea.user_id])


def test_the_new_owner_of_a_task_and_of_an_account_is_told(
    rosa: Actor, rick: Actor, max_: Actor, account: Account
) -> None:
    made = do("logActivity", max_, type="task", accountId=account.pk, subject="Call", ownerId=rick.user_id).activity
    do("updateActivity", max_, activityId=made.id, version=1, ownerId=rosa.user_id)
    do("assignAccount", max_, accountId=account.pk, ownerId=rick.user_id)
    do("takeAccount", rosa, accountId=account_named("Free").pk)
    told = Notification.objects.filter(kind=NotificationKind.ASSIGNED).order_by("pk")
    assert [(each.user_id, each.account_id) for each in told] == [
        (rick.user_id, account.pk), (rosa.user_id, account.pk), (rick.user_id, account.pk),
    ]  # fmt: skip
    assert told[2].text == "Max gave you Lone Star Reefer"


def test_a_key_is_said_to_a_person_once(rosa: Actor, rick: Actor) -> None:
    both = [rosa.user_id, rick.user_id]
    assert notify(user_ids=[rosa.user_id], kind=NotificationKind.RULE, text="x", at=NOON, key="rule:1") == [
        rosa.user_id
    ]
    assert notify(user_ids=both, kind=NotificationKind.RULE, text="x", at=NOON, key="rule:1") == [rick.user_id]
    assert len(notify(user_ids=both, kind=NotificationKind.RULE, text="y", at=NOON)) == 2


def test_unread_ones_are_counted_paged_marked_and_unmarked(rosa: Actor, rick: Actor) -> None:
    for number in range(5):
        notify(user_ids=[rosa.user_id, rick.user_id], kind=NotificationKind.RISK, text=f"{number}", at=NOON,
               target=("opportunity", 7))  # fmt: skip
    page = do("getNotifications", rosa, limit=2, which="unread")
    assert (page.unread, page.total, [each.text for each in page.items]) == (5, 5, ["4", "3"])
    assert (page.items[0].target.type, page.items[0].target.id) == ("opportunity", 7)
    rest = do("getNotifications", rosa, limit=9, which="unread", cursor=page.next_cursor)
    assert [each.text for each in rest.items] == ["2", "1", "0"]
    some = replied("markNotificationsRead", rosa, ids=[page.items[0].id])
    assert (some.payload.marked, some.payload.unread) == (1, 4)
    every = replied("markNotificationsRead", rosa, all=True, at=NOON + timedelta(minutes=1))
    assert (every.payload.marked, every.payload.unread) == (4, 0)
    undone = replied("undoAction", rosa, undoId=every.undo_id)
    assert do("getNotifications", rosa).unread == 4
    do("undoAction", rosa, undoId=undone.undo_id)
    assert do("getNotifications", rosa).unread == 0
    assert do("getNotifications", rick).unread == 5


def test_nobody_marks_what_was_said_to_another(rosa: Actor, rick: Actor) -> None:
    notify(user_ids=[rick.user_id], kind=NotificationKind.RISK, text="x", at=NOON)
    assert do("markNotificationsRead", rosa, ids=[Notification.objects.get().pk]).marked == 0
    with pytest.raises(InvalidData):
        do("markNotificationsRead", rosa)


def test_a_reminder_comes_once_however_often_the_clock_does(rosa: Actor, account: Account) -> None:
    due = task(account, rosa, remind_at=NOON, subject="Call Dana")
    task(account, rosa, remind_at=NOON + timedelta(minutes=2))
    task(account, rosa, remind_at=NOON, completed_at=NOON)
    assert remind(at=NOON - timedelta(seconds=1)) == 0
    assert [remind(at=NOON + timedelta(seconds=second)) for second in range(3)] == [1, 0, 0]
    assert Notification.objects.get().text == "Reminder: Call Dana (Lone Star Reefer)"
    Activity.objects.filter(pk=due.pk).update(reminded_at=None)  # as if the mark had been lost
    assert remind(at=NOON + timedelta(seconds=5)) == 0


def test_many_reminders_are_all_given(rosa: Actor, account: Account) -> None:
    for _ in range(450):
        task(account, rosa, remind_at=NOON)
    assert remind(at=NOON) == 450


def test_colleagues_are_found_by_the_beginning_of_a_name(rosa: Actor, rick: Actor, account: Account) -> None:
    assert [each.name for each in do("listPeople", rosa, text="@sto").items] == ["Rick Stone"]
    Account.objects.update(owner=rosa.user_id)
    only_own()
    sees = {each.name: each.sees for each in do("listPeople", rosa, accountId=account.pk).items}
    assert (sees["Rosa"], sees["Rick Stone"]) == (True, False)


@pytest.mark.django_db(transaction=True)
def test_the_pages_of_whoever_is_told_hear_of_it(rosa: Actor) -> None:
    there = {key: connection.get_connection_params()[key] for key in ("dbname", "user", "host")}
    with psycopg.connect(**there, autocommit=True) as listener:
        listener.execute(f"listen {live.CHANNEL}")
        notify(user_ids=[rosa.user_id], kind=NotificationKind.RULE, text="x", at=NOON)
        heard = [json.loads(note.payload) for note in listener.notifies(timeout=30, stop_after=1)]
    assert heard == [{"topic": "notifications", "users": [rosa.user_id]}]
