"""Recognising who is known: by number, telephone, address, domain or name; and never writing over what is known."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest

from headhaul.accounts.models import Account, Contact, ContactEmail, ContactPhone, FieldChange
from headhaul.activities.models import Activity
from headhaul.capture.errors import NothingToReach
from headhaul.capture.models import Lead, LeadTouch
from headhaul.kernel import Actor, InvalidData
from headhaul.pipeline.models import Opportunity
from tests.capture.doing import captured, do
from tests.factories import outreach as make
from tests.factories.market import NOON, carrier

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("known", "given", "by"),
    [
        ({"dot_number": 77}, {"dotNumber": "0000077"}, "dot_number"),
        ({"phone": "214-555-0101", "phone_key": "+12145550101"}, {"phones": ["(214) 555 0101"]}, "phone"),
        ({"email": "office@sunbelt.example"}, {"emails": ["Office@Sunbelt.example"]}, "email"),
        ({"domain": "sunbelt.example"}, {"emails": ["joe@mail.sunbelt.example"]}, "domain"),
        ({"state": "TX", "city": "Dallas"}, {"company": "SUNBELT CARRIERS, INC.", "state": "TX"}, "name"),
    ],
)
def test_an_account_is_known_by(rosa: Actor, known: Any, given: Any, by: str) -> None:
    account = make.account("Sunbelt Carriers LLC", **known)
    done = captured(rosa, **{"contactName": "Joe", **given})
    assert (done.account_id, done.matched_by, done.is_new) == (account.pk, by, False)
    assert "Sunbelt" in done.joined


def test_a_contacts_own_number_finds_the_company(rosa: Actor) -> None:
    known = make.contact(name="Joe Ray", phone="+12145550109")
    done = captured(rosa, contactName="Joe Ray", phones=["214.555.0109"])
    assert (done.account_id, done.contact_id) == (known.account_id, known.pk)


def test_another_usdot_number_is_another_carrier_whoever_answers_the_telephone(rosa: Actor) -> None:
    known = make.account("Sunbelt", dot_number=77, phone_key="+12145550101")
    done = captured(rosa, dotNumber=78, company="Sunbelt", state="TX", phones=["2145550101"])
    assert done.account_id != known.pk


@pytest.mark.parametrize(
    "given",
    [
        {"company": "Sunbelt Carriers", "state": "OH"},
        {"company": "Sunrise Freight", "state": "TX"},
        {"company": "Sunbelt Carriers"},
        {"emails": ["joe@gmail.com"], "company": "Other"},
    ],
)
def test_what_is_only_a_little_alike_is_not_joined(rosa: Actor, given: Any) -> None:
    known = make.account("Sunbelt Carriers LLC", state="TX", email="sunbelt@gmail.com")
    assert captured(rosa, **given).account_id != known.pk


def test_only_empty_facts_are_filled_and_what_differs_is_said(rosa: Actor) -> None:
    known = make.account(
        "Sunbelt", dot_number=77, state="TX", city="Dallas", fleet_size=40, fleet_source="person", website=""
    )
    done = captured(
        rosa,
        dotNumber=77,
        company="Sun Belt Ltd",
        state="OK",
        fleetSize=90,
        website="sunbelt.example",
        contactName="Jo",
    )
    known.refresh_from_db()
    assert (known.name, known.state, known.fleet_size, known.website) == ("Sunbelt", "TX", 40, "sunbelt.example")
    said = " ".join(done.differs)
    assert "they said 90, 40 is known and stays" in said
    assert "they said OK" in said
    assert "Sun Belt Ltd" in said
    changed = set(FieldChange.objects.filter(account=known).values_list("field", flat=True))
    assert "website" in changed
    assert "fleet_size" not in changed
    note = Activity.objects.get(account=known, type="note")
    assert "40 is known and stays" in note.body


def test_parts_of_an_address_are_not_mixed(rosa: Actor) -> None:
    known = make.account("Sunbelt", dot_number=77, state="TX", city="", zip="")
    captured(rosa, dotNumber=77, state="OK", city="Tulsa", zip="74103")
    known.refresh_from_db()
    assert (known.state, known.city, known.zip) == ("TX", "", "")


def test_a_contact_gets_the_addresses_they_did_not_have_yet(rosa: Actor) -> None:
    known = make.contact(name="Joe Ray", email="joe@ray.example", phone="+12145550109")
    done = captured(
        rosa,
        contactName="Joe Ray",
        title="Owner",
        role="owner",
        emails=["joe@ray.example", "jray@home.example", "joe.ray@third.example"],
        phones=["+1 214 555 0109", "(469) 555-0133"],
    )
    assert done.contact_id == known.pk
    known.refresh_from_db()
    assert (known.title, known.role) == ("Owner", "owner")
    mails = ContactEmail.objects.filter(contact=known).order_by("pk")
    assert [(m.address, m.is_primary) for m in mails] == [
        ("joe@ray.example", True),
        ("jray@home.example", False),
        ("joe.ray@third.example", False),
    ]
    assert ContactPhone.objects.filter(contact=known).count() == 2


def test_a_title_that_somebody_set_stays(rosa: Actor) -> None:
    known = make.contact(name="Joe Ray", email="joe@ray.example", title="Safety director")
    done = captured(rosa, contactName="Joseph Ray", title="Driver", emails=["joe@ray.example"])
    known.refresh_from_db()
    assert (known.name, known.title) == ("Joe Ray", "Safety director")
    assert any("Driver" in said for said in done.differs)
    assert any("Joseph Ray" in said for said in done.differs)


def test_somebody_without_a_name_is_reached_all_the_same(rosa: Actor) -> None:
    done = captured(rosa, company="Sunbelt", emails=["hello@sunbelt.example"])
    assert Contact.objects.get(pk=done.contact_id).name == "hello@sunbelt.example"


def test_a_carrier_of_the_census_is_called_as_the_census_has_it(rosa: Actor) -> None:
    carrier(55, legal_name="GULF COAST TANKERS LLC", phy_state="LA", phy_city="LAKE CHARLES", phy_zip="70601")
    done = captured(rosa, dotNumber=55, company="gulf tankers")
    account = Account.objects.get(pk=done.account_id)
    assert (account.name, account.state, account.source) == ("GULF COAST TANKERS LLC", "LA", "capture")
    assert any("gulf tankers" in said for said in done.differs)


def test_the_same_person_at_the_same_fair_is_one_lead(rosa: Actor, rick: Actor, fair: Any, hot_carrier: int) -> None:
    first = captured(rosa, eventId=fair.id, dotNumber=hot_carrier, contactName="Dana Diaz", tags=["reefer"])
    second = captured(
        rick, eventId=fair.id, dotNumber=hot_carrier, contactName="Dana Diaz", note="Asked again.", tags=["night"],
        at=NOON + timedelta(hours=3),
    )  # fmt: skip
    assert (second.status, second.lead_id, second.opportunity_id) == ("joined", first.lead_id, first.opportunity_id)
    assert f"as lead {first.lead_id}" in second.joined
    assert Lead.objects.counted().count() == 1
    assert (Account.objects.count(), Contact.objects.count(), Opportunity.objects.count()) == (1, 1, 1)
    assert LeadTouch.objects.count() == 1
    assert Activity.objects.filter(type="task").count() == 1
    assert Activity.objects.filter(type="note").count() == 2
    assert Lead.objects.get(pk=first.lead_id).tags == ["reefer", "night"]


def test_a_double_sent_again_gets_the_answer_of_the_lead(rosa: Actor, fair: Any) -> None:
    first = captured(rosa, eventId=fair.id)
    key = str(uuid.uuid4())
    captured(rosa, eventId=fair.id, clientId=key)
    again = captured(rosa, eventId=fair.id, clientId=key)
    assert (again.status, again.lead_id, again.client_id) == ("already", first.lead_id, key)


def test_two_people_of_a_company_are_two_leads_of_one_opportunity(rosa: Actor, fair: Any, hot_carrier: int) -> None:
    one = captured(rosa, eventId=fair.id, dotNumber=hot_carrier, contactName="Dana Diaz")
    two = captured(rosa, eventId=fair.id, dotNumber=hot_carrier, contactName="Walt Wong")
    assert two.status == "created"
    assert (one.account_id, one.opportunity_id) == (two.account_id, two.opportunity_id)
    assert Opportunity.objects.count() == 1


def test_another_event_or_much_later_is_another_lead(rosa: Actor, max_: Actor, fair: Any) -> None:
    other = do("saveCaptureEvent", max_, name="Tulsa Job Fair", kind="job_fair")
    captured(rosa, eventId=fair.id)
    assert captured(rosa, eventId=other.id).status == "created"
    assert captured(rosa, eventId=fair.id, at=NOON + timedelta(days=30)).status == "created"


def test_a_lead_of_nobody_is_refused_with_what_would_be_right(rosa: Actor) -> None:
    with pytest.raises(NothingToReach) as refusal:
        do("captureLead", rosa, clientId=str(uuid.uuid4()), note="?")
    assert {"company", "contactName"} <= refusal.value.fields.keys()


def test_what_is_no_address_is_refused_online_and_kept_from_a_device_that_waited(rosa: Actor) -> None:
    with pytest.raises(InvalidData) as refusal:
        captured(rosa, company="Sunbelt", contactName="Jo", emails=["jo@"])
    assert "emails.0" in refusal.value.fields
    done = captured(rosa, company="Sunbelt", contactName="Jo", emails=["jo@"], wasOffline=True)
    assert any("“jo@” could not be read" in said for said in done.differs)
    assert Lead.objects.get(pk=done.lead_id).as_given["emails"] == ["jo@"]


SCRIPT = '<script>alert(1)</script> & "O\'Hara" 漢字 ‮ Trucking'


def test_a_name_is_a_name_whatever_is_in_it(rosa: Actor) -> None:
    done = captured(rosa, company=SCRIPT, state="TX", contactName="<img src=x onerror=alert(1)>", tags=["a&b"])
    assert Account.objects.get(pk=done.account_id).name == SCRIPT
    row = do("getLead", rosa, leadId=done.lead_id)
    assert (row.company, row.name) == (SCRIPT, "<img src=x onerror=alert(1)>")


def test_nul_and_control_characters_are_refused(rosa: Actor) -> None:
    for bad in ("Sun\x00belt", "Sun\x1bbelt"):
        with pytest.raises(InvalidData):
            captured(rosa, company=bad)
