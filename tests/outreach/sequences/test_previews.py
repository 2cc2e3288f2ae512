"""A step before anybody gets it: in this contact's words, with its length, its verdict and the next time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from headhaul.accounts.models import Contact
from headhaul.kernel import Actor, InvalidData, NotFound
from headhaul.outreach.models import Message
from headhaul.outreach.selectors.casing import first_name, proper
from tests.factories import outreach
from tests.outreach.sequences.doing import ASK, CALL, EMAIL, SMS, do
from tests.outreach.sequences.travelling import turn

MONDAY = datetime(2026, 11, 16, 16, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("senders")


@pytest.fixture
def dana(rosa: Actor) -> Contact:
    home = outreach.account("LONE STAR REEFER LLC", owner=rosa, state="TX", zip="75201", city="SAN ANTONIO")
    person = outreach.contact(home, name="DANA ORTIZ", first_name="")
    outreach.says_yes(person, "email", "sms", at=MONDAY - timedelta(days=1))
    return person


def test_a_draft_is_shown_as_it_would_arrive(rosa: Actor, dana: Contact) -> None:
    step = EMAIL | {"body": "Hi {contact.first_name|there}, {supply.drivers|several} drivers near {account.city|you}."}
    shown = do("previewStep", rosa, at=MONDAY, step=step, contactId=dana.pk)
    assert shown["subject"] == "Drivers for Lone Star Reefer LLC"
    assert shown["body"] == "Hi Dana, several drivers near San Antonio."
    assert (shown["outcome"], shown["nextAllowedAt"], shown["fallbacks"]) == ("allow", "2026-11-16T16:00:00Z",
                                                                             ["supply.drivers"])  # fmt: skip
    assert not Message.objects.exists()


def test_a_text_is_measured_and_its_night_is_named(rosa: Actor, dana: Contact) -> None:
    night = MONDAY - timedelta(hours=8)
    shown = do("previewStep", rosa, at=night, step=SMS, contactId=dana.pk)
    assert (shown["encoding"], shown["segments"], shown["outcome"]) == ("GSM-7", 1, "defer")
    assert shown["reasons"][0]["sentence"]
    assert shown["nextAllowedAt"] > "2026-11-16T14:00:00Z"


def test_a_call_without_consent_is_denied(rosa: Actor, dana: Contact) -> None:
    shown = do("previewStep", rosa, at=MONDAY, step=CALL, contactId=dana.pk)
    assert (shown["outcome"], shown["reasons"][0]["rule"]) == ("deny", "consent")


def test_a_condition_reaches_nobody(rosa: Actor, dana: Contact, max_: Actor) -> None:
    made = do("saveSequence", max_, name="One", steps=[EMAIL, ASK | {"then": "ring"}, SMS, CALL])["sequence"]
    shown = do("previewStep", rosa, at=MONDAY, sequenceId=made["id"], stepKey="asked", contactId=dana.pk)
    assert (shown["outcome"], shown["address"]) == ("none", "")


def test_a_raw_variable_never_gets_through(rosa: Actor, dana: Contact) -> None:
    with pytest.raises(InvalidData):
        do("previewStep", rosa, at=MONDAY, step=EMAIL | {"body": "Hi {contact.nickname|x}"}, contactId=dana.pk)
    type(dana).objects.filter(pk=dana.pk).update(first_name="{account.name|x}")
    shown = do("previewStep", rosa, at=MONDAY, step=EMAIL, contactId=dana.pk)
    assert "{" not in shown["body"]


def test_who_is_not_there_is_not_found(rosa: Actor) -> None:
    with pytest.raises(NotFound):
        do("previewStep", rosa, at=MONDAY, step=EMAIL, contactId=999_999)


def test_a_test_goes_to_oneself_alone(rosa: Actor, dana: Contact) -> None:
    sent = do("sendTestStep", rosa, at=MONDAY, step=SMS, contactId=dana.pk)
    assert (sent["address"], sent["subject"]) == (rosa.email, "Test of a text message")
    turn(MONDAY)
    message = Message.objects.get()
    assert (message.purpose, message.contact_id, message.state, message.channel) == ("test", None, "accepted", "email")


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("LONE STAR REEFER LLC", "Lone Star Reefer LLC"),
        ("BIG D'S HAULING OF TEXAS", "Big D's Hauling of Texas"),
        ("MCALLEN FREIGHT", "McAllen Freight"),
        ("O'BRIEN & SONS", "O'Brien & Sons"),
        ("J&R TRUCKING II INC", "J&R Trucking II Inc"),
        ("eBay Motors", "eBay Motors"),
        ("st. louis", "St. Louis"),
        ("WINSTON-SALEM", "Winston-Salem"),
        ("", ""),
    ],
)
def test_names_are_written_as_people_write_them(given: str, wanted: str) -> None:
    assert proper(given) == wanted


def test_what_is_no_name_is_not_greeted() -> None:
    assert [first_name(each) for each in ("DANA ORTIZ", "D. Ortiz", "", "X1 Dispatch")] == ["Dana", "", "", ""]
