"""People of sequences are shown what is kept of them, and forgotten; two that become one keep what each had."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from headhaul.accounts.models import Contact
from headhaul.compliance.models import Receipt, Suppression
from headhaul.kernel import Actor
from headhaul.outreach.choices import EventKind
from headhaul.outreach.models import (
    EnrolmentChange,
    Message,
    MessageFact,
    ProviderEvent,
    TrackedLink,
    UnsubscribeLink,
)
from headhaul.outreach.services import provider_events
from tests.factories import outreach
from tests.leftovers import everything
from tests.outreach.sequences.doing import EMAIL, SMS, do, enrolled, running
from tests.outreach.sequences.travelling import travel

MONDAY = datetime(2026, 11, 16, 16, tzinfo=UTC)
LATER = MONDAY + timedelta(hours=4)
OLD, NEW, NUMBER, NAME = "dana@old-home.example", "dana@lone-star.example", "+12145550142", "Dana Ortiz"

pytestmark = pytest.mark.usefixtures("senders")


@pytest.fixture
def dana(rosa: Actor) -> Contact:
    home = outreach.account("Lone Star", owner=rosa, state="TX")
    person = outreach.contact(home, name=NAME, first_name="Dana", email=OLD, phone=NUMBER)
    outreach.says_yes(person, "email", "sms", at=MONDAY - timedelta(days=3))
    return person


@pytest.fixture
def mailed(max_: Actor, rosa: Actor, dana: Contact) -> Message:
    """The first mail of a sequence left; then she got another address. The provider told of the mail."""
    made = running(max_, EMAIL | {"body": "Hi {contact.name|there}"}, SMS, at=MONDAY)
    enrolled(rosa, made["id"], dana.pk, at=MONDAY)
    travel(MONDAY, MONDAY + timedelta(hours=1))
    message = Message.objects.get(state="accepted", channel="email")
    TrackedLink.objects.create(
        token="t", message=message, url="https://lone-star.example/jobs?for=dana", created_at=MONDAY
    )
    heard(message, "event-1", EventKind.DELIVERED)
    person = do("getContact", rosa, contactId=dana.pk)
    emails = [{"address": NEW}]
    do("updateContact", rosa, at=LATER, contactId=dana.pk, version=person["version"], emails=emails)
    return message


def heard(message: Message, key: str, kind: EventKind) -> None:
    provider_events.store(
        provider="ses", event_id=key, kind=kind, attempt_id=message.attempts.get().pk, provider_id="", recipient=OLD,
        occurred_at=LATER, raw={"to": OLD}, at=LATER,
    )  # fmt: skip
    provider_events.apply_waiting(at=LATER)


def test_an_export_shows_sequences_messages_and_decisions(ada: Actor, dana: Contact, mailed: Message) -> None:
    parts = json.loads(json.dumps(do("exportContactData", ada, at=LATER, contactId=dana.pk)["parts"]))
    assert [row["sequence__name"] for row in parts["sequences"]["enrollments"]] == ["First touch"]
    assert {"enrolled", "planned", "sent"} <= {row["kind"] for row in parts["sequences"]["changes"]}
    assert [row["address"] for row in parts["messages"]["messages"]] == [OLD, NUMBER]
    assert "Hi Dana Ortiz" in parts["messages"]["messages"][0]["text"]
    assert [row["recipient"] for row in parts["messages"]["providers"]] == [OLD]
    assert {"delivered"} <= {row["kind"] for row in parts["messages"]["events"]}
    assert [row["outcome"] for row in parts["decisions"] if row["action"] == "deliver"] == ["allow"] * 2
    assert {row["source"] for row in parts["consent"]} == {"web form"}


def test_a_forgotten_person_leaves_only_that_something_was_sent(ada: Actor, dana: Contact, mailed: Message) -> None:
    do("eraseContact", ada, at=LATER, contactId=dana.pk, reason="By letter")
    left = everything()
    found = [line for line in left.splitlines() for secret in (OLD, NEW, NUMBER, NAME) if secret in line]
    assert found == []
    mailed.refresh_from_db()
    assert (mailed.address, mailed.text, mailed.state) == ("(erased)", "", "delivered")
    assert MessageFact.objects.get(message=mailed).is_confirmed
    assert EnrolmentChange.objects.filter(kind="sent", reason="").exists()
    assert TrackedLink.objects.get().url == "https://lone-star.example/"
    assert not Receipt.objects.filter(contact_id=dana.pk, erased_at=None).exists()


def test_a_late_complaint_of_the_forgotten_is_heeded_and_not_kept(ada: Actor, dana: Contact, mailed: Message) -> None:
    do("eraseContact", ada, at=LATER, contactId=dana.pk, reason="By letter")
    heard(mailed, "event-2", EventKind.COMPLAINT)
    denial = Suppression.objects.get(reason="complaint")
    assert (denial.key, denial.key_hash) == ("", UnsubscribeLink.objects.get().address_hash)
    event = ProviderEvent.objects.get(event_id="event-2")
    assert (event.verdict, event.recipient, event.raw) == ("applied", "", {})
    assert OLD not in everything()


def test_what_was_never_sent_to_the_forgotten_stays_unsent(ada: Actor, dana: Contact) -> None:
    waiting = outreach.message(dana, state="queued", subject="For Dana", at=LATER)
    lost = outreach.message(dana, state="unknown_final", subject="For Dana", at=LATER)
    do("eraseContact", ada, at=LATER, contactId=dana.pk, reason="By letter")
    do("requeueMessage", ada, at=LATER, messageId=str(lost.pk), reason="Try again")
    travel(LATER, LATER + timedelta(hours=1))
    states = dict(Message.objects.values_list("pk", "state"))
    assert states == {waiting.pk: "cancelled", lost.pk: "cancelled"}


def test_who_was_removed_with_their_account_is_forgotten_in_the_outbox_too(
    max_: Actor, ada: Actor, dana: Contact
) -> None:
    sent = outreach.message(dana, subject="For Dana")
    do("removeContact", ada, at=LATER, contactId=dana.pk)
    do("removeAccount", ada, at=LATER, accountId=dana.account_id)
    do("eraseContact", ada, at=LATER, contactId=dana.pk, reason="By letter")
    sent.refresh_from_db()
    assert (sent.address, sent.subject) == ("(erased)", "")
