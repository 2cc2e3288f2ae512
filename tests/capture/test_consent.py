"""Consent that was given at a booth or on a form: with its words, its place, its time, and who took it down."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from headhaul.capture.errors import NoWording
from headhaul.capture.schemas.forms import PublicLead
from headhaul.capture.services import public
from headhaul.compliance.choices import ConsentChannel, ConsentStatus
from headhaul.compliance.judging.folding import fold
from headhaul.compliance.judging.rules import current
from headhaul.compliance.models import ConsentEvent
from headhaul.compliance.selectors.facts import said
from headhaul.compliance.services import consent
from headhaul.compliance.services.consent import Word
from headhaul.kernel import Actor
from tests.capture.conftest import WORDING
from tests.capture.doing import captured, do
from tests.factories.market import NOON

pytestmark = pytest.mark.django_db


def test_the_proof_says_what_where_when_and_who(rosa: Actor, fair: Any) -> None:
    captured(rosa, eventId=fair.id, emails=["pat@d.example"], consent={"email": True})
    event = ConsentEvent.objects.get()
    assert (event.basis, event.source, event.captured_by_id) == (
        "express",
        "lead capture: Dallas Trucking Show",
        rosa.user_id,
    )
    for part in (WORDING, "Dallas Trucking Show", "2026-11-20 12:00 UTC", "Rosa"):
        assert part in event.evidence


def test_only_what_they_ticked_themselves_is_written(rosa: Actor, fair: Any) -> None:
    captured(rosa, eventId=fair.id, phones=["2145550123"], consent={"sms": True, "call": True, "isWritten": True})
    assert {(e.channel, e.basis) for e in ConsentEvent.objects.all()} == {
        ("sms", "express_written"),
        ("call", "express_written"),
    }


def test_other_words_than_the_events_are_kept_as_they_were(rosa: Actor, fair: Any) -> None:
    captured(rosa, eventId=fair.id, emails=["pat@d.example"], consent={"email": True, "wording": "Ja, gerne."})
    assert "Ja, gerne." in ConsentEvent.objects.get().evidence


def test_nothing_is_noted_of_whoever_said_nothing(rosa: Actor, fair: Any) -> None:
    captured(rosa, eventId=fair.id, emails=["pat@d.example"], consent={})
    captured(rosa, eventId=fair.id, company="B", contactName="Bo", emails=["bo@b.example"])
    assert not ConsentEvent.objects.exists()


def test_a_yes_without_words_is_refused(rosa: Actor) -> None:
    with pytest.raises(NoWording) as refusal:
        captured(rosa, emails=["pat@d.example"], consent={"email": True})
    assert "consent.wording" in refusal.value.fields


def test_a_yes_to_texts_without_a_number_is_kept_with_the_lead(rosa: Actor, fair: Any) -> None:
    done = captured(rosa, eventId=fair.id, emails=["pat@d.example"], consent={"email": True, "sms": True})
    kept = do("getLead", rosa, leadId=done.lead_id).consent
    assert kept["withoutAddress"] == ["sms"]
    assert ConsentEvent.objects.count() == 1


def test_a_refusal_before_is_not_lifted_by_what_a_colleague_says_they_said(rosa: Actor, fair: Any) -> None:
    first = captured(rosa, eventId=fair.id, emails=["pat@d.example"])
    do("setConsent", rosa, contactId=first.contact_id, channel="email", status="opted_out", source="phone call")
    captured(rosa, eventId=fair.id, emails=["pat@d.example"], consent={"email": True})
    assert fold(said("pat@d.example", at=NOON), "email", at=NOON, rules=current()).denial is not None


DAY = timedelta(days=1)
NUMBER = "+12145550111"
ANN = {"company": "Alpha", "state": "TX", "contactName": "Ann", "phones": ["2145550111"]}


def _agreed_by_text(rosa: Actor, fair: Any, **times: Any) -> ConsentEvent:
    captured(rosa, eventId=fair.id, **ANN, consent={"sms": True, "isWritten": True}, **times)
    return ConsentEvent.objects.filter(address=NUMBER, status="opted_in").latest("pk")


def _refused(rosa: Actor, *, at: Any) -> None:
    word = Word(NUMBER, ConsentChannel.SMS, ConsentStatus.OPTED_OUT, source="phone call", captured_at=at)
    consent.record(words=[word], at=at, by=rosa)


def test_a_yes_of_long_ago_counts_from_then_and_says_that_its_time_is_not_believed(rosa: Actor, fair: Any) -> None:
    event = _agreed_by_text(rosa, fair, capturedAt=(NOON - 70 * DAY).isoformat(), wasOffline=True)
    assert event.captured_at == NOON - 70 * DAY
    for part in ("not believed", "2026-09-11 12:00", "too long ago"):
        assert part in event.evidence


def test_a_yes_of_long_ago_does_not_outrank_a_no_that_came_since(rosa: Actor, fair: Any) -> None:
    _refused(rosa, at=NOON - 20 * DAY)
    _agreed_by_text(rosa, fair, capturedAt=(NOON - 70 * DAY).isoformat(), wasOffline=True)
    last = ConsentEvent.objects.filter(address=NUMBER).latest("captured_at")
    assert last.status == "opted_out"
    assert fold(said(NUMBER, at=NOON), "sms", at=NOON, rules=current()).denial is not None


def test_a_yes_of_the_future_counts_from_its_receipt(rosa: Actor, fair: Any) -> None:
    event = _agreed_by_text(rosa, fair, capturedAt=(NOON + 3 * DAY).isoformat())
    assert event.captured_at == NOON
    assert "2026-11-23 12:00" in event.evidence
    assert "not believed: it lies in the future" in event.evidence


@pytest.mark.parametrize("channel", [ConsentChannel.SMS, ConsentChannel.ALL])
def test_a_yes_of_the_future_stands_before_every_no_that_is_known(
    rosa: Actor, fair: Any, channel: ConsentChannel
) -> None:
    word = Word(NUMBER, channel, ConsentStatus.OPTED_OUT, source="phone call", captured_at=NOON - DAY)
    consent.record(words=[word], at=NOON - DAY, by=rosa)
    event = _agreed_by_text(rosa, fair, capturedAt=(NOON + 3 * DAY).isoformat())
    assert event.captured_at < NOON - DAY


def test_a_clock_that_was_reset_makes_no_yes_younger(rosa: Actor, fair: Any) -> None:
    """Taken down in September; then the battery ran empty, and now the clock stands a day after that."""
    _refused(rosa, at=NOON - 20 * DAY)
    claimed, shown = NOON - 70 * DAY, NOON - 69 * DAY
    event = _agreed_by_text(rosa, fair, capturedAt=claimed.isoformat(), deviceNow=shown.isoformat(), wasOffline=True)
    assert event.captured_at == claimed
    assert "69 days wrong" in event.evidence


def test_a_clock_two_hours_wrong_is_put_right_for_the_yes_too(rosa: Actor, fair: Any) -> None:
    fast = NOON + timedelta(hours=2)
    event = _agreed_by_text(rosa, fair, capturedAt=fast.isoformat(), deviceNow=fast.isoformat())
    assert event.captured_at == NOON
    assert "believed" not in event.evidence


def test_their_own_word_on_a_form_lifts_what_they_said_before(rosa: Actor, max_: Actor, fair: Any) -> None:
    first = captured(rosa, eventId=fair.id, emails=["pat@d.example"])
    do("setConsent", rosa, contactId=first.contact_id, channel="email", status="opted_out", source="phone call")
    opened = do("saveCaptureEvent", max_, eventId=fair.id, version=fair.version, formIsOpen=True)
    page = public.page(public_key=opened.public_key, at=NOON)
    sent = PublicLead(
        name="Pat Diaz",
        company="Bluebonnet Transport",
        state="TX",
        email="pat@d.example",
        agrees_email=True,
        ticket=page.ticket,
    )
    at = NOON + timedelta(seconds=20)
    assert public.submit(public_key=opened.public_key, sent=sent, address="192.0.2.1", at=at).status == "taken"
    event = ConsentEvent.objects.latest("pk")
    assert (event.source, event.captured_by_id, event.basis) == (
        "web form: Dallas Trucking Show",
        None,
        "express_written",
    )
    assert fold(said("pat@d.example", at=at), "email", at=at, rules=current()).denial is None
