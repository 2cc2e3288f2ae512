"""A number that turned out to be somebody else's gets no call and no text any more, whoever has it noted."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from headhaul.accounts.choices import Channel as Reach
from headhaul.accounts.models import Contact, ContactPhone
from headhaul.accounts.services.reaching import recipient_of
from headhaul.compliance.models import Suppression
from headhaul.kernel import SYSTEM, Actor, ComplianceRefused
from headhaul.outreach.choices import Channel, MessageState
from headhaul.outreach.models import Message
from headhaul.outreach.schemas.drafts import Draft
from headhaul.outreach.services import outbox
from tests.factories import outreach as made
from tests.outreach.sequences.doing import SMS, WAIT, do, enrolled, running
from tests.outreach.sequences.travelling import travel, turn

AT = datetime.fromisoformat("2026-11-16T16:00:00+00:00")  # a Monday morning in Dallas
NUMBER, OTHER = "+12145550142", "+12145550143"
HOUR = timedelta(hours=1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def dana(rosa: Actor) -> Contact:
    """Who agreed to everything, at a number that is not theirs."""
    home = made.account("LONE STAR REEFER LLC", owner=rosa, state="TX", zip="75201", city="DALLAS")
    person = made.contact(home, phone=NUMBER, email="dana@bigrig.example")
    made.says_yes(person, "email", "sms", "call", at=AT - timedelta(days=3))
    made.sender("sms")
    return person


def rings_at_a_stranger(rosa: Actor, person: Contact) -> None:
    do("recordCall", rosa, at=AT, contactId=person.pk, text="Not them", disposition="wrong_number")


def test_a_running_sequence_texts_no_stranger(max_: Actor, rosa: Actor, dana: Contact) -> None:
    sequence = running(max_, WAIT | {"delay": {"amount": 1, "unit": "hours"}}, SMS, at=AT)
    enrolled(rosa, sequence["id"], dana.pk, at=AT)
    turn(AT)
    rings_at_a_stranger(rosa, dana)
    travel(AT, AT + 4 * HOUR)
    assert not Message.objects.filter(state=MessageState.ACCEPTED).exists()


def test_what_waits_for_it_is_called_off_and_nothing_new_is_sent(rosa: Actor, dana: Contact) -> None:
    outbox.plan(
        draft=Draft(dedupe_key="k", channel=Channel.SMS, address=NUMBER, text="Reply STOP to end", due_at=AT + HOUR,
                    contact_id=dana.pk, account_id=dana.account_id, user_id=rosa.user_id),
        at=AT,
    )  # fmt: skip
    rings_at_a_stranger(rosa, dana)
    waited = Message.objects.get()
    assert (waited.state, waited.result_code) == (MessageState.CANCELLED, "wrong_number")
    with pytest.raises(ComplianceRefused):
        do("sendSms", rosa, at=AT + HOUR, contactId=dana.pk, address=NUMBER, text="Reply STOP to opt out.")
    with pytest.raises(ComplianceRefused):
        do("recordCall", rosa, at=AT + HOUR, contactId=dana.pk, address=NUMBER)
    assert set(Suppression.objects.values_list("reason", "channel", "key")) == {
        ("reassigned", "sms", NUMBER), ("reassigned", "call", NUMBER),
    }  # fmt: skip


def test_their_other_number_is_used_instead(rosa: Actor, dana: Contact) -> None:
    ContactPhone.objects.create(contact=dana, number=OTHER)
    rings_at_a_stranger(rosa, dana)
    for reach in (Reach.CALL, Reach.SMS):
        assert recipient_of(contact_id=dana.pk, channel=reach, by=SYSTEM).address == OTHER
        assert recipient_of(contact_id=dana.pk, channel=reach, by=SYSTEM, address=NUMBER).address == NUMBER
