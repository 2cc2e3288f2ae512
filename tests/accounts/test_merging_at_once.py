"""Several people merge and change the same records at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from django.db import connection, connections, transaction

from headhaul.accounts.models import Account, MergeRecord
from headhaul.actions import dispatch
from headhaul.activities.models import Activity
from headhaul.kernel import Actor, AppError
from tests.accounts.people import account
from tests.accounts.test_merging import activity
from tests.factories.market import NOON

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    connections.close_all()


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Do all of it in threads that start together; answers or refusals in the order given."""
    start, answers = threading.Barrier(len(works)), [None] * len(works)

    def do(number: int, work: Callable[[], Any]) -> None:
        start.wait()
        try:
            answers[number] = work()
        except AppError as refusal:
            answers[number] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=do, args=(number, work)) for number, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert not any(thread.is_alive() for thread in threads)
    return answers


def merge(actor: Actor, winner: Account, *losers: Account) -> Callable[[], Any]:
    data = {"winnerId": winner.pk, "loserIds": [loser.pk for loser in losers]}
    return lambda: dispatch("mergeAccounts", data, actor=actor, at=NOON, door="http").payload


def test_of_two_who_merge_the_same_one_wins_and_the_other_is_told_where_it_went(max_: Actor) -> None:
    for _ in range(5):
        one, two, three = account("Ace"), account("Ace"), account("Ace")
        for of in (one, two, three):
            activity(of)
        answers = at_once(merge(max_, one, two, three), merge(max_, three, two, one), merge(max_, two, one))
        refused = [answer for answer in answers if isinstance(answer, AppError)]
        assert {refusal.code for refusal in refused} == {"merged_away"}
        left = Account.objects.filter(pk__in=[one.pk, two.pk, three.pk])
        assert MergeRecord.objects.count() == len(answers) - len(refused)
        assert Activity.objects.filter(account__in=left).count() == 3
        Account.objects.all().delete()
        MergeRecord.objects.all().delete()


def test_a_merge_and_an_edit_of_the_loser_take_turns_and_nothing_is_lost(max_: Actor, rosa: Actor) -> None:
    for _ in range(5):
        one, two = account("Ace"), account("Ace LLC")
        edit = {"accountId": two.pk, "version": 1, "phone": "214"}
        merged, edited = at_once(
            merge(max_, one, two), partial(dispatch, "updateAccount", edit, actor=rosa, at=NOON, door="http")
        )
        assert not isinstance(merged, AppError)
        one.refresh_from_db()
        if isinstance(edited, AppError):
            assert edited.code == "merged_away"
        else:
            assert one.phone == "214"
        Account.objects.all().delete()


def test_what_is_added_to_the_loser_while_it_is_merged_comes_along(max_: Actor) -> None:
    """Somebody has written an activity and not committed yet when the merge begins."""
    one, two = account("Ace"), account("Ace LLC")
    written, merging = threading.Event(), threading.Event()

    def add() -> None:
        with transaction.atomic():
            activity(two, "Just then")
            with connection.cursor() as cursor:  # as a row lock of its foreign key's check would be
                cursor.execute("select 1 from accounts_account where id = %s for key share", [two.pk])
            written.set()
            merging.wait(5)
            threading.Event().wait(0.3)

    def run() -> Any:
        written.wait(5)
        merging.set()
        return merge(max_, one, two)()

    _, merged = at_once(add, run)
    assert not isinstance(merged, AppError)
    assert Activity.objects.get().account_id == one.pk
