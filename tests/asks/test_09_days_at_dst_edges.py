"""A day is a day where the reader is, also where the clock skips midnight or says an hour twice."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from headhaul.accounts.models import Account
from headhaul.kernel import Actor
from headhaul.kernel.days import end_of, start_of, today
from tests.activities.conftest import account, do
from tests.activities.test_tasks import task

__all__ = ["account"]


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("America/Chicago", date(2026, 3, 8), 23),
        ("America/Chicago", date(2026, 11, 1), 25),
        ("Africa/Cairo", date(2026, 4, 24), 23),  # from 0:00 to 1:00
        ("Africa/Cairo", date(2026, 10, 29), 25),
        ("America/Havana", date(2026, 3, 8), 23),
        ("UTC", date(2026, 3, 8), 24),
    ],
)
def test_a_day_has_as_many_hours_as_the_clock_there_shows(zone: str, day: date, hours: int) -> None:
    from zoneinfo import ZoneInfo

    there = ZoneInfo(zone)
    begin, end = start_of(day, there), end_of(day, there)
    assert end - begin == timedelta(hours=hours)
    assert today(begin, there) == day
    assert today(begin - timedelta(microseconds=1), there) == day - timedelta(days=1)
    assert today(end - timedelta(microseconds=1), there) == day


@pytest.mark.django_db
def test_a_task_for_the_day_of_the_change_is_due_until_that_day_is_over(rosa: Actor, account: Account) -> None:
    task(account, rosa, due_on=date(2026, 11, 1))
    last_minute = datetime(2026, 11, 2, 5, 59, tzinfo=UTC)  # 23:59 in Chicago, where it was 25 hours long
    here = {"timezone": "America/Chicago"}
    assert do("getTasks", rosa, at=last_minute, which="today", **here).total == 1
    assert do("getTasks", rosa, at=last_minute + timedelta(minutes=1), which="overdue", **here).total == 1
    assert do("getTasks", rosa, at=last_minute, which="overdue", **here).total == 0
