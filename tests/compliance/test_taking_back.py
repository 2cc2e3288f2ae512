"""Taking back a note takes back that note: what was said otherwise, or stands for itself, goes on."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from headhaul.compliance import hashing
from headhaul.compliance.choices import ConsentChannel, ConsentStatus, Scope, SuppressionReason
from headhaul.compliance.judging.words import Proposal
from headhaul.compliance.models import ConsentEvent, Suppression
from headhaul.compliance.selectors import standing
from headhaul.compliance.selectors.suppression import hits
from headhaul.compliance.services import consent, forgetting, mirroring, suppression
from headhaul.compliance.services.consent import NotTheLastWord, RefusalStands, Word
from headhaul.kernel import SYSTEM, Actor, Role
from tests.cast import NOON
from tests.factories.market import person

pytestmark = pytest.mark.django_db

JOE = "joe@fleet.example"
EMAIL = ConsentChannel.EMAIL
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def rick(db: None) -> Actor:
    """Another rep."""
    return person("Rick", Role.REP)


def noted(by: Actor, at: datetime = NOON) -> int:
    """A recruiter notes that they want no e-mail."""
    words = [Word(JOE, EMAIL, ConsentStatus.OPTED_OUT, source="phone call")]
    return consent.record(words=words, at=at, by=by)[0]


def unsubscribed(at: datetime, *, notes: bool = True) -> int:
    """Their provider tells us that they unsubscribed."""
    denial = suppression.Denial(Scope.ADDRESS, JOE, EMAIL, SuppressionReason.OPT_OUT, "provider: postmark", "Link")
    return suppression.add_many(denials=[denial], at=at, by=SYSTEM, notes=notes)[0]


def denied(at: datetime) -> bool:
    return bool(hits(Proposal(channel="email", address=JOE), at=at))


@pytest.mark.parametrize("first", ["the note", "their own word"])
def test_their_own_word_outlives_a_note_that_is_taken_back(rosa: Actor, first: str) -> None:
    """Whichever came first, and though a lift of one would end the other as well."""
    if first == "the note":
        event = noted(rosa)
        own = unsubscribed(NOON + HOUR, notes=False)
    else:
        own = unsubscribed(NOON - HOUR, notes=False)
        event = noted(rosa)
    mirroring.take_back([event], at=NOON + 2 * HOUR, by=rosa)
    assert denied(NOON + 3 * HOUR)
    assert Suppression.objects.get(pk=own).source == "provider: postmark"


def test_a_note_cannot_be_retracted_after_their_own_word(rosa: Actor) -> None:
    event = noted(rosa)
    unsubscribed(NOON + MINUTE)
    assert [each.status for each in ConsentEvent.objects.order_by("pk")] == ["opted_out", "opted_out"]
    with pytest.raises(NotTheLastWord):
        consent.retract(event_ids=[event], at=NOON + MINUTE, by=rosa)
    assert denied(NOON + 3 * HOUR)


def test_each_of_two_notes_stands_for_itself(rosa: Actor) -> None:
    first, second = noted(rosa), noted(rosa, NOON + HOUR)
    mirroring.take_back([first], at=NOON + 2 * HOUR, by=rosa)
    assert denied(NOON + 2 * HOUR)
    mirroring.take_back([second], at=NOON + 3 * HOUR, by=rosa)
    assert not denied(NOON + 3 * HOUR)


def test_a_note_alone_is_gone_when_it_is_taken_back(rosa: Actor) -> None:
    consent.retract(event_ids=[noted(rosa)], at=NOON + consent.UNDO, by=rosa)
    assert not denied(NOON + HOUR)


def test_a_refusal_is_taken_back_by_whoever_noted_it_at_once_and_by_nobody_else(
    rosa: Actor, rick: Actor, ada: Actor
) -> None:
    event = noted(rosa)
    for by, at in ((rick, NOON), (ada, NOON), (SYSTEM, NOON), (rosa, NOON + consent.UNDO + timedelta(seconds=1))):
        with pytest.raises(RefusalStands, match="removeSuppression"):
            consent.retract(event_ids=[event], at=at, by=by)
    came_in = consent.record(words=[Word(JOE, EMAIL, ConsentStatus.REVOKED, source="inbound")], at=NOON, by=SYSTEM)
    with pytest.raises(RefusalStands):
        consent.retract(event_ids=came_in, at=NOON, by=SYSTEM)
    assert denied(NOON + HOUR)


def test_a_click_taken_back_does_not_hide_what_another_noted_before(rosa: Actor, rick: Actor) -> None:
    """A yes of ours in between counts for nothing, so it cannot be what holds again."""
    noted(rick)
    yes = Word(JOE, EMAIL, ConsentStatus.OPTED_IN, source="phone call", evidence="she said yes")
    consent.record(words=[yes], at=NOON + HOUR, by=rosa)
    event = noted(rosa, NOON + 2 * HOUR)
    consent.retract(event_ids=[event], at=NOON + 2 * HOUR, by=rosa)
    assert standing([JOE], at=NOON + 3 * HOUR)[JOE][EMAIL].is_denied
    assert denied(NOON + 3 * HOUR)


def test_what_a_person_refused_is_denied_of_them_until_it_is_taken_back(rosa: Actor) -> None:
    words = [Word(JOE, EMAIL, ConsentStatus.OPTED_OUT, source="phone call", contact_ids=(7,))]
    event = consent.record(words=words, at=NOON, by=rosa)
    other = Proposal(channel="email", address="joe@home.example", contact_id=7)
    assert [each.scope for each in hits(other, at=NOON)] == ["contact"]
    consent.retract(event_ids=event, at=NOON, by=rosa)
    assert not hits(other, at=NOON)


def test_an_unsubscription_after_a_lift_counts_for_somebody_forgotten(ada: Actor) -> None:
    key_hash = hashing.hash_of(JOE)

    def again(at: datetime) -> int:
        return suppression.deny_forgotten(key_hash=key_hash, channel=EMAIL, source="unsubscribe link", at=at, by=SYSTEM)

    first = again(NOON)
    assert again(NOON + HOUR) == first
    suppression.lift(suppression_id=first, why="asked", evidence="letter", at=NOON + HOUR, by=ada)
    assert again(NOON + 72 * HOUR) != first
    assert denied(NOON + 73 * HOUR)


def test_a_forgotten_persons_unsubscription_does_not_hang_on_a_note(rosa: Actor) -> None:
    event = noted(rosa)
    forgetting.forget(addresses=[JOE], at=NOON)
    suppression.deny_forgotten(
        key_hash=hashing.hash_of(JOE), channel=EMAIL, source="unsubscribe link", at=NOON + HOUR, by=SYSTEM
    )
    mirroring.take_back([event], at=NOON + 2 * HOUR, by=rosa)
    assert denied(NOON + 3 * HOUR)
