"""What somebody said about being reached: the last word of an address counts, and nothing is ever overwritten."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, transaction

from headhaul.compliance.choices import ConsentChannel, ConsentStatus
from headhaul.compliance.models import ConsentEvent
from headhaul.compliance.selectors import standing
from headhaul.compliance.services import consent, forgetting
from headhaul.compliance.services.consent import NotTheLastWord, Word
from headhaul.kernel import SYSTEM, Actor, InvalidData, NotFound
from tests.cast import NOON

pytestmark = pytest.mark.django_db

JOE, NUMBER = "joe@example.com", "+12145550100"
EMAIL, SMS, ALL = ConsentChannel.EMAIL, ConsentChannel.SMS, ConsentChannel.ALL
IN, OUT = ConsentStatus.OPTED_IN, ConsentStatus.OPTED_OUT
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def say(
    status: ConsentStatus,
    *,
    channel: ConsentChannel = SMS,
    address: str = NUMBER,
    said: datetime = NOON,
    told: datetime | None = None,
    until: datetime | None = None,
    source: str = "call",
    by: Actor = SYSTEM,
) -> int:
    word = Word(
        address, channel, status, basis="express_written", source=source, evidence="signed", captured_at=said,
        expires_at=until,
    )  # fmt: skip
    return consent.record(words=[word], at=told or said, by=by)[0]


def allowed(address: str = NUMBER, channel: ConsentChannel = SMS, at: datetime = NOON + 24 * HOUR) -> bool:
    return standing([address], at=at)[address][channel].is_allowed


def test_email_is_allowed_until_somebody_objects_and_texts_only_after_a_yes() -> None:
    assert allowed(JOE, EMAIL)
    assert not allowed()
    assert not allowed(NUMBER, ConsentChannel.CALL)
    say(OUT, channel=EMAIL, address=JOE)
    say(IN)
    assert not allowed(JOE, EMAIL)
    assert allowed()
    assert not allowed(NUMBER, ConsentChannel.CALL)


def test_what_was_said_last_counts_whenever_we_were_told() -> None:
    say(OUT, said=NOON)
    say(IN, said=NOON - HOUR, told=NOON + HOUR)
    assert not allowed()
    say(IN, said=NOON + 2 * HOUR)
    assert not allowed()  # we say so; only they can
    say(IN, said=NOON + 3 * HOUR, source="inbound sms 7")
    assert allowed()


def test_do_not_contact_stands_above_every_channel_until_it_is_lifted() -> None:
    say(IN)
    say(OUT, channel=ALL, said=NOON + HOUR)
    say(IN, said=NOON + 2 * HOUR)
    assert not allowed()
    assert standing([NUMBER], at=NOON + 3 * HOUR)[NUMBER][SMS].do_not_contact
    say(IN, channel=ALL, said=NOON + 3 * HOUR, source="web form")
    assert allowed()
    assert not allowed(NUMBER, ConsentChannel.CALL)


def test_a_consent_ends_when_it_says_so() -> None:
    say(IN, until=NOON + HOUR)
    assert allowed(at=NOON)
    assert not allowed(at=NOON + HOUR)


def test_nothing_can_be_said_in_the_future_nor_without_a_source() -> None:
    with pytest.raises(InvalidData):
        say(IN, said=NOON + HOUR, told=NOON)
    with pytest.raises(InvalidData):
        consent.record(words=[Word(NUMBER, SMS, IN)], at=NOON, by=SYSTEM)
    with pytest.raises(InvalidData):
        say(IN, until=NOON - HOUR)


def test_a_mistake_is_taken_back_by_saying_again_what_held_before(rosa: Actor) -> None:
    say(IN)
    wrong = say(OUT, said=NOON + HOUR, by=rosa)
    right = consent.retract(event_ids=[wrong], at=NOON + HOUR + MINUTE, by=rosa)
    assert allowed()
    assert ConsentEvent.objects.count() == 3
    consent.retract(event_ids=right, at=NOON + 3 * HOUR, by=rosa)
    assert not allowed()


def test_a_mistake_cannot_be_taken_back_over_a_later_word() -> None:
    wrong = say(IN)
    say(OUT, said=NOON + HOUR)
    with pytest.raises(NotTheLastWord):
        consent.retract(event_ids=[wrong], at=NOON + 2 * HOUR, by=SYSTEM)
    with pytest.raises(NotFound):
        consent.retract(event_ids=[999_999_999], at=NOON, by=SYSTEM)
    assert not allowed()


def test_a_person_can_be_forgotten_and_their_refusals_stay() -> None:
    word = Word(JOE, EMAIL, OUT, source="mail", evidence="Joe Miller wrote: stop")
    consent.record(words=[word, Word(JOE, SMS, IN, source="form", evidence="Joe")], at=NOON, by=SYSTEM)
    forgetting.forget(addresses=[JOE], at=NOON)
    assert [(event.status, event.evidence) for event in ConsentEvent.objects.all()] == [("opted_out", "")]
    assert not allowed(JOE, EMAIL)


@pytest.mark.parametrize("change", [{"status": "opted_in"}, {"evidence": "else"}, None])
def test_nothing_said_is_ever_changed(change: dict[str, str] | None) -> None:
    say(OUT)
    events = ConsentEvent.objects.all()
    with pytest.raises(DatabaseError), transaction.atomic():
        _ = events.delete() if change is None else events.update(**change)
    assert ConsentEvent.objects.get().status == "opted_out"
