"""One company, two people, little typed: at a booth nobody names a state, and still it is one account."""

from __future__ import annotations

from typing import Any

import pytest

from headhaul.accounts.models import Account
from headhaul.capture.models import Lead
from headhaul.kernel import Actor
from tests.capture.doing import captured, do
from tests.factories import outreach as make

pytestmark = pytest.mark.django_db

ANN = {"company": "Acme Haul", "contactName": "Ann Adams"}
BOB = {"company": "Acme Haul", "contactName": "Bob Brown"}


def test_by_the_domain_of_a_colleagues_mail(rosa: Actor, rick: Actor, fair: Any) -> None:
    one = captured(rosa, eventId=fair.id, **ANN, emails=["ann@acmehaul.example"])
    two = captured(rick, contactName="Bob Brown", emails=["bob@dispatch.acmehaul.example"], source="referral")
    assert (two.account_id, two.matched_by, two.status) == (one.account_id, "domain", "created")


def test_a_domain_that_only_ends_alike_is_another(rosa: Actor) -> None:
    one = captured(rosa, **ANN, emails=["ann@haul.example"])
    two = captured(rosa, contactName="Bob Brown", emails=["bob@acme-haul.example"])
    three = captured(rosa, contactName="Cy Cole", emails=["cy@acmehaul.example"])
    assert len({one.account_id, two.account_id, three.account_id}) == 3


def test_a_mail_providers_domain_says_nothing(rosa: Actor) -> None:
    captured(rosa, **ANN, emails=["ann@gmail.com"])
    captured(rosa, company="Beta Lines", contactName="Bob Brown", emails=["bob@gmail.com"])
    assert Account.objects.count() == 2


def test_of_several_companies_with_one_domain_the_named_one(rosa: Actor) -> None:
    first = make.contact(make.account("Alpha Freight", state="TX"), name="Al", email="al@agency.example")
    other = make.contact(make.account("Beta Lines", state="OH"), name="Bo", email="bo@agency.example")
    assert captured(rosa, company="Beta", contactName="Cy", emails=["cy@agency.example"]).account_id == other.account_id
    third = captured(rosa, company="Gamma Tankers", contactName="Di", emails=["di@agency.example"])
    assert third.account_id not in (first.account_id, other.account_id)


@pytest.mark.parametrize("second", ["Acme Haul", "ACME HAUL, LLC", "Acme-Haul Transportation Inc."])
def test_by_the_same_name_at_one_event(rosa: Actor, rick: Actor, fair: Any, second: str) -> None:
    one = captured(rosa, eventId=fair.id, **ANN)
    two = captured(rick, eventId=fair.id, **BOB | {"company": second})
    assert (two.account_id, two.matched_by) == (one.account_id, "name")
    assert "before, by the same name" in two.joined
    assert (Account.objects.count(), Lead.objects.counted().count()) == (1, 2)


def test_by_the_same_name_though_only_one_says_where(rosa: Actor, fair: Any) -> None:
    one = captured(rosa, eventId=fair.id, **ANN)
    two = captured(rosa, eventId=fair.id, **BOB, state="OH")
    assert two.account_id == one.account_id
    assert captured(rosa, eventId=fair.id, company="Acme Haul", contactName="Cy Cole").account_id == one.account_id
    assert (
        captured(rosa, eventId=fair.id, company="Acme Haul", contactName="Di", state="CA").account_id != one.account_id
    )


def test_of_the_same_name_with_domains_of_their_own_they_are_two(rosa: Actor, fair: Any) -> None:
    captured(rosa, eventId=fair.id, company="Swift Transportation", emails=["a@swift-one.example"])
    captured(rosa, eventId=fair.id, company="Swift Logistics", emails=["b@swift-two.example"])
    assert Account.objects.count() == 2


def test_an_account_of_the_events_state_is_known(rosa: Actor, fair: Any) -> None:
    known = make.account("Sunbelt Carriers LLC", state="TX")
    assert captured(rosa, eventId=fair.id, company="Sunbelt Carriers").account_id == known.pk


def test_without_an_event_only_where_it_is_the_only_one_and_nobody_knows_where(rosa: Actor) -> None:
    one = captured(rosa, **ANN)
    assert captured(rosa, **BOB).account_id == one.account_id
    make.account("Acme Haul", state="OH")
    assert captured(rosa, company="Acme Haul", contactName="Cy Cole").account_id != one.account_id


def test_what_a_score_is_asked_for_is_recognised_in_the_same_way(rosa: Actor, fair: Any) -> None:
    one = captured(rosa, eventId=fair.id, **ANN)
    assert do("scoreLead", rosa, eventId=fair.id, company="Acme Haul LLC").account_id == one.account_id
