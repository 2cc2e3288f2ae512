"""An action that asks the world outside does so before its transaction, and after everything that can refuse it."""

from __future__ import annotations

from typing import Any

import pytest

from headhaul.actions import dispatch, dispatch_batch
from headhaul.actions.models import AuditEntry
from headhaul.kernel import Actor, AppError, Conflict, Forbidden, InvalidData
from headhaul.security.models import User
from tests.cast import NOON

pytestmark = pytest.mark.django_db


def ask(actor: Actor, **data: Any) -> Any:
    given = {"userId": actor.user_id, "name": "Yes"} | data
    return dispatch("sampleAsk", given, actor=actor, at=NOON, door="http").payload


@pytest.mark.django_db(transaction=True)
def test_no_transaction_waits_for_the_answer(rosa: Actor) -> None:
    assert ask(rosa).name == "Yes, alone"
    assert User.objects.get(pk=rosa.user_id).name == "Yes, alone"


def test_nobody_asks_who_may_not_act(vera: Actor, rosa: Actor) -> None:
    with pytest.raises(Forbidden):
        ask(vera, fault="bug")
    with pytest.raises(InvalidData):
        ask(rosa, fault="bug", userId="nobody")


def test_a_refusal_from_outside_is_a_refusal_and_audited(rosa: Actor) -> None:
    with pytest.raises(Conflict):
        ask(rosa, fault="conflict")
    assert list(AuditEntry.objects.values_list("action", "outcome")) == [("sampleAsk", "refused")]
    assert User.objects.get(pk=rosa.user_id).name == "Rosa"


def test_it_stands_in_a_batch_of_its_own_but_in_none_that_is_one_transaction(rosa: Actor) -> None:
    items = [{"action": "sampleAsk", "userId": rosa.user_id, "name": "Yes"}]
    apart = dispatch_batch(items, actor=rosa, at=NOON, door="http")
    assert not isinstance(apart[0], AppError)
    (refused,) = dispatch_batch(items, actor=rosa, at=NOON, door="http", atomic=True)
    assert isinstance(refused, AppError)
    assert refused.code == "not_in_one"
