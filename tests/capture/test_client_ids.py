"""One client id is one lead of one sender: whatever else comes under it is refused, and hears nothing of that lead."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest

from headhaul.accounts.models import Account
from headhaul.capture.models import Lead
from headhaul.kernel import Actor, Conflict, InvalidData, NotFound
from tests.capture.doing import captured, do
from tests.factories.market import NOON

pytestmark = pytest.mark.django_db

ANN = {"company": "Alpha Freight", "state": "TX", "contactName": "Ann Adams", "phones": ["2145550111"]}
BOB = {"company": "Beta Lines", "state": "OH", "contactName": "Bob Brown", "phones": ["6145550122"]}


@pytest.fixture
def key() -> str:
    return str(uuid.uuid4())


def test_the_same_from_the_same_sender_is_answered_again(rosa: Actor, key: str) -> None:
    first = captured(rosa, clientId=key, **ANN)
    later = {"deviceNow": (NOON + timedelta(minutes=1)).isoformat(), "wasOffline": True}
    again = captured(rosa, clientId=key, at=NOON + timedelta(minutes=1), **ANN, **later)
    assert (again.status, again.lead_id) == ("already", first.lead_id)


def test_other_data_under_the_same_id_is_refused_and_not_thrown_away(rosa: Actor, key: str) -> None:
    captured(rosa, clientId=key, **ANN)
    with pytest.raises(Conflict) as refusal:
        captured(rosa, clientId=key, **BOB)
    assert "clientId" in refusal.value.fields
    assert Lead.objects.count() == 1


def test_another_sender_hears_nothing_of_whose_id_it_is(rosa: Actor, rick: Actor, key: str) -> None:
    captured(rosa, clientId=key, **ANN)
    with pytest.raises(Conflict) as refusal:
        captured(rick, clientId=key, **ANN)
    said = f"{refusal.value.message} {refusal.value.fields}"
    assert not any(word in said for word in ("Rosa", "Alpha", "Ann", str(Lead.objects.get().pk)))


def test_in_a_batch_only_the_one_is_refused(rosa: Actor, key: str) -> None:
    captured(rosa, clientId=key, **ANN)
    answer = do("captureLeads", rosa, items=[{"clientId": key, **BOB}, {"clientId": str(uuid.uuid4()), **BOB}])
    assert [one.fault.code if one.fault else "" for one in answer.items] == ["conflict", ""]
    assert (answer.created, answer.failed) == (1, 1)
    assert Account.objects.count() == 2


def test_two_of_one_batch_under_one_id_are_one_and_a_refusal(rosa: Actor, key: str) -> None:
    answer = do("captureLeads", rosa, items=[{"clientId": key, **ANN}, {"clientId": key, **BOB}])
    assert (answer.created, answer.failed) == (1, 1)


def test_what_was_refused_is_mended_under_its_id(rosa: Actor, key: str) -> None:
    with pytest.raises(InvalidData):
        captured(rosa, clientId=key, **ANN, emails=["ann@"])
    assert captured(rosa, clientId=key, **ANN, emails=["ann@alpha.example"]).status == "created"


def test_a_double_is_held_to_its_own_data(rosa: Actor, fair: Any, key: str) -> None:
    captured(rosa, eventId=fair.id, **ANN)
    captured(rosa, clientId=key, eventId=fair.id, **ANN)
    with pytest.raises(Conflict):
        captured(rosa, clientId=key, eventId=fair.id, **BOB)


def test_a_key_that_was_replaced_makes_no_stranger_of_the_sender(rosa: Actor, key: str, settings: Any) -> None:
    captured(rosa, clientId=key, **ANN)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another key of the installation"
    assert captured(rosa, clientId=key, **ANN).status == "already"


def test_a_lead_that_one_does_not_see_is_not_found_by_its_client_id(
    rosa: Actor, rick: Actor, ada: Actor, key: str
) -> None:
    done = captured(rosa, clientId=key, **ANN)
    do("saveSettings", ada, section="visibility", values={"reps": "own"}, expectedVersion=0)
    with pytest.raises(NotFound) as refusal:
        do("getLead", rick, clientId=key)
    assert str(done.lead_id) not in refusal.value.message
