"""The same key does a thing once, however often and however simultaneously it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from headhaul.actions import Reply, dispatch
from headhaul.actions.models import AuditEntry, StoredReply
from headhaul.actions.services import idempotency
from headhaul.kernel import Actor, AppError, Conflict, InvalidData
from headhaul.security.models import User
from tests.cast import NOON, actor_named


def write(actor: Actor, key: str | None, action: str = "sampleWrite", **data: Any) -> Reply:
    given = {"userId": actor.user_id, "name": "Renamed"} | data
    return dispatch(action, given, actor=actor, at=NOON, door="http", idempotency_key=key)


@pytest.mark.django_db
def test_a_repetition_gets_the_stored_reply_and_does_nothing(rosa: Actor) -> None:
    first = write(rosa, "key-1")
    User.objects.filter(pk=rosa.user_id).update(name="Changed since")
    again = write(rosa, "key-1")
    assert again.envelope() == first.envelope()
    assert (first.replayed, again.replayed) == (False, True)
    assert User.objects.get(pk=rosa.user_id).name == "Changed since"
    assert AuditEntry.objects.count() == 1


@pytest.mark.django_db
def test_the_same_data_in_another_spelling_is_the_same(rosa: Actor) -> None:
    write(rosa, "key-1")
    assert write(rosa, "key-1", fault="").replayed


@pytest.mark.django_db
def test_other_data_under_the_same_key_is_refused(rosa: Actor) -> None:
    write(rosa, "key-1")
    with pytest.raises(Conflict, match="other data"):
        write(rosa, "key-1", name="Another")
    assert User.objects.get(pk=rosa.user_id).name == "Renamed"


@pytest.mark.django_db
def test_keys_of_different_actors_and_actions_do_not_meet(rosa: Actor, ada: Actor) -> None:
    write(rosa, "key-1")
    assert not write(ada, "key-1").replayed
    assert not write(rosa, "key-1", action="sampleSecret").replayed


@pytest.mark.django_db
def test_a_refusal_stores_nothing_so_the_corrected_request_may_use_its_key(rosa: Actor) -> None:
    with pytest.raises(Conflict):
        write(rosa, "key-1", fault="conflict")
    assert not write(rosa, "key-1").replayed


@pytest.mark.django_db
def test_a_secret_reply_is_not_stored_and_not_done_twice(rosa: Actor) -> None:
    write(rosa, "key-1", action="sampleSecret")
    assert StoredReply.objects.get().payload == ""
    with pytest.raises(Conflict, match="only once"):
        write(rosa, "key-1", action="sampleSecret")
    assert AuditEntry.objects.filter(outcome="done").count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", " ", "a b", "é", "a\x00b", "x" * 256])
def test_an_unusable_key_is_refused(rosa: Actor, key: str) -> None:
    with pytest.raises(InvalidData):
        write(rosa, key)


@pytest.mark.django_db
def test_replies_are_forgotten_after_a_day(rosa: Actor) -> None:
    write(rosa, "key-1")
    assert idempotency.prune(at=NOON + timedelta(hours=23)) == 0
    assert idempotency.prune(at=NOON + timedelta(hours=25)) == 1


def in_threads(count: int, work: Callable[[int], Any]) -> list[Any]:
    """What `work` gives or raises, done by so many threads at once, each with its own connection."""

    def one(number: int) -> Any:
        try:
            return work(number)
        except AppError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


@pytest.mark.django_db(transaction=True)
def test_simultaneous_repetitions_are_done_once() -> None:
    rosa = actor_named("rosa")
    outcomes = in_threads(8, lambda _: write(rosa, "key-1"))
    assert [outcome.payload.name for outcome in outcomes] == ["Renamed"] * 8
    assert sorted(outcome.replayed for outcome in outcomes) == [False] + [True] * 7
    assert AuditEntry.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_simultaneous_requests_with_other_data_are_refused_but_for_one() -> None:
    rosa = actor_named("rosa")
    outcomes = in_threads(8, lambda number: write(rosa, "key-1", name=f"Name {number}"))
    assert sum(isinstance(outcome, Reply) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 7
