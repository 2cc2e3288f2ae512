"""The tally of touches says what a count of them finds, whatever was done to them, by whom, and at the same time."""

from __future__ import annotations

import random
import threading
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headhaul.accounts.models import Account
from headhaul.accounts.selectors.pages import Conditions, fetch
from headhaul.activities.choices import LOGGED_BY_HAND, TOUCHES, ActivityType
from headhaul.activities.models import Activity
from headhaul.activities.selectors import tallies
from headhaul.activities.services import tallying
from headhaul.kernel import Actor, AppError, Role
from headhaul.kernel.days import zone_named
from tests.activities.conftest import account_named, do, replied
from tests.cast import NOON
from tests.factories.market import person

pytestmark = pytest.mark.django_db
ZONES = ("America/Chicago", "America/Los_Angeles", "Asia/Kolkata", "UTC", "Pacific/Auckland")
FIRST, LAST = date(2026, 9, 1), date(2026, 11, 21)


def kept() -> dict[tuple[date, int | None, str], int]:
    """What the tally says: touches by day, person and kind."""
    rows = fetch(
        "select day, nullif(owner_id, 0) as owner, type, sum(n)::int as n from ("
        " select * from activities_touchday union all select * from activities_touchnews"
        ") t group by 1, 2, 3 having sum(n) <> 0",
        [],
    )
    return {(row["day"], row["owner"], row["type"]): row["n"] for row in rows}


def counted(zone: str = "America/Chicago") -> dict[tuple[date, int | None, str], int]:
    """The same, counted in Python from the rows."""
    where, found = zone_named(zone), {}
    for at, owner, kind in Activity.objects.values_list("happened_at", "owner_id", "type"):
        if kind in TOUCHES:
            key = (at.astimezone(where).date(), owner, kind)
            found[key] = found.get(key, 0) + 1
    return found


def some(dice: random.Random, accounts: list[Account], owners: list[int | None], *, count: int) -> list[Activity]:
    """Unsaved activities of every kind and of two months."""
    return [
        Activity(
            account=dice.choice(accounts),
            type=dice.choice(list(ActivityType)),
            happened_at=NOON - timedelta(minutes=dice.randrange(0, 60 * 24 * 70)),
            created_at=NOON,
            owner_id=dice.choice(owners),
        )
        for _ in range(count)
    ]


class History:
    """A history of one change after another, by actions and by bulk."""

    def __init__(self, seed: int, *, rosa: Actor, max_: Actor) -> None:
        self.dice = random.Random(seed)
        self.rosa, self.max = rosa, max_
        self.accounts = [account_named(f"Carrier {number}", owner_id=rosa.user_id) for number in range(3)]
        self.owners = [rosa.user_id, max_.user_id, None]
        self.undo: list[tuple[str, Actor]] = []
        self.undone = 0
        Activity.objects.bulk_create(some(self.dice, self.accounts, self.owners, count=40))

    @property
    def there(self) -> list[Activity]:
        return list(Activity.objects.order_by("pk"))

    def one_by_hand(self) -> Activity | None:
        mine = [each for each in self.there if each.type in LOGGED_BY_HAND]
        return self.dice.choice(mine) if mine else None

    def some_time(self) -> datetime:
        return NOON - timedelta(hours=self.dice.randrange(0, 900))

    def log(self) -> None:
        of, kind = self.dice.choice(self.accounts), self.dice.choice(["call", "email", "sms", "meeting", "note"])
        when = self.some_time().isoformat()
        answer = replied("logActivity", self.rosa, type=kind, accountId=of.pk, happenedAt=when)
        self.undo.append((answer.undo_id, self.rosa))

    def change(self) -> None:
        if one := self.one_by_hand():
            changes: dict[str, Any] = {"ownerId": self.dice.choice([self.rosa.user_id, self.max.user_id])}
            if one.type != "task":
                changes["happenedAt"] = self.some_time().isoformat()
            answer = replied("updateActivity", self.max, activityId=one.pk, version=one.version, **changes)
            self.undo += [(answer.undo_id, self.max)] if answer.undo_id else []

    def remove(self) -> None:
        if one := self.one_by_hand():
            self.undo.append((replied("removeActivity", self.max, activityId=one.pk).undo_id, self.max))

    def take_back(self) -> None:
        if self.undo:
            undo_id, by = self.undo.pop()
            with suppress(AppError):  # what was changed since cannot be taken back
                do("undoAction", by, undoId=undo_id)
                self.undone += 1

    def bring_in(self) -> None:
        count = self.dice.randrange(0, 30)
        Activity.objects.bulk_create(some(self.dice, self.accounts, self.owners, count=count))

    def move_many(self) -> None:
        few = self.there[:: self.dice.randrange(2, 6)]
        owner, when = self.dice.choice(self.owners), self.some_time()
        Activity.objects.filter(pk__in=[each.pk for each in few]).update(owner_id=owner, happened_at=when)

    def delete_many(self) -> None:
        few = self.there[:: self.dice.randrange(3, 9)]
        Activity.objects.filter(pk__in=[each.pk for each in few]).delete()

    def other_account(self) -> None:
        Activity.objects.filter(account=self.accounts[0]).update(account=self.accounts[1], outcome="")

    def fold(self) -> None:
        tallying.fold()

    def step(self) -> None:
        """One of them."""
        self.dice.choice(
            [
                self.log, self.change, self.remove, self.take_back, self.take_back, self.bring_in, self.move_many,
                self.delete_many, self.other_account, self.fold,
            ]
        )()  # fmt: skip


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_the_tally_is_what_a_count_finds_after_every_kind_of_change(rosa: Actor, max_: Actor, seed: int) -> None:
    with transaction.atomic():
        history = History(seed, rosa=rosa, max_=max_)
        for _ in range(25):
            history.step()
            assert kept() == counted()
        assert tallying.mend() == tallying.Mended(0, 0)
        transaction.set_rollback(True)


def test_the_histories_take_things_back(rosa: Actor, max_: Actor) -> None:
    """So that the test above speaks of undoing too."""
    history = History(7, rosa=rosa, max_=max_)
    for act in (history.log, history.change, history.remove):
        act()
        history.take_back()
        assert kept() == counted()
    assert history.undone >= 2


def test_people_and_accounts_that_go_take_their_touches_with_them(rosa: Actor, max_: Actor) -> None:
    first, second = account_named("First", owner_id=rosa.user_id), account_named("Second", owner_id=rosa.user_id)
    Activity.objects.bulk_create(some(random.Random(3), [first, second], [rosa.user_id, max_.user_id], count=80))
    merged = replied("mergeAccounts", max_, winnerId=first.pk, loserIds=[second.pk])
    assert kept() == counted()
    do("undoAction", max_, undoId=merged.undo_id)
    assert kept() == counted()
    Activity.objects.filter(owner_id=rosa.user_id).update(owner=None)
    assert kept() == counted()
    assert None in {owner for _, owner, _ in kept()}
    Activity.objects.filter(account=first).delete()
    assert kept() == counted() != {}
    second.delete()
    assert kept() == counted() == {}


@pytest.mark.parametrize("zone", ZONES)
def test_days_are_those_of_the_zone_that_is_kept(rosa: Actor, zone: str) -> None:
    of = account_named("Carrier")
    Activity.objects.bulk_create(some(random.Random(5), [of], [rosa.user_id, None], count=60))
    tallying.keep(zone=zone)
    assert kept() == counted(zone)
    Activity.objects.bulk_create(some(random.Random(6), [of], [rosa.user_id, None], count=60))
    assert kept() == counted(zone)
    before = kept()
    tallying.keep(zone=zone)
    assert (kept(), fetch("select count(*) as n from activities_touchnews", [])[0]["n"]) == (before, 0)


def asked(zone: str, **conditions: Any) -> list[dict[str, Any]] | None:
    """The tally's answer, for one stretch."""
    where = zone_named(zone)
    assert where
    narrowed = Conditions()
    for clause, value in conditions.items():
        narrowed.add(f"d.{clause} = %s", value)
    return tallies.touches(beginnings=[FIRST], until=LAST, zone=where, narrowed=narrowed)


def test_only_a_whole_tally_of_the_zone_asked_in_answers(rosa: Actor) -> None:
    Activity.objects.bulk_create(some(random.Random(5), [account_named("Carrier")], [rosa.user_id, None], count=60))
    total = sum(counted().values())
    assert sum(row["n"] for row in asked("America/Chicago") or []) == total
    hers = sum(n for (_, owner, _), n in counted().items() if owner == rosa.user_id)
    assert sum(row["n"] for row in asked("America/Chicago", owner_id=rosa.user_id) or []) == hers
    assert asked("America/New_York") is None
    fetch("update activities_touchzone set is_whole = false returning zone", [])
    assert asked("America/Chicago") is None
    tallying.keep(zone="America/Chicago")
    assert sum(row["n"] for row in asked("America/Chicago") or []) == total


def test_a_tally_without_anything_says_so_and_is_no_missing_answer() -> None:
    assert asked("America/Chicago") == []


def test_a_zone_that_postgresql_does_not_know_leaves_everything_as_it_is(rosa: Actor) -> None:
    assert tallying.keep(zone="Mars/Olympus") is None
    Activity.objects.bulk_create(some(random.Random(5), [account_named("Carrier")], [rosa.user_id], count=20))
    assert kept() == counted()


@pytest.mark.parametrize(
    "broken",
    [
        "delete from activities_touchday where owner_id = 0 returning 1",
        "update activities_touchday set n = n + 3 where type = 'call' returning 1",
        "insert into activities_touchnews values ('2026-10-10', 0, 'sms', -2) returning 1",
        "update activities_touchday set day = '2026-01-01' where (day, owner_id, type) ="
        " (select day, owner_id, type from activities_touchday limit 1) returning 1",
    ],
)
def test_what_went_wrong_is_mended_and_told(rosa: Actor, broken: str) -> None:
    Activity.objects.bulk_create(some(random.Random(5), [account_named("Carrier")], [rosa.user_id, None], count=60))
    tallying.fold()
    fetch(broken, [])
    assert kept() != counted()
    told = tallying.mend()
    assert told.touches >= told.cells > 0
    assert kept() == counted()
    assert tallying.mend() == tallying.Mended(0, 0)


@pytest.mark.django_db(transaction=True)
def test_nothing_is_lost_while_many_write_and_the_zone_changes() -> None:
    """Writers never stop: some of what they write falls before each fold, mend and change of zone, some after."""
    users = [person(f"Rep{number}", Role.REP).user_id for number in range(4)]
    of = [account_named(f"Carrier {number}") for number in range(4)]
    done, faults = threading.Event(), []

    def write(number: int) -> None:
        dice = random.Random(number)
        try:
            while not done.is_set():
                with transaction.atomic():
                    Activity.objects.bulk_create(some(dice, of, [*users, None], count=dice.randrange(1, 8)))
                    pk = Activity.objects.order_by("?").values_list("pk", flat=True).first()
                    moved = NOON - timedelta(hours=dice.randrange(0, 999))
                    Activity.objects.filter(pk=pk).update(happened_at=moved)
                    if dice.random() < 0.2:
                        transaction.set_rollback(True)
        except Exception as fault:
            faults.append(fault)
        finally:
            connection.close()

    writers = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for each in writers:
        each.start()
    try:
        for number in range(12):
            tallying.keep(zone=ZONES[number % 3])
            tallying.fold()
            assert tallying.mend().touches == 0
    finally:
        done.set()
        for each in writers:
            each.join()
        tallying.keep(zone=ZONES[0])
    assert faults == []
    assert kept() == counted(ZONES[0])
    assert len(counted(ZONES[0])) > 50


def test_moments_at_the_edges_of_a_day_belong_to_the_day_they_are_in(rosa: Actor) -> None:
    of = account_named("Carrier")
    for moment in (
        datetime(2026, 11, 1, 4, 59, 59, 999_999, tzinfo=UTC),
        datetime(2026, 11, 1, 5, 0, tzinfo=UTC),
        datetime(2026, 11, 2, 5, 59, 59, tzinfo=UTC),  # the day of 25 hours
        datetime(2026, 11, 2, 6, 0, tzinfo=UTC),
    ):
        Activity.objects.create(account=of, type="call", happened_at=moment, created_at=NOON, owner_id=rosa.user_id)
    assert {day: n for (day, _, _), n in kept().items()} == {
        date(2026, 10, 31): 1, date(2026, 11, 1): 2, date(2026, 11, 2): 1
    }  # fmt: skip
