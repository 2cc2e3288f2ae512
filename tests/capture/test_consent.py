"""Consent that was given at a booth or on a form: with its words, its place, its time, and who took it down."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from headhaul.capture.errors import NoWording
from headhaul.capture.schemas.forms import PublicLead
from headhaul.capture.services import public
from headhaul.compliance.judging.folding import fold
from headhaul.compliance.judging.rules import current
from headhaul.compliance.models import ConsentEvent
from headhaul.compliance.selectors.facts import said
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
