"""Leads follow merges and come back with them, forget a person, and stand in what a person is shown of theirs."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from headhaul.accounts.errors import HasRecords
from headhaul.capture.models import Lead, LeadTouch
from headhaul.kernel import Actor
from tests.capture.doing import captured, do, undone
from tests.factories import outreach as make

pytestmark = pytest.mark.django_db


def test_leads_and_touches_go_along_when_accounts_become_one_and_back(rosa: Actor, max_: Actor) -> None:
    lead = captured(rosa)
    other = make.account("Bluebonnet Transportation")
    undone("mergeAccounts", max_, winnerId=other.pk, loserIds=[lead.account_id])
    assert Lead.objects.get().account_id == lead.account_id
    do("mergeAccounts", max_, winnerId=other.pk, loserIds=[lead.account_id])
    assert Lead.objects.get().account_id == other.pk
    assert LeadTouch.objects.get().account_id == other.pk


def test_leads_and_touches_go_along_when_contacts_become_one(rosa: Actor, max_: Actor) -> None:
    lead = captured(rosa)
    other = do("createContact", rosa, accountId=lead.account_id, name="Patricia Diaz")
    do("mergeContacts", max_, winnerId=other.id, loserIds=[lead.contact_id])
    assert (Lead.objects.get().contact_id, LeadTouch.objects.get().contact_id) == (other.id, other.id)


def test_a_contact_that_is_removed_and_comes_back_has_its_leads_again(rosa: Actor, max_: Actor) -> None:
    lead = captured(rosa)
    undone("removeContact", max_, contactId=lead.contact_id)
    assert Lead.objects.get().contact_id == lead.contact_id
    do("removeContact", max_, contactId=lead.contact_id)
    assert (Lead.objects.get().contact_id, LeadTouch.objects.get().contact_id) == (None, None)


def test_an_account_with_touches_is_not_removed(rosa: Actor, max_: Actor) -> None:
    lead = captured(rosa, followUp=False)
    with pytest.raises(HasRecords):
        do("removeAccount", max_, accountId=lead.account_id)


def test_who_asks_to_be_forgotten_leaves_nothing_of_what_they_said(rosa: Actor, ada: Actor, fair: Any) -> None:
    words = {
        "contactName": "Pat Diaz",
        "company": "Bluebonnet",
        "state": "TX",
        "emails": ["pat@bluebonnet.example"],
        "phones": ["214-555-0142"],
        "note": "Pat Diaz likes fishing.",
        "consent": {"email": True},
        "eventId": fair.id,
    }
    lead = captured(rosa, **words)
    captured(rosa, **words)
    do("eraseContact", ada, contactId=lead.contact_id, reason="Request of today")
    for row in Lead.objects.all():
        whole = json.dumps([row.as_given, row.note, row.consent, row.match, row.tags, row.reasons])
        for word in ("Pat", "Diaz", "bluebonnet.example", "5550142", "555-0142", "fishing"):
            assert word not in whole
    kept = Lead.objects.get(pk=lead.lead_id)
    assert (kept.score, kept.features["signal_known"]) == (lead.score, 0.0)
    assert do("getLead", ada, leadId=lead.lead_id).name == "Erased contact"


def test_junk_that_names_them_is_forgotten_too(rosa: Actor, ada: Actor, max_: Actor, fair: Any) -> None:
    from datetime import timedelta

    from headhaul.capture.schemas.forms import PublicLead
    from headhaul.capture.services import public
    from tests.factories.market import NOON

    lead = captured(rosa, emails=["pat@bluebonnet.example"], phones=["(214) 555-0142"])
    opened = do("saveCaptureEvent", max_, eventId=fair.id, version=fair.version, formIsOpen=True)
    sent = PublicLead(name="Pat", phone="214.555.0142", website="x")
    public.submit(public_key=opened.public_key, sent=sent, address="192.0.2.1", at=NOON + timedelta(seconds=5))
    assert Lead.objects.get(is_spam=True).as_given
    do("eraseContact", ada, contactId=lead.contact_id, reason="Request of today")
    assert Lead.objects.get(is_spam=True).as_given == {}


def test_a_person_is_shown_their_leads(rosa: Actor, ada: Actor) -> None:
    lead = captured(rosa, note="Words.")
    shown = do("exportContactData", ada, contactId=lead.contact_id).parts["leads"]
    assert shown["leads"][0]["note"] == "Words."
    assert shown["touches"][0]["source"] == "other"


def test_a_touch_is_never_rewritten(rosa: Actor) -> None:
    captured(rosa)
    with pytest.raises(DatabaseError), transaction.atomic():
        LeadTouch.objects.update(source="referral")
