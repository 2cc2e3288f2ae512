"""Sums by month of closing are those of the deals, whatever was done to them, by whom, and at the same time."""

from __future__ import annotations

import threading
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headhaul.accounts.selectors.pages import fetch
from headhaul.actions.services.replies import Reply
from headhaul.kernel import Actor, AppError
from headhaul.pipeline.models import Opportunity
from headhaul.pipeline.services import tallying
from tests.pipeline.doing import told, undo
from tests.pipeline.histories import CLOSES, KEYS, NOON, account, change, deal, remove, restore

pytestmark = pytest.mark.django_db
KEY = ("month", "kind", "stage_id", "owner_id", "category")
SUMS = ("n", "n_without_amount", "amount_cents", "n_with_ai", "amount_with_ai", "weighted_by_ai")
CATEGORIES = ("commit", "best_case", "pipeline", "omitted")
Sums = dict[tuple[Any, ...], tuple[Any, ...]]


def kept() -> Sums:
    """What all rows of a key add up to."""
    added = ", ".join(f"sum({name}) as {name}" for name in SUMS)
    rows = fetch(f"select {', '.join(KEY)}, {added} from pipeline_closing group by 1, 2, 3, 4, 5", [])
    found = {tuple(row[name] for name in KEY): tuple(row[name] for name in SUMS) for row in rows}
    return {key: sums for key, sums in found.items() if any(sums)}


def counted() -> Sums:
    """The same, added up in Python from the deals."""
    found: dict[tuple[Any, ...], list[Any]] = {}
    for each in Opportunity.objects.all():
        ends = each.close_on if each.kind == "open" else each.closed_at.astimezone(UTC) if each.closed_at else None
        if each.kind == "lost" or ends is None:
            continue
        key = (date(ends.year, ends.month, 1), each.kind, each.stage_id, each.owner_id or 0, each.category)
        ai, cents = each.ai_close_probability, each.amount_cents or 0
        weighed = (1, cents, cents * Decimal(str(ai))) if ai is not None else (0, 0, 0)
        one = (1, int(each.amount_cents is None), cents, *weighed)
        found[key] = [a + b for a, b in zip(found.get(key, [0] * len(SUMS)), one, strict=True)]
    return {key: tuple(sums) for key, sums in found.items()}


def rows_and_keys() -> tuple[int, int]:
    [found] = fetch(
        f"select count(*)::int as rows, count(distinct ({', '.join(KEY)}))::int as keys from pipeline_closing", []
    )
    return found["rows"], found["keys"]


class History:
    """One change after another, by hand, by actions and by bulk, taken back now and then."""

    def __init__(self, seed: int, *, rosa: Actor, max_: Actor) -> None:
        self.dice, self.rosa = Random(seed), rosa
        self.owners = [rosa.user_id, max_.user_id, None]
        self.of = account("Blue Ridge", owner_id=rosa.user_id)
        self.gone: list[Opportunity] = []
        self.done: list[Reply] = []
        self.undone = 0
        for _ in range(8):
            self.open()

    def some(self) -> list[Opportunity]:
        return list(Opportunity.objects.order_by("pk"))[:: self.dice.randrange(1, 4)]

    def open(self) -> None:
        deal(
            self.of,
            in_stage=self.dice.choice(KEYS),
            amount=self.dice.choice([None, 0, 7, 1234567]),
            close_on=self.dice.choice(CLOSES),
            owner=self.dice.choice(self.owners),
            at=datetime(2026, self.dice.choice([9, 10, 11]), 1, tzinfo=UTC) + timedelta(hours=self.dice.randint(-9, 9)),
        )

    def turn(self) -> None:
        for each in self.some()[:1]:
            change(each, at=NOON, stage=self.dice.choice(KEYS), owner=self.dice.choice(self.owners))

    def move(self) -> None:
        for each in [one for one in self.some() if one.kind == "open"][:1]:
            with suppress(AppError):  # some stages ask for what a deal has not
                to = self.dice.choice([key for key in KEYS[:4] if key != each.stage.key])
                data = {"opportunityId": each.pk, "version": each.version, "toStage": to}
                self.done.append(told("moveStage", self.rosa, **data))

    def take_back(self) -> None:
        if self.done:
            with suppress(AppError):  # what was changed since cannot be taken back
                undo(self.done.pop(), self.rosa)
                self.undone += 1

    def weigh_many(self) -> None:
        few = [each.pk for each in self.some()]
        Opportunity.objects.filter(pk__in=few).update(
            ai_close_probability=self.dice.choice([None, 12.5, 33.3333, 90.0]),
            amount_cents=self.dice.choice([None, 5, 10**9]),
        )

    def move_many(self) -> None:
        few = [each.pk for each in self.some()]
        close_on, category = self.dice.choice(CLOSES), self.dice.choice(CATEGORIES)
        Opportunity.objects.filter(pk__in=few).update(close_on=close_on, category=category)

    def delete_many(self) -> None:
        Opportunity.objects.filter(pk__in=[each.pk for each in self.some()[::3]]).delete()

    def remove(self) -> None:
        for each in self.some()[:1]:
            self.gone.append(remove(each, at=NOON))

    def restore(self) -> None:
        if self.gone:
            restore(self.gone.pop(), at=NOON)

    def fold(self) -> None:
        tallying.fold()
        rows, keys = rows_and_keys()
        assert rows == keys

    def step(self) -> None:
        """One of them."""
        self.dice.choice(
            [
                self.open, self.turn, self.move, self.take_back, self.weigh_many, self.move_many, self.delete_many,
                self.remove, self.restore, self.fold, self.fold,
            ]
        )()  # fmt: skip


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_the_sums_are_those_of_the_deals_after_every_kind_of_change(rosa: Actor, max_: Actor, seed: int) -> None:
    with transaction.atomic():
        history = History(seed, rosa=rosa, max_=max_)
        for _ in range(20):
            history.step()
            assert kept() == counted()
        assert tallying.mend_closing() == 0
        assert kept() == counted()
        transaction.set_rollback(True)


def test_the_histories_take_things_back(rosa: Actor, max_: Actor) -> None:
    """So that the test above speaks of undoing too."""
    history = History(7, rosa=rosa, max_=max_)
    for _ in range(6):
        history.move()
        before = counted()
        history.take_back()
        assert kept() == counted()
    assert history.undone >= 2
    assert before != counted()


def test_a_fold_leaves_nothing_of_what_is_gone(rosa: Actor) -> None:
    deal(account(), owner=rosa.user_id)
    Opportunity.objects.all().delete()
    assert rows_and_keys() == (2, 1)
    tallying.fold()
    assert rows_and_keys() == (0, 0)


@pytest.mark.parametrize(
    "broken",
    [
        "delete from pipeline_closing where kind = 'open' returning 1",
        "update pipeline_closing set amount_cents = amount_cents + 3 where kind = 'won' returning 1",
        "update pipeline_closing set weighted_by_ai = weighted_by_ai + 0.5 returning 1",
        "insert into pipeline_closing values ('2026-10-01', 'open', 1, 0, 'commit', -2, 0, 0, 0, 0, 0) returning 1",
    ],
)
def test_what_went_wrong_is_mended_and_told(rosa: Actor, max_: Actor, broken: str) -> None:
    History(5, rosa=rosa, max_=max_).weigh_many()
    deal(account("Won"), in_stage="closed_won", amount=5)
    tallying.fold()
    fetch(broken, [])
    assert kept() != counted()
    assert tallying.mend_closing() > 0
    assert kept() == counted()
    assert tallying.mend_closing() == 0


@pytest.mark.django_db(transaction=True)
def test_many_change_the_same_sums_in_any_order_and_none_waits_for_another() -> None:
    """Each has deals of its own, but all are in the same months, stages and categories: their sums are shared.

    What they change (days, categories, what the model says) is in no other tally.
    """
    of = account()
    many = [[deal(of, name=f"{number}.{each}").pk for each in range(6)] for number in range(8)]
    days = [date(2026, month, 15) for month in range(1, 7)]
    total = 8 * 6
    done, faults, rounds, seen = threading.Event(), [], [0] * 8, []

    def write(number: int) -> None:
        dice = Random(number)
        try:
            while not done.is_set():
                with transaction.atomic():
                    order = list(enumerate(many[number]))
                    for place, pk in reversed(order) if number % 2 else order:
                        category = CATEGORIES[dice.randrange(4)]
                        Opportunity.objects.filter(pk=pk).update(
                            close_on=days[place], category=category, ai_close_probability=dice.choice([None, 12.5])
                        )
                    days_on = dice.choice(days)
                    Opportunity.objects.filter(pk__in=many[number]).update(close_on=days_on)
                    if dice.random() < 0.2:
                        transaction.set_rollback(True)
                rounds[number] += 1
        except Exception as fault:
            faults.append(fault)
        finally:
            connection.close()

    writers = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for each in writers:
        each.start()
    try:
        for number in range(60):
            tallying.fold()
            seen.append(sum(sums[0] for sums in kept().values()))
            if number % 10 == 0:
                assert tallying.mend_closing() == 0
    finally:
        done.set()
        for each in writers:
            each.join()
    assert faults == []
    assert min(rounds) > 0
    assert set(seen) == {total}
    assert kept() == counted()
    tallying.fold()
    assert kept() == counted()
