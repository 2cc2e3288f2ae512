"""START undoes a STOP by text as far as there was a consent before it, and nothing that was said otherwise."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from headhaul.accounts.choices import Channel as Reach
from headhaul.accounts.models import Contact
from headhaul.accounts.services.reaching import recipient_of
from headhaul.activities.models import Notification
from headhaul.compliance.choices import ConsentChannel, ConsentStatus
from headhaul.compliance.models import ConsentEvent, Suppression
from headhaul.compliance.services import consent, preflight
from headhaul.compliance.services.consent import Word
from headhaul.kernel import SYSTEM, Actor
from headhaul.outreach.choices import Channel, EnrolmentState
from headhaul.outreach.inbound.incoming import Incoming
from headhaul.outreach.models import Enrolment, InboundMessage
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


def test_yes_after_stop_does_the_same(dana: Contact) -> None:
    text("STOP", AT)
    text("Yes", AT + HOUR)
    assert outcome(dana, Reach.SMS, AT + 2 * HOUR) == "allow"
    assert InboundMessage.objects.order_by("-pk")[0].kind == "start"


def test_yes_answers_a_question_of_ours_that_came_after_the_stop(dana: Contact) -> None:
    text("STOP", AT)
    made.message(dana, channel="sms", at=AT + HOUR)  # a rep asked by another way whether to text, and did
    text("Yes", AT + 2 * HOUR)
    assert InboundMessage.objects.order_by("-pk")[0].kind == "reply"
    assert outcome(dana, Reach.SMS, AT + 3 * HOUR) == "deny"


def test_yes_of_somebody_in_a_sequence_answers_it_and_brings_no_texts_back(rosa: Actor, dana: Contact) -> None:
    text("STOP", AT)
    inside = made.enrolment(made.sequence(owner=rosa), dana, owner=rosa, state="waiting", next_at=AT)
    text("Yes", AT + HOUR)
    assert InboundMessage.objects.order_by("-pk")[0].kind == "reply"
    assert outcome(dana, Reach.SMS, AT + 2 * HOUR) == "deny"
    assert Enrolment.objects.get(pk=inside.pk).state == EnrolmentState.REPLIED


def test_start_of_somebody_in_a_sequence_ends_it_and_opens_texts(rosa: Actor, dana: Contact) -> None:
    text("STOP", AT)
    inside = made.enrolment(made.sequence(owner=rosa), dana, owner=rosa, state="waiting", next_at=AT)
    text("START", AT + HOUR)
    assert Enrolment.objects.get(pk=inside.pk).state == EnrolmentState.REPLIED
    assert outcome(dana, Reach.SMS, AT + 2 * HOUR) == "allow"


@pytest.fixture
def joe(rosa: Actor) -> Contact:
    """Who has said nothing."""
    home = made.account("ONE TRUCK LLC", owner=rosa, state="TX", zip="75201", city="DALLAS")
    return made.contact(home, phone=NUMBER)


@pytest.mark.parametrize(
    "word",
    [
        {"source": "Import: bought list", "evidence": ""},
        {"evidence": ""},
        {"basis": "existing_business"},
        {"expires_at": AT + HOUR / 2},
        {"status": ConsentStatus.UNKNOWN},
    ],
)
@pytest.mark.parametrize("words", ["START", "Yes"])
def test_no_consent_comes_of_what_was_claimed_or_has_run_out(joe: Contact, words: str, word: dict[str, Any]) -> None:
    known = {"status": ConsentStatus.OPTED_IN, "basis": "express_written", "source": "web form", "evidence": "Form 12"}
    given = Word(NUMBER, ConsentChannel.SMS, **known | {"captured_at": AT - 9 * HOUR} | word)
    consent.record(words=[given], at=AT - HOUR, by=SYSTEM)
    events = ConsentEvent.objects.count()
    text(words, AT - HOUR / 2)
    assert ConsentEvent.objects.count() == events
    text("STOP", AT)
    text(words, AT + HOUR)
    assert outcome(joe, Reach.SMS, AT + 2 * HOUR) == "deny"
    assert not Suppression.objects.filter(is_lift=True).exists()
    assert "Texts stay closed" in Notification.objects.order_by("-pk")[0].text


def test_what_comes_back_ends_when_it_would_have_ended(joe: Contact) -> None:
    ends = AT + 48 * HOUR
    word = Word(NUMBER, ConsentChannel.SMS, ConsentStatus.OPTED_IN, "pewc", "web form", "Form 12", AT - 9 * HOUR, ends)
    consent.record(words=[word], at=AT - HOUR, by=SYSTEM)
    text("STOP", AT)
    text("START", AT + HOUR)
    text("STOP", AT + 2 * HOUR)
    text("START", AT + 3 * HOUR)
    back = ConsentEvent.objects.order_by("-pk")[0]
    assert (back.basis, back.expires_at) == ("pewc", ends)
    assert outcome(joe, Reach.SMS, AT + 24 * HOUR) == "allow"
    assert outcome(joe, Reach.SMS, AT + 49 * HOUR) == "deny"


def test_start_does_not_undo_a_refusal_of_everything(dana: Contact) -> None:
    text("Do not contact me again, in any way.", AT)
    text("START", AT + HOUR)
    assert not Suppression.objects.filter(is_lift=True).exists()
    assert [outcome(dana, reach, AT + 2 * HOUR) for reach in (Reach.SMS, Reach.CALL)] == ["deny", "deny"]


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
