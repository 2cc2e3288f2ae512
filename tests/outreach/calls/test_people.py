"""People become one, and are forgotten: what that does to calls and lists."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from headhaul.kernel import Actor
from headhaul.outreach.models import Call, CallTarget
from tests.factories import outreach
from tests.outreach.calls.doing import WEEKDAY, campaign_of, do, someone, told, undo

pytestmark = pytest.mark.django_db


def test_who_is_on_a_list_twice_is_called_once(max_: Actor, rosa: Actor) -> None:
    kept = someone()
    double = outreach.contact(kept.account, zone="America/New_York", phone="+12125550188")
    outreach.says_yes(double, "call", at=WEEKDAY - timedelta(days=3))
    campaign_of(max_, kept, double)
    target = CallTarget.objects.get(contact=double)
    do("takeCall", rosa, targetId=target.pk)
    call = do("startCall", rosa, targetId=target.pk)
    do("logCallOutcome", rosa, callId=call.call_id, disposition="connected")
    merged = told("mergeContacts", max_, winnerId=kept.pk, loserIds=[double.pk])
    left = CallTarget.objects.get()
    assert (left.contact_id, left.state, left.tries) == (kept.pk, "done", 1)
    assert Call.objects.get().contact_id == kept.pk
    undo(merged, max_)
    assert dict(CallTarget.objects.values_list("contact_id", "state")) == {kept.pk: "queued", double.pk: "done"}


def test_a_forgotten_person_leaves_that_there_was_a_call(max_: Actor, rosa: Actor, ada: Actor) -> None:
    person = someone()
    campaign_of(max_, person)
    call = do("startCall", rosa, targetId=do("takeCall", rosa).target.target_id)
    do("logCallOutcome", rosa, callId=call.call_id, disposition="connected", notes="Two boys", transcript="Hello Pat")
    shown = do("exportContactData", ada, contactId=person.pk)
    assert "Two boys" in json.dumps(shown.model_dump(mode="json"))
    do("eraseContact", ada, contactId=person.pk, reason="Asked by letter")
    left = Call.objects.get()
    assert (left.number, left.notes, left.transcript, left.started_at) == ("(erased)", "", "", WEEKDAY)
    assert not CallTarget.objects.exists()
