"""What comes in is kept once, and what it asks is done in the same transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from headhaul.accounts.models import ContactEmail, ContactPhone
from headhaul.activities.models import Activity, Notification
from headhaul.compliance.choices import ConsentStatus
from headhaul.compliance.judging.words import Proposal
from headhaul.compliance.models import ConsentEvent, Suppression
from headhaul.compliance.selectors.suppression import hits
from headhaul.kernel import Actor
from headhaul.outreach.choices import Channel, EnrolmentState, MessageState
from headhaul.outreach.inbound.incoming import Incoming
from headhaul.outreach.inbound.mime import read_mail
from headhaul.outreach.models import Enrolment, InboundMessage, Message, MessageEvent
from headhaul.outreach.services import tokens
from headhaul.outreach.services.receiving import receive
from tests.activities.conftest import do
from tests.factories import outreach as made
from tests.outreach.inbound.mails import mail, report

AT = made.NOON + timedelta(days=1)
OURS = "<first@headhaul.example>"

pytestmark = pytest.mark.django_db


class Case:
    """Dana is in a sequence of Rosa's: one mail went out, the next waits."""

    def __init__(self, rosa: Actor) -> None:
        self.rosa = rosa
        self.dana = made.contact(owner=rosa, email="dana@bigrig.example", phone="+12145550142")
        self.enrolment = made.enrolment(made.sequence(owner=rosa), self.dana, owner=rosa, state="waiting", next_at=AT)
        self.sent = made.message(of=self.enrolment, rfc_id=OURS)
        self.text = made.message(of=self.enrolment, channel="sms")
        self.waits = made.message(of=self.enrolment, state="queued")
        self.sms_waits = made.message(of=self.enrolment, state="queued", channel="sms")

    def state(self) -> str:
        """Of the enrolment."""
        return Enrolment.objects.get(pk=self.enrolment.pk).state

    def states(self) -> list[str]:
        """Of what waited."""
        return [Message.objects.get(pk=each.pk).state for each in (self.waits, self.sms_waits)]


@pytest.fixture
def case(rosa: Actor) -> Case:
    """The case."""
    return Case(rosa)


def answer(
    words: str, *, form: str = "gmail", signs: str = "", subject: str = "Re: Drivers", **changes: Any
) -> Incoming:
    """A mail from Dana to the one we sent."""
    raw = mail(form, signs, subject, words).replace(
        b"<11111111-2222-4333-8444-555555555555@headhaul.example>", OURS.encode()
    )
    got = read_mail(raw, source="imap:1", key="7:1", received_at=AT)
    return replace(got, **{"from_address": "dana@bigrig.example"} | changes)


def text(words: str, key: str = "SM1", number: str = "+12145550142", at: datetime = AT) -> Incoming:
    """A text from Dana."""
    return Incoming(Channel.SMS, "webhook:twilio", key, number, at, text=words, fresh=words)


def test_a_reply_is_matched_stops_and_is_told(case: Case) -> None:
    row = receive(answer("Yes, call me."), at=AT)
    assert (row.kind, row.matched_by, row.is_certain, row.message_id) == ("reply", "message_id", True, case.sent.pk)
    assert case.state() == EnrolmentState.REPLIED
    assert case.states() == [MessageState.CANCELLED] * 2
    assert MessageEvent.objects.get(message=case.sent).kind == "replied"
    assert Activity.objects.get(account=case.dana.account).direction == "in"
    assert "Yes, call me." in Notification.objects.get(user_id=case.rosa.user_id).text


def test_the_same_again_changes_nothing(case: Case) -> None:
    first = receive(answer("Yes, call me."), at=AT)
    again = receive(answer("Yes, call me."), at=AT + timedelta(hours=1))
    elsewhere = receive(answer("Yes, call me.", source="webhook:mailgun", key="x"), at=AT + timedelta(hours=1))
    renumbered = receive(answer("Yes, call me.", key="8:1"), at=AT + timedelta(hours=1))
    assert {again.pk, elsewhere.pk, renumbered.pk} == {first.pk}
    assert InboundMessage.objects.count() == Activity.objects.count() == Notification.objects.count() == 1
    assert MessageEvent.objects.count() == 1


def test_a_stop_is_of_the_person_until_they_come_back(case: Case) -> None:
    """Also at a number they get later; START ends it for them."""
    other = ContactPhone.objects.create(contact=case.dana, number="+12145550199")
    receive(text("STOP"), at=AT)

    def denied(address: str) -> list[str]:
        asked = Proposal(channel="sms", address=address, contact_id=case.dana.pk)
        return [each.scope for each in hits(asked, at=AT + timedelta(hours=1))]

    assert denied(other.number) == ["contact"]
    agreed = ConsentEvent(
        address="+12145550142", channel="sms", status="opted_in", source="web form", basis="express_written",
        evidence="ticked", captured_at=made.NOON, recorded_at=made.NOON,
    )  # fmt: skip
    agreed.save()
    later = AT + timedelta(minutes=1)
    receive(text("START", key="SM2", at=later), at=later)
    assert denied(other.number) == []


def test_a_reply_to_the_token_needs_no_other_header(case: Case) -> None:
    to = tokens.reply_address(message_id=case.sent.pk, domain="in.example")
    row = receive(answer("Yes.", form="none", recipients=(to.upper(),)), at=AT)
    assert (row.matched_by, row.is_certain) == ("reply_token", True)
    assert case.state() == EnrolmentState.REPLIED


def test_a_forged_token_matches_nothing(case: Case) -> None:
    to = tokens.reply_address(message_id=case.sent.pk, domain="in.example")
    forged = to.replace(to[40:44], "0000", 1)
    row = receive(answer("Yes.", form="none", recipients=(forged,), from_address="eve@evil.example"), at=AT)
    assert (row.matched_by, row.message_id) == ("none", None)
    assert case.state() == EnrolmentState.WAITING


def test_the_id_that_a_provider_gave_instead_is_known_too(case: Case) -> None:
    Message.objects.filter(pk=case.sent.pk).update(provider_rfc_id="<abc@email.amazonses.com>")
    row = receive(answer("Yes.", references=("<abc@email.amazonses.com>",)), at=AT)
    assert row.matched_by == "provider_id"
    assert case.state() == EnrolmentState.REPLIED


def test_somebody_it_was_passed_on_to_does_not_stop_the_one_we_wrote_to(case: Case) -> None:
    row = receive(answer("My boss sent me this. Interested.", from_address="new@bigrig.example"), at=AT)
    assert (row.message_id, row.is_certain, row.classified["forward"]) == (case.sent.pk, False, True)
    assert case.state() == EnrolmentState.WAITING
    assert not MessageEvent.objects.exists()
    assert "new@bigrig.example" in Notification.objects.get().text


def test_the_same_sender_without_a_thread_is_only_shown(case: Case) -> None:
    row = receive(answer("Hi Rosa, new topic.", form="none", subject="Hello"), at=AT)
    assert (row.matched_by, row.is_certain) == ("address", False)
    assert case.state() == EnrolmentState.WAITING


def test_a_subject_alone_matches_nothing(case: Case) -> None:
    row = receive(answer("Hello", form="none", subject="Re: Drivers", from_address="who@else.example"), at=AT)
    assert (row.matched_by, row.message_id, row.contact_id) == ("none", None, None)


def test_stop_by_text_ends_texts_and_calls_at_once_and_is_confirmed_once(case: Case) -> None:
    row = receive(text("Stop."), at=AT)
    assert row.kind == "opt_out"
    channels = Suppression.objects.filter(key="+12145550142").values_list("channel", flat=True)
    assert sorted(channels) == ["call", "sms"]
    assert ConsentEvent.objects.filter(address="+12145550142", status=ConsentStatus.REVOKED).count() == 2
    assert case.state() == EnrolmentState.OPTED_OUT
    assert case.states() == [MessageState.CANCELLED] * 2
    notice = Message.objects.get(purpose="notice")
    assert (notice.address, notice.state, notice.not_after) == ("+12145550142", "queued", AT + timedelta(minutes=5))
    receive(text("STOP", key="SM2"), at=AT)
    assert Message.objects.filter(purpose="notice").count() == 1
    assert Suppression.objects.count() == 4  # of the number and of Dana, for texts and calls


def test_a_wrong_number_is_no_word_of_the_person_whose_it_was_thought_to_be(case: Case) -> None:
    receive(text("Wrong number."), at=AT)
    assert {each.scope for each in Suppression.objects.all()} == {"address"}
    receive(text("Wrong number, stop texting me", key="SM2"), at=AT)
    assert {each.scope for each in Suppression.objects.all()} == {"address", "contact"}


def test_a_refusal_by_mail_ends_mail_only_unless_it_says_all(case: Case) -> None:
    receive(answer("Please take me off your list."), at=AT)
    denied = {(each.scope, each.channel) for each in Suppression.objects.all()}
    assert denied == {("address", "email"), ("contact", "email")}
    receive(answer("Do not contact me again.", key="7:2", rfc_id="<2@x>"), at=AT)
    assert {(each.scope, each.channel) for each in Suppression.objects.all()} == {
        ("address", "email"), ("contact", "email"), ("address", "all"), ("contact", "all"),
    }  # fmt: skip
    assert not Message.objects.filter(purpose="notice").exists()


def test_a_refusal_of_somebody_unknown_counts_for_their_address(case: Case) -> None:
    receive(text("stop texting me", number="+13035550199"), at=AT)
    assert Suppression.objects.filter(key="+13035550199").count() == 2
    assert case.state() == EnrolmentState.WAITING


def test_a_refusal_from_another_address_is_one_of_the_address_that_was_written_to(case: Case) -> None:
    row = receive(answer("Please remove me from your list.", from_address="dana.private@mail.example"), at=AT)
    assert (row.kind, row.is_certain) == ("opt_out", False)
    denied = {each.key for each in Suppression.objects.all()}
    assert denied == {"dana.private@mail.example", "dana@bigrig.example", str(case.dana.pk)}
    refused = ConsentEvent.objects.filter(status=ConsentStatus.REVOKED).values_list("address", flat=True)
    assert set(refused) == {"dana.private@mail.example", "dana@bigrig.example"}
    assert case.state() == EnrolmentState.OPTED_OUT
    assert case.states() == [MessageState.CANCELLED] * 2
    assert MessageEvent.objects.get(message=case.sent).kind == "unsubscribed"
    told = Notification.objects.get(user_id=case.rosa.user_id).text
    assert told.startswith("dana.private@mail.example does not want to be contacted any more, in answer to a message")
    assert case.dana.name in told


def test_a_refusal_from_another_address_of_theirs_denies_the_one_that_was_written_to_as_well(case: Case) -> None:
    ContactEmail.objects.create(contact=case.dana, address="dana@fleet2.example")
    receive(answer("Please remove me from your list.", from_address="dana@fleet2.example"), at=AT)
    denied = {each.key for each in Suppression.objects.all()}
    assert denied == {"dana@fleet2.example", "dana@bigrig.example", str(case.dana.pk)}


def test_a_refusal_of_everything_from_elsewhere_denies_the_person_it_answers(case: Case) -> None:
    words = "Do not contact me again, in any way."
    receive(answer(words, from_address="dana.private@mail.example"), at=AT)
    assert {(each.scope, each.channel) for each in Suppression.objects.filter(key=str(case.dana.pk))} == {
        ("contact", "all")
    }


def test_a_refusal_that_only_looks_alike_denies_who_wrote_it_and_nobody_else(case: Case) -> None:
    mine = answer("Stop emailing me.", form="none", subject="Hello", from_address="somebody@else.example")
    receive(mine, at=AT)
    assert {each.key for each in Suppression.objects.all()} == {"somebody@else.example"}
    assert case.state() == EnrolmentState.WAITING


def test_a_guess_suppresses_and_asks_the_rep_to_look(case: Case) -> None:
    row = receive(text("wrong number"), at=AT)
    assert row.kind == "opt_out"
    assert row.classified["is_sure"] is False
    assert Suppression.objects.exists()
    assert "have a look" in Notification.objects.get().text
    assert not Message.objects.filter(purpose="notice").exists()


def test_start_brings_back_only_who_had_agreed(case: Case) -> None:
    receive(text("STOP"), at=AT)
    later = AT + timedelta(minutes=1)
    receive(text("START", key="SM2", at=later), at=later)
    assert not ConsentEvent.objects.filter(status=ConsentStatus.OPTED_IN).exists()
    assert not Suppression.objects.filter(is_lift=True).exists()
    other = made.contact(owner=case.rosa, phone="+13035550111")
    made.says_yes(other, "sms", at=made.NOON)
    receive(text("STOP", key="SM3", number="+13035550111"), at=AT)
    receive(text("START", key="SM4", number="+13035550111", at=later), at=later)
    back = ConsentEvent.objects.filter(address="+13035550111", channel="sms").order_by("-pk")[0]
    assert (back.status, back.basis, back.evidence) == (ConsentStatus.OPTED_IN, "express_written", "START")
    assert Suppression.objects.filter(is_lift=True, key="+13035550111").exists()


def test_help_is_answered_once_a_day(case: Case) -> None:
    receive(text("HELP"), at=AT)
    receive(text("help", key="SM2"), at=AT + timedelta(hours=2))
    assert Message.objects.filter(dedupe_key__startswith="help:").count() == 1


@pytest.mark.parametrize("words", ["Yes", "YES!", "Start", "unstop"])
def test_a_yes_of_somebody_who_never_said_stop_is_an_answer(case: Case, words: str) -> None:
    row = receive(text(words), at=AT)
    assert row.kind == "reply"
    assert (case.state(), case.states()) == (EnrolmentState.REPLIED, [MessageState.CANCELLED] * 2)
    assert [(each.message_id, each.kind) for each in MessageEvent.objects.all()] == [(case.text.pk, "replied")]
    assert Notification.objects.get(user_id=case.rosa.user_id).text == f"{case.dana.name} answered: “{words}”"


@pytest.mark.parametrize("words", ["HELP", "Info"])
def test_whoever_asks_for_help_in_a_sequence_is_answered_and_waits_for_a_person(case: Case, words: str) -> None:
    receive(text(words), at=AT)
    assert (case.state(), case.states()) == (EnrolmentState.PAUSED, [MessageState.CANCELLED] * 2)
    assert Message.objects.get(dedupe_key__startswith="help:").state == MessageState.QUEUED
    assert "paused until you resume them: “" in Notification.objects.get(user_id=case.rosa.user_id).text


def test_an_absence_note_is_no_answer_and_waits_for_the_return(case: Case) -> None:
    row = receive(
        answer("I am out of the office until Monday, December 7.", signs="AX", subject="Automatic reply: Drivers"),
        at=AT,
    )
    assert (row.kind, row.returns_on) == ("auto_reply", date(2026, 12, 7))
    assert case.state() == EnrolmentState.WAITING
    enrolment = Enrolment.objects.get(pk=case.enrolment.pk)
    assert enrolment.next_at is not None
    assert enrolment.next_at.isoformat() == "2026-12-07T15:00:00+00:00"
    assert {each.due_at.day for each in Message.objects.filter(state="queued")} == {7}
    assert not Activity.objects.exists()
    assert not Notification.objects.exists()


def test_absences_can_be_ignored(case: Case, ada: Actor) -> None:
    do("saveSettings", ada, section="replies", expectedVersion=0, values={"waitForReturn": False})
    receive(answer("I am out of the office until December 7.", signs="A"), at=AT)
    assert Enrolment.objects.get(pk=case.enrolment.pk).next_at == AT


def bounced(words: str, **changes: Any) -> Incoming:
    """A delivery report about our mail."""
    raw = report("dsn", "Undelivered", words, original=OURS, address="dana@bigrig.example")
    return replace(read_mail(raw, source="imap:1", key="7:9", received_at=AT), **changes)


def test_a_report_about_no_mail_of_ours_changes_nothing(case: Case) -> None:
    row = receive(bounced("5.1.1 550 User unknown", returned_id="<forged@x>"), at=AT)
    assert (row.kind, row.message_id) == ("bounce", None)
    assert not Suppression.objects.exists()
    assert case.state() == EnrolmentState.WAITING


def test_a_dead_address_is_denied_and_a_full_mailbox_is_not(case: Case) -> None:
    receive(bounced("5.2.2 552 mailbox full", key="7:8"), at=AT)
    assert not Suppression.objects.exists()
    row = receive(bounced("5.1.1 550 User unknown"), at=AT)
    assert (row.kind, row.matched_by) == ("bounce", "message_id")
    assert Suppression.objects.get().reason == "hard_bounce"
    kinds = MessageEvent.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["failed", "hard_bounce"]


def test_a_report_to_the_return_path_of_a_message_is_about_it(case: Case) -> None:
    to = tokens.bounce_address(message_id=case.sent.pk, domain="in.example")
    row = receive(bounced("5.1.1 550 User unknown", recipients=(to,), returned_id=""), at=AT)
    assert row.matched_by == "verp"
    assert Suppression.objects.get().key == "dana@bigrig.example"
