"""A lift of an administrator is heeded once it is in effect; of a refusal of their own it is one key of two."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from headhaul.compliance.choices import ConsentChannel, ConsentStatus, Scope, SuppressionReason
from headhaul.compliance.judging.words import Verdict
from headhaul.compliance.selectors import standing
from headhaul.compliance.selectors.denials import said
from headhaul.compliance.services import bulk, consent, preflight, suppression
from headhaul.compliance.services.consent import Word
from headhaul.kernel import SYSTEM, Actor, Recipient
from tests.cast import NOON

pytestmark = pytest.mark.django_db

JOE, NUMBER = "joe@fleet.example", "+12145550100"
EMAIL, SMS = ConsentChannel.EMAIL, ConsentChannel.SMS
DAY = timedelta(days=1)
LATER = (NOON + 5 * DAY).replace(hour=18)


def judged(channel: str = "email", address: str = JOE, at: datetime = LATER) -> Verdict:
    zones, states = ("America/Chicago",), ("TX",)
    asked = Recipient(channel=channel, address=address, contact_id=7, zones=zones, states=states, country="US")
    verdict = preflight.judge(asked, at=at)
    allowed = standing([address], at=at)[address][ConsentChannel(channel)].is_allowed
    refused = ConsentStatus(said([address], at=at).get((address, channel), "unknown")).denies
    denied = any(reason.rule == "consent" for reason in verdict.reasons)
    assert (allowed, refused and not denied) == (not denied, False)  # the page and plans say what the judge says
    return verdict


def denied_by_hand(by: Actor, address: str = JOE, channel: ConsentChannel = EMAIL, at: datetime = NOON) -> int:
    dnc = SuppressionReason.DNC_REQUEST
    return suppression.add(
        scope=Scope.ADDRESS, key=address, channel=channel, reason=dnc, source="phone call", at=at, by=by
    )


def lift(row: int, ada: Actor, at: datetime = NOON) -> None:
    suppression.lift(suppression_id=row, why="the wrong address was typed", evidence="recording", at=at, by=ada)


def refused_by_themselves(address: str = JOE, channel: ConsentChannel = EMAIL) -> int:
    words = [Word(address, channel, ConsentStatus.REVOKED, source="inbound email 3", evidence="Unsubscribe")]
    consent.record(words=words, at=NOON, by=SYSTEM)
    return suppression.Suppression.objects.latest("pk").pk


def agree(by: Actor, address: str = JOE, channel: ConsentChannel = EMAIL, evidence: str = "signed letter") -> None:
    yes = ConsentStatus.OPTED_IN
    words = [Word(address, channel, yes, basis="express_written", source="letter", evidence=evidence)]
    consent.record(words=words, at=NOON + 3 * DAY, by=by)


def test_what_a_rep_typed_wrongly_ends_a_day_after_its_lift(rosa: Actor, ada: Actor) -> None:
    lift(denied_by_hand(rosa), ada)
    assert not judged(at=NOON + DAY - timedelta(minutes=1)).is_allowed
    assert judged().is_allowed


def test_texts_need_a_new_consent_after_a_lift(rosa: Actor, ada: Actor) -> None:
    agreed = Word(NUMBER, SMS, ConsentStatus.OPTED_IN, basis="express_written", source="web form", evidence="ticked")
    consent.record(words=[agreed], at=NOON - DAY, by=SYSTEM)
    lift(denied_by_hand(rosa, NUMBER, SMS), ada)
    assert not judged("sms", NUMBER).is_allowed
    agree(rosa, NUMBER, SMS)
    assert judged("sms", NUMBER).is_allowed


def test_of_their_own_refusal_a_lift_is_one_key_of_two(rosa: Actor, ada: Actor) -> None:
    row = refused_by_themselves()
    agree(rosa)
    assert not judged().is_allowed
    lift(row, ada)
    assert judged().is_allowed


def test_their_own_refusal_stands_with_the_lift_alone(rosa: Actor, ada: Actor) -> None:
    lift(refused_by_themselves(), ada)
    assert "their own new consent" in judged().reasons[0].sentence
    agree(rosa, evidence="")
    assert not judged().is_allowed


def test_a_refusal_that_is_told_of_after_the_lift_stands(rosa: Actor, ada: Actor) -> None:
    """Also one that was said before it: whoever lifted did not know of it."""
    lift(denied_by_hand(rosa), ada)
    late = Word(JOE, EMAIL, ConsentStatus.OPTED_OUT, source="import", captured_at=NOON - DAY)
    consent.record(words=[late], at=NOON + timedelta(hours=1), by=rosa)
    assert not judged().is_allowed


def test_a_file_that_says_no_again_after_a_lift_says_something_new(rosa: Actor, ada: Actor) -> None:
    row = denied_by_hand(rosa)
    assert bulk.standing([JOE]) == {(JOE, "email"): ("opted_out", NOON)}
    lift(row, ada)
    assert bulk.standing([JOE]) == {}


def test_a_lift_of_something_else_lifts_no_refusal(rosa: Actor, ada: Actor) -> None:
    noted = [Word(JOE, EMAIL, ConsentStatus.OPTED_OUT, source="phone call")]
    consent.record(words=noted, at=NOON - DAY, by=rosa)
    lift(denied_by_hand(rosa), ada)
    denied = SuppressionReason.COMPLAINT
    row = suppression.add(scope=Scope.ADDRESS, key=JOE, channel=EMAIL, reason=denied, source="x", at=NOON, by=SYSTEM)
    lift(row, ada)
    assert not judged().is_allowed


def test_a_note_taken_back_is_no_lift_of_what_was_said_before(rosa: Actor) -> None:
    refused_by_themselves()
    words = [Word(JOE, EMAIL, ConsentStatus.OPTED_OUT, source="phone call")]
    event = consent.record(words=words, at=NOON + DAY, by=rosa)
    consent.retract(event_ids=event, at=NOON + DAY, by=rosa)
    assert not judged().is_allowed
