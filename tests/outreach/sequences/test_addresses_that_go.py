"""People who leave by the hundred, and addresses that go: what waits for them is called off at once, and says why."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from headhaul.accounts.models import Contact
from headhaul.kernel import Actor
from headhaul.outreach.models import CallTarget, Enrolment, EnrolmentChange, Message
from headhaul.outreach.services import engine
from tests.factories import outreach
from tests.outreach.sequences.doing import CALL, EMAIL, SMS, do, enrolled, running, told, undo
from tests.outreach.sequences.travelling import travel

MONDAY = datetime(2026, 11, 16, 16, tzinfo=UTC)
SOON = MONDAY + timedelta(hours=2)
OTHER = "dana@second.example"

pytestmark = pytest.mark.usefixtures("senders")


@pytest.fixture
def dana(rosa: Actor) -> Contact:
    person = outreach.contact(outreach.account("Lone Star", owner=rosa, state="TX"), name="Dana Ortiz")
    outreach.says_yes(person, "email", "sms", "call", at=MONDAY - timedelta(days=3))
    return person


def change(rosa: Actor, person: Contact, **fields: Any) -> None:
    version = Contact.objects.get(pk=person.pk).version
    do("updateContact", rosa, at=MONDAY, contactId=person.pk, version=version, **fields)


def state() -> tuple[str, str]:
    row = Enrolment.objects.get()
    return row.state, row.held_reason or row.ended_reason


def test_many_who_left_get_nothing_more(max_: Actor, rosa: Actor, dana: Contact) -> None:
    others = [outreach.contact(dana.account) for _ in range(2)]
    made = running(max_, EMAIL, SMS, at=MONDAY)
    enrolled(rosa, made["id"], dana.pk, *(each.pk for each in others), at=MONDAY)
    engine.advance_due(at=MONDAY)
    left = [dana.pk, others[0].pk]
    done = told("bulkUpdateContacts", max_, at=MONDAY, contactIds=left, changes={"hasLeft": True})
    states = dict(Enrolment.objects.values_list("contact_id", "state"))
    assert states == {dana.pk: "stopped", others[0].pk: "stopped", others[1].pk: "active"}
    assert Message.objects.filter(state="cancelled").count() == 2
    assert set(Enrolment.objects.filter(state="stopped").values_list("ended_reason", flat=True)) == {
        "They left the company."
    }
    undo(done, max_, at=MONDAY)
    assert dict(Enrolment.objects.values_list("contact_id", "state")) == states


def test_taking_back_that_somebody_stayed_ends_it_too(max_: Actor, rosa: Actor, dana: Contact) -> None:
    change(rosa, dana, hasLeft=True)
    back = told("bulkUpdateContacts", max_, at=MONDAY, contactIds=[dana.pk], changes={"hasLeft": False})
    made = running(max_, EMAIL, at=MONDAY)
    enrolled(rosa, made["id"], dana.pk, at=MONDAY)
    undo(back, max_, at=MONDAY)
    assert state() == ("stopped", "They left the company.")


def test_who_left_is_off_the_lists_of_calls(max_: Actor, rosa: Actor, dana: Contact) -> None:
    campaign = do("saveCallCampaign", max_, at=MONDAY, name="Reefer fleets", script="Hello.")
    do("addCallTargets", max_, at=MONDAY, callCampaignId=campaign["id"], contactIds=[dana.pk])
    change(rosa, dana, hasLeft=True)
    assert CallTarget.objects.get().state == "skipped"


def test_another_address_takes_over_what_waited(max_: Actor, rosa: Actor, dana: Contact) -> None:
    made = running(max_, EMAIL, at=MONDAY)
    enrolled(rosa, made["id"], dana.pk, at=MONDAY)
    engine.advance_due(at=MONDAY)
    change(rosa, dana, emails=[{"address": OTHER}])
    assert Message.objects.get().state == "cancelled"
    travel(MONDAY, SOON)
    assert sorted(Message.objects.values_list("address", "state")) == sorted(
        [(Message.objects.get(state="cancelled").address, "cancelled"), (OTHER, "accepted")]
    )


@pytest.mark.parametrize("way", ["removed", "invalid"])
def test_without_any_address_it_ends_and_says_why(way: str, max_: Actor, rosa: Actor, dana: Contact) -> None:
    made = running(max_, EMAIL, EMAIL | {"key": "again"}, at=MONDAY)
    enrolled(rosa, made["id"], dana.pk, at=MONDAY)
    engine.advance_due(at=MONDAY)
    address = outreach.address_of(dana, "email")
    change(rosa, dana, emails=[] if way == "removed" else [{"address": address, "validity": "invalid"}])
    assert state() == ("stopped", "They have no address or number left that works for what remains.")
    assert Message.objects.get().state == "cancelled"
    travel(MONDAY, SOON)
    assert Message.objects.count() == 1


def test_where_another_way_remains_the_step_is_held_until_its_time(max_: Actor, rosa: Actor, dana: Contact) -> None:
    made = running(max_, EMAIL, SMS, at=MONDAY)
    enrolled(rosa, made["id"], dana.pk, at=MONDAY)
    change(rosa, dana, emails=[])
    assert state() == ("held", "They have no e-mail address left that works.")
    assert EnrolmentChange.objects.filter(kind="held").count() == 1
    travel(MONDAY, SOON)
    assert list(Message.objects.values_list("channel", "state")) == [("sms", "accepted")]


def test_a_mail_that_left_is_no_reason_to_stop(max_: Actor, rosa: Actor, dana: Contact) -> None:
    made = running(max_, EMAIL, CALL | {"delay": {"amount": 1, "unit": "days"}}, at=MONDAY)
    enrolled(rosa, made["id"], dana.pk, at=MONDAY)
    travel(MONDAY, SOON)
    before = state()
    change(rosa, dana, emails=[])
    assert (state(), before[0]) == (before, "waiting")
    change(rosa, dana, phones=[])
    assert state()[0] == "stopped"


def test_a_file_that_says_who_left_ends_it_too(max_: Actor, rosa: Actor, dana: Contact) -> None:
    made = running(max_, EMAIL, at=MONDAY)
    enrolled(rosa, made["id"], dana.pk, at=MONDAY)
    given = {"Full name": dana.name, "Email": outreach.address_of(dana, "email"), "Has left": "yes"}
    do("importRecords", max_, at=MONDAY, entity="contacts", rows=[given])
    assert state() == ("stopped", "They left the company.")
