"""Whom a rep has taken in a queue nobody else rings past it; a manager may take over."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import unquote

import pytest
import time_machine
from django.test import Client

from headhaul.accounts.models import ContactPhone
from headhaul.actions.models import AuditEntry
from headhaul.compliance.services import preflight
from headhaul.kernel import Actor, Forbidden
from headhaul.outreach.models import Call, CallTarget
from headhaul.outreach.services.calling.taking import TargetTaken
from headhaul.security.models import User
from tests.outreach.calls.doing import WEEKDAY, campaign_of, do, someone

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def taken(max_: Actor, rosa: Actor) -> CallTarget:
    """Whom Rosa is about to call."""
    campaign_of(max_, someone(owner=rosa))
    return CallTarget.objects.get(pk=do("takeCall", rosa).target.target_id)


def test_who_is_on_it_is_said(taken: CallTarget, rick: Actor) -> None:
    with pytest.raises(TargetTaken) as refusal:
        do("startCall", rick, contactId=taken.contact_id)
    assert refusal.value.fields["takenBy"] == "Rosa"
    assert "Rosa" in refusal.value.message
    assert not Call.objects.exists()


def test_the_same_number_of_somebody_else_is_taken_too(taken: CallTarget, rick: Actor) -> None:
    double = someone(owner=rick)
    number = ContactPhone.objects.get(contact=taken.contact_id).number
    ContactPhone.objects.filter(contact=double).update(number=number)
    with pytest.raises(TargetTaken):
        do("startCall", rick, contactId=double.pk)


def test_whoever_took_them_may_ring_them_either_way(taken: CallTarget, rosa: Actor) -> None:
    assert do("startCall", rosa, contactId=taken.contact_id).call_id


def test_when_the_lease_is_over_anybody_may(taken: CallTarget, rick: Actor) -> None:
    assert do("startCall", rick, contactId=taken.contact_id, at=WEEKDAY + 31 * MINUTE).call_id


@pytest.mark.parametrize("by_target", [False, True])
def test_a_manager_takes_over(taken: CallTarget, rosa: Actor, max_: Actor, by_target: bool) -> None:
    whom = {"targetId": taken.pk} if by_target else {"contactId": taken.contact_id}
    with pytest.raises(TargetTaken):
        do("startCall", max_, **whom)
    call = do("startCall", max_, **whom, takeOver=True, at=WEEKDAY + MINUTE)
    taken.refresh_from_db()
    assert (taken.taken_by_id, taken.taken_until) == (max_.user_id, WEEKDAY + 31 * MINUTE)
    assert Call.objects.get(pk=call.call_id).target_id == taken.pk
    with pytest.raises(TargetTaken):
        do("startCall", rosa, targetId=taken.pk, at=WEEKDAY + 2 * MINUTE)
    assert AuditEntry.objects.filter(action="startCall", outcome="done", user_id=max_.user_id).exists()


def test_a_rep_does_not(taken: CallTarget, rick: Actor) -> None:
    with pytest.raises(Forbidden):
        do("startCall", rick, contactId=taken.contact_id, takeOver=True)


def test_the_page_asks_a_manager_first(
    taken: CallTarget, max_: Actor, rick: Actor, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preflight.known, "clock_skew", lambda: 0.0)  # the database's clock does not travel along
    where = f"/outreach/call/{taken.contact_id}"
    with time_machine.travel(WEEKDAY, tick=False):
        client.force_login(User.objects.get(pk=rick.user_id))
        assert client.post(where).status_code == 409
        client.force_login(User.objects.get(pk=max_.user_id))
        asked = client.post(where)
        assert (asked.status_code, asked["Location"]) == (302, f"{where}/over")
        assert "Rosa" in unquote(asked.cookies["toast"].value)
        assert client.post(where, headers={"HX-Request": "true"})["HX-Redirect"] == f"{where}/over"
        page = client.get(f"{where}/over").content.decode()
        assert "Take over and call" in page
        assert not Call.objects.exists()
        done = client.post(where, {"takeOver": "1"})
        assert done.status_code == 302
        assert done["Location"] == "/calls/made"
    assert Call.objects.get().user_id == max_.user_id
