"""The outreach panel: sequences and their editor, who is in them, the outbox, templates, writing to one person."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from headhaul.accounts.models import Contact
from headhaul.activities.models import Activity
from headhaul.compliance.models import Receipt, SendingHold
from headhaul.compliance.preferences import EmailHours, Firm, QuietHours
from headhaul.kernel import SYSTEM
from headhaul.outreach.choices import EnrolmentState, MessageState
from headhaul.outreach.models import Enrolment, Message, Sender, Sequence, SequenceVersion, Template
from headhaul.outreach.schemas.steps import GivenOptions
from headhaul.outreach.services import sequences
from headhaul.preferences.services.values import save
from headhaul.security.actors import actor_of
from tests.cast import user_named
from tests.console.conftest import SignedIn
from tests.factories import outreach

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
FORM = {"name": "First touch", "order": ["0"], "s0_kind": "email", "s0_key": "hello", "s0_amount": "0"}


@pytest.fixture
def dana(db: None) -> Contact:
    where = outreach.account("LONE STAR REEFER LLC", owner=actor_of(user_named("rosa")), at=timezone.now())
    return outreach.contact(where, name="Dana Diaz", first_name="Dana", at=timezone.now())


@pytest.fixture
def firm(db: None) -> None:
    """It says who it is, as every e-mail has to."""
    values = {"name": "Headhaul Recruiting", "postalAddress": "100 Main St, Dallas, TX 75201"}
    save(section=Firm, values=values, expected_version=0, by=SYSTEM, at=timezone.now())


def at_any_hour() -> None:
    """E-mail keeps no hours here, so that the test means the same at night."""
    save(section=QuietHours, values={"forEmail": False}, expected_version=0, by=SYSTEM, at=timezone.now())
    hours = {"opensHour": 0, "closesHour": 24}
    save(section=EmailHours, values=hours, expected_version=0, by=SYSTEM, at=timezone.now())


def shown(client: Client, path: str, **more: Any) -> str:
    answer = client.get(path, **more)
    assert answer.status_code == 200, answer.content[:500]
    return answer.content.decode()


def test_sequences_stand_with_who_is_where(signed_in: SignedIn, dana: Contact) -> None:
    sequence = outreach.sequence("Reefer carriers")
    outreach.enrolment(sequence, dana, state=EnrolmentState.HELD, held_reason="Quiet hours", held_rule="quiet_hours")
    page = shown(signed_in("vera"), "/outreach/")
    assert "Reefer carriers" in page
    assert f"/outreach/enrolments/?sequenceId={sequence.pk}&amp;state=held" in page
    assert "New sequence" not in page
    assert "New sequence" in shown(signed_in("max"), "/outreach/")
    assert "No sequence fits" in shown(signed_in("vera"), "/outreach/?q=nothing", headers=HTMX)


def test_a_sequence_is_written_switched_on_and_paused(signed_in: SignedIn) -> None:
    client = signed_in("max")
    written = client.post(
        "/outreach/sequences/new",
        FORM | {"do": "save", "s0_subject": "Drivers", "s0_body": "Hi {contact.first_name|there}"},
    )
    sequence = Sequence.objects.get()
    assert written["Location"] == f"/outreach/sequences/{sequence.pk}/"
    client.post(f"/outreach/sequences/{sequence.pk}/state", {"state": "active"})
    assert "Enrol people" in shown(client, f"/outreach/sequences/{sequence.pk}/")
    client.post(f"/outreach/sequences/{sequence.pk}/state", {"state": "paused"})
    sequence.refresh_from_db()
    assert sequence.state == "paused"


def test_a_fault_stands_at_the_step_that_has_it(signed_in: SignedIn) -> None:
    form = FORM | {"order": ["0", "1"], "s0_subject": "Drivers", "s0_body": "Hi", "s1_kind": "sms", "s1_key": "nudge"}
    answer = signed_in("max").post("/outreach/sequences/new", form | {"s1_body": "", "do": "save"})
    assert answer.status_code == 422
    cards = answer.content.decode().split("data-step-card")
    assert "field-error" not in cards[1]
    assert "what it says, or a template" in cards[2]
    assert not Sequence.objects.exists()


def test_the_small_buttons_change_the_form_and_write_nothing(signed_in: SignedIn) -> None:
    answer = signed_in("max").post("/outreach/sequences/new", FORM | {"do": "add:condition"}, headers=HTMX)
    assert answer.content.decode().count("data-step-card") == 2
    assert not Sequence.objects.exists()


def test_another_text_becomes_a_version_and_the_old_one_can_be_read(signed_in: SignedIn) -> None:
    sequence, client = outreach.sequence("Reefer carriers"), signed_in("max")
    form = FORM | {"version": "1", "s0_subject": "New words", "s0_body": "Hi", "do": "save"}
    client.post(f"/outreach/sequences/{sequence.pk}/edit", form)
    assert list(SequenceVersion.objects.values_list("number", flat=True).order_by("number")) == [1, 2]
    old = shown(client, f"/outreach/sequences/{sequence.pk}/?number=1")
    assert "This is version 1" in old
    assert "New words" not in old


def test_a_step_is_seen_as_somebody_would_get_it_with_the_verdict(signed_in: SignedIn, dana: Contact) -> None:
    form = FORM | {
        "s0_subject": "For {account.name|you}",
        "s0_body": "Hi {contact.first_name|there}",
        "do": "preview:0",
    }
    answer = signed_in("max").post("/outreach/sequences/new", form | {"contact_id": dana.pk}, headers=HTMX)
    seen = answer.content.decode()
    assert "Hi Dana" in seen
    assert re.search(r"May leave (now|later)|Must not be sent", seen)
    broken = form | {"s0_body": "Hi {contact.nonsense}", "contact_id": dana.pk}
    assert "field-error" in signed_in("max").post("/outreach/sequences/new", broken, headers=HTMX).content.decode()


def test_enrolling_says_first_what_would_happen_to_each(signed_in: SignedIn, dana: Contact) -> None:
    sequence, client = outreach.sequence(owner=actor_of(user_named("rosa"))), signed_in("rosa")
    form = {"way": "contacts", "id": [dana.pk]}
    look = client.post(f"/outreach/sequences/{sequence.pk}/enrolment", form | {"do": "look"}).content.decode()
    assert "1 person would be enrolled" in look
    assert not Enrolment.objects.exists()
    done = client.post(f"/outreach/sequences/{sequence.pk}/enrolment", form | {"do": "enrol"}).content.decode()
    assert "1 person enrolled" in done
    again = client.post(f"/outreach/sequences/{sequence.pk}/enrolment", form | {"do": "look"}).content.decode()
    assert "Is in this sequence now." in again


def test_what_is_chosen_in_a_list_is_enrolled_from_there(signed_in: SignedIn, dana: Contact) -> None:
    sequence, client = outreach.sequence("Reefer carriers"), signed_in("rosa")
    assert "Enrol…" in shown(client, "/accounts/")
    assert "Enrol…" not in shown(signed_in("vera"), "/accounts/")
    chosen = {"id": [str(dana.account_id)], "back": "/accounts/?state=TX"}
    form = client.post("/outreach/enrolment/accounts", chosen).content.decode()
    assert "1 account chosen" in form
    assert 'href="/accounts/?state=TX"' in form
    chosen |= {"sequenceId": str(sequence.pk), "whom": "best"}
    look = client.post("/outreach/enrolment/accounts", chosen | {"do": "look"}).content.decode()
    assert "1 person would be enrolled" in look
    assert not Enrolment.objects.exists()
    done = client.post("/outreach/enrolment/accounts", chosen | {"do": "enrol", "matched": "1"}).content.decode()
    assert "1 person enrolled" in done
    assert Enrolment.objects.get().contact == dana


def test_all_that_a_list_finds_are_enrolled_by_a_manager(signed_in: SignedIn, dana: Contact) -> None:
    other = outreach.contact(outreach.account("ELSEWHERE LLC", at=timezone.now()), at=timezone.now())
    sequence, client = outreach.sequence("Reefer carriers"), signed_in("max")
    given = {"all": "1", "filters": json.dumps({"accountId": dana.account_id}), "sequenceId": str(sequence.pk)}
    look = client.post("/outreach/enrolment/contacts", given | {"do": "look"}).content.decode()
    assert "All contacts of the list" in look
    assert "Dana Diaz" in look
    assert other.name not in look
    other_count = given | {"do": "enrol", "matched": "2"}
    assert client.post("/outreach/enrolment/contacts", other_count).status_code == 409
    assert client.post("/outreach/enrolment/contacts", {"sequenceId": "1"}).status_code == 422
    assert client.post("/outreach/enrolment/drivers", given).status_code == 404


def test_who_is_held_says_why_and_is_paused_with_a_way_back(signed_in: SignedIn, dana: Contact) -> None:
    rosa = actor_of(user_named("rosa"))
    row = outreach.enrolment(
        outreach.sequence(owner=rosa), dana, owner=rosa, at=timezone.now(), state=EnrolmentState.HELD,
        step_key="hello", next_at=timezone.now() + timedelta(hours=9), held_rule="quiet_hours",
        held_reason="Quiet hours in Chicago until 8:00 tomorrow.",
    )  # fmt: skip
    client = signed_in("rosa")
    assert "Quiet hours in Chicago until 8:00 tomorrow." in shown(client, "/outreach/enrolments/?state=held")
    assert "Quiet hours in Chicago" in shown(client, f"/outreach/enrolments/{row.pk}")
    changed = client.post(
        "/outreach/enrolments/change", {"do": "pause", "id": [row.pk], "next": "/outreach/enrolments/"}
    )
    assert changed["Location"] == "/outreach/enrolments/"
    assert "/undo/" in changed.cookies["toast"].value
    row.refresh_from_db()
    assert row.state == EnrolmentState.PAUSED
    assert client.post("/outreach/enrolments/change", {"do": "stop", "id": [row.pk], "next": "//elsewhere.example/"})[
        "Location"
    ].startswith("/outreach/")


def test_a_message_shows_how_it_looks_and_is_called_off(signed_in: SignedIn, dana: Contact) -> None:
    rosa = actor_of(user_named("rosa"))
    message = outreach.message(
        dana, state=MessageState.QUEUED, by=rosa, at=timezone.now() + timedelta(hours=5), subject="Drivers",
        text="Hi Dana, three drivers.", held_rule="quiet_hours", held_reason="Quiet hours in Chicago.",
    )  # fmt: skip
    client = signed_in("rosa")
    assert "Quiet hours in Chicago." in shown(client, "/outreach/outbox/?which=held")
    page = shown(client, f"/outreach/outbox/{message.pk}/")
    assert "three drivers" in page
    client.post(f"/outreach/outbox/{message.pk}/cancellation")
    assert Message.objects.get().state == MessageState.CANCELLED
    assert "Dana Diaz" in shown(client, "/outreach/outbox/?which=cancelled", headers=HTMX)


def test_everything_is_stopped_and_goes_on(signed_in: SignedIn) -> None:
    client = signed_in("ada")
    client.post("/outreach/holds", {"what": "all", "reason": "A wrong list was imported."})
    assert "A wrong list was imported." in shown(signed_in("vera"), "/outreach/")
    client.post(f"/outreach/holds/{SendingHold.objects.get().pk}/lifting")
    assert "A wrong list was imported." not in shown(signed_in("vera"), "/outreach/limits")


def test_a_template_is_written_changed_and_archived(signed_in: SignedIn) -> None:
    client = signed_in("max")
    form = {"name": "Hello", "channel": "sms", "body": "Hi {contact.first_name|there}"}
    client.post("/outreach/templates/new", form)
    template = Template.objects.get()
    assert "Hello" in shown(client, "/outreach/templates/")
    client.post(f"/outreach/templates/{template.pk}", form | {"name": "Hello again", "version": template.version})
    template.refresh_from_db()
    assert template.name == "Hello again"
    client.post(f"/outreach/templates/{template.pk}", form | {"version": template.version, "do": "archive"})
    assert "Hello again" not in shown(client, "/outreach/templates/")
    assert client.post("/outreach/templates/new", form | {"body": ""}).status_code == 422


def test_writing_to_somebody_puts_it_into_the_outbox(signed_in: SignedIn, dana: Contact, firm: None) -> None:
    client, form = signed_in("rosa"), {"channel": "email", "subject": "Drivers", "text": "Hi Dana, shall we talk?"}
    assert "Write to Dana Diaz" in shown(client, f"/outreach/write/{dana.pk}")
    sent = client.post(f"/outreach/write/{dana.pk}", form)
    assert sent["Location"] == f"/outreach/outbox/{Message.objects.get().pk}/"
    outreach.says_yes(dana, "call")
    refused = client.post(f"/outreach/write/{dana.pk}", {"channel": "sms", "text": "Hi Dana"})
    assert refused.status_code == 451
    assert "Hi Dana" in refused.content.decode()


def test_an_account_leads_to_writing_and_calling_where_we_send_ourselves(signed_in: SignedIn, dana: Contact) -> None:
    client, page = signed_in("rosa"), f"/accounts/{dana.account_id}/"
    assert f"/outreach/write/{dana.pk}" not in shown(client, page)
    outreach.sender("email")
    outreach.sender("call")
    assert "the sandbox keeps it" in shown(client, page)
    Sender.objects.filter(channel="email").update(gateway="smtp", options={"host": "mail.example.com"})
    Sender.objects.filter(channel="call").update(gateway="twilio", options={"account_sid": f"AC{'0' * 32}"})
    found = shown(client, page)
    assert f"/outreach/write/{dana.pk}" in found
    assert "sandbox" not in found
    assert f"/outreach/call/{dana.pk}" in found
    assert client.post(f"/outreach/call/{dana.pk}", headers=HTMX).status_code == 451
    assert f"/outreach/write/{dana.pk}" not in shown(signed_in("vera"), page)


def test_what_one_sends_oneself_is_noted_once_the_rules_allow_it(signed_in: SignedIn, dana: Contact) -> None:
    at_any_hour()
    client, path = signed_in("rosa"), f"/outreach/note/{dana.pk}"
    assert "How it ended" in shown(client, path)
    mine = {"channel": "email", "subject": "Drivers near Dallas", "text": "As I said on the telephone."}
    noted = client.post(path, mine)
    assert (noted.status_code, noted.headers["Location"]) == (302, f"/accounts/{dana.account_id}/")
    assert Activity.objects.get(contact=dana, type="email").subject == "Drivers near Dallas"
    assert Receipt.objects.get(contact_id=dana.pk, outcome="allow").action == "recordEmail"
    refused = client.post(path, {"channel": "sms", "text": "Hi Dana"})
    assert refused.status_code == 451
    assert "Hi Dana" in refused.content.decode()
    assert not Activity.objects.filter(contact=dana, type="sms").exists()


def test_a_draft_whose_steps_are_still_to_come_is_shown_and_written(signed_in: SignedIn) -> None:
    by = actor_of(user_named("max"))
    draft = sequences.begin(values={"name": "Empty"}, options=GivenOptions(), at=timezone.now(), by=by)
    client = signed_in("max")
    for address in ("/outreach/", f"/outreach/sequences/{draft.pk}/", f"/outreach/sequences/{draft.pk}/edit"):
        assert "Empty" in shown(client, address)
