"""START undoes a STOP by text, and nothing that was said otherwise."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from headhaul.accounts.choices import Channel as Reach
from headhaul.accounts.models import Contact
from headhaul.accounts.services.reaching import recipient_of
from headhaul.compliance.models import ConsentEvent
from headhaul.compliance.services import preflight
from headhaul.kernel import SYSTEM, Actor
from headhaul.outreach.choices import Channel
from headhaul.outreach.inbound.incoming import Incoming
from headhaul.outreach.services.receiving import receive
from tests.factories import outreach as made
from tests.outreach.sequences.doing import do

AT = datetime.fromisoformat("2026-11-16T16:00:00+00:00")  # a Monday morning in Dallas
NUMBER = "+12145550142"
HOUR = timedelta(hours=1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def dana(rosa: Actor) -> Contact:
    """Who agreed to everything."""
    home = made.account("LONE STAR REEFER LLC", owner=rosa, state="TX", zip="75201", city="DALLAS")
    person = made.contact(home, phone=NUMBER, email="dana@bigrig.example")
    made.says_yes(person, "email", "sms", "call", at=AT - timedelta(days=3))
    return person


def text(words: str, at: datetime) -> None:
    """They text it."""
    receive(Incoming(Channel.SMS, "webhook:twilio", f"{words} {at}", NUMBER, at, text=words, fresh=words), at=at)


def outcome(person: Contact, reach: Reach, at: datetime) -> str:
    return preflight.judge(recipient_of(contact_id=person.pk, channel=reach, by=SYSTEM), at=at).outcome.value


def never_call(rosa: Actor, person: Contact, at: datetime) -> None:
    do("setConsent", rosa, at=at, contactId=person.pk, channel="call", status="opted_out", source="phone call",
       evidence="Never ring me again")  # fmt: skip


def test_start_after_stop_opens_texts_and_calls_again(dana: Contact) -> None:
    text("STOP", AT)
    assert [outcome(dana, reach, AT) for reach in (Reach.SMS, Reach.CALL)] == ["deny", "deny"]
    text("START", AT + HOUR)
    at = AT + 2 * HOUR
    assert [outcome(dana, reach, at) for reach in (Reach.SMS, Reach.CALL)] == ["allow", "allow"]


@pytest.mark.parametrize("stops", [False, True])
@pytest.mark.parametrize("words", ["START", "YES"])
def test_no_text_takes_back_a_spoken_never_call_me(rosa: Actor, dana: Contact, words: str, *, stops: bool) -> None:
    never_call(rosa, dana, AT)
    if stops:
        text("STOP", AT + HOUR)
    said = ConsentEvent.objects.filter(channel="call", status="opted_in").count()
    text(words, AT + 2 * HOUR)
    assert outcome(dana, Reach.CALL, AT + 3 * HOUR) == "deny"
    assert ConsentEvent.objects.filter(channel="call", status="opted_in").count() == said
