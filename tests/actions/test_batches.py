"""Several actions at once: each for itself, or all or none."""

from __future__ import annotations

from typing import Any

import pytest

from headhaul.actions import Reply, dispatch_batch
from headhaul.actions.models import AuditEntry
from headhaul.actions.services.dispatching import NotDone
from headhaul.kernel import ANONYMOUS, Actor, Conflict, InvalidData, Unauthenticated, UnknownAction
from headhaul.security.models import User
from tests.cast import NOON

pytestmark = pytest.mark.django_db


def batch(actor: Actor, *items: Any, **options: Any) -> list[Any]:
    return dispatch_batch(items, actor=actor, at=NOON, door="http", **options)


def rename(actor: Actor, name: str, **data: Any) -> dict[str, Any]:
    return {"action": "sampleWrite", "userId": actor.user_id, "name": name} | data


def name_of(actor: Actor) -> str:
    return User.objects.get(pk=actor.user_id).name


def test_each_action_stands_for_itself(rosa: Actor) -> None:
    outcomes = batch(rosa, rename(rosa, "One"), rename(rosa, "Two", fault="conflict"), {"action": "noSuchThing"})
    assert [type(outcome) for outcome in outcomes] == [Reply, Conflict, UnknownAction]
    assert name_of(rosa) == "One"
    assert list(AuditEntry.objects.order_by("id").values_list("outcome", flat=True)) == ["done", "refused"]


def test_all_entries_carry_one_batch_id(rosa: Actor) -> None:
    batch(rosa, rename(rosa, "One"), rename(rosa, "Two"))
    ids = set(AuditEntry.objects.values_list("batch_id", flat=True))
    assert len(ids) == 1
    assert ids != {""}


def test_an_atomic_batch_is_done_as_a_whole(rosa: Actor) -> None:
    outcomes = batch(rosa, rename(rosa, "One"), rename(rosa, "Two"), atomic=True)
    assert [outcome.payload.name for outcome in outcomes] == ["One", "Two"]
    assert name_of(rosa) == "Two"


def test_an_atomic_batch_with_one_refusal_does_nothing(rosa: Actor) -> None:
    outcomes = batch(rosa, rename(rosa, "One"), rename(rosa, "Two", fault="bug"), rename(rosa, "Three"), atomic=True)
    assert [outcome.code for outcome in outcomes] == ["not_done", "internal_error", "not_done"]
    assert isinstance(outcomes[0], NotDone)
    assert name_of(rosa) == "Rosa"
    assert list(AuditEntry.objects.values_list("outcome", flat=True)) == ["failed"]


def test_a_batch_repeated_under_its_key_is_done_once(rosa: Actor) -> None:
    items = [rename(rosa, "One"), rename(rosa, "Two")]
    batch(rosa, *items, idempotency_key="batch-1")
    again = batch(rosa, *items, idempotency_key="batch-1")
    assert [outcome.replayed for outcome in again] == [True, True]
    assert AuditEntry.objects.count() == 2


@pytest.mark.parametrize("count", [0, 101])
def test_a_batch_is_neither_empty_nor_endless(rosa: Actor, count: int) -> None:
    with pytest.raises(InvalidData):
        batch(rosa, *[rename(rosa, "One")] * count)


@pytest.mark.parametrize("item", [7, None, {}, {"action": 7}, ["sampleRead"]])
def test_an_item_that_names_no_action_spoils_the_whole_batch(rosa: Actor, item: Any) -> None:
    with pytest.raises(InvalidData, match="Item 2"):
        batch(rosa, rename(rosa, "One"), item)
    assert name_of(rosa) == "Rosa"


def test_nobody_sends_batches(db: None) -> None:
    with pytest.raises(Unauthenticated):
        batch(ANONYMOUS, {"action": "sampleRead"})
