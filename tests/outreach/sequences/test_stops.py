"""What ends a sequence by itself, at once, with what waits in the outbox; and what does not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from headhaul.accounts.choices import AccountStatus
from headhaul.accounts.models import Contact
from headhaul.compliance.choices import ConsentChannel, Scope, SuppressionReason
from headhaul.compliance.services import suppression
from headhaul.kernel import SYSTEM, Actor
from headhaul.outreach.choices import EnrolmentState
from headhaul.outreach.models import CallTarget, Enrolment, EnrolmentChange, Message
from headhaul.outreach.services import engine, stops
from tests.factories import outreach
from tests.outreach.sequences.doing import CALL, EMAIL, SMS, do, enrolled, running
from tests.outreach.sequences.travelling import travel

MONDAY = datetime(2026, 11, 16, 16, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("senders")


@pytest.fixture
def dana(rosa: Actor) -> Contact:
    person = outreach.contact(outreach.account("Lone Star", owner=rosa, state="TX", zip="75201"), name="Dana Ortiz")
    outreach.says_yes(person, "email", "sms", "call", at=MONDAY - timedelta(days=3))
    return person


@pytest.fixture
def waiting(max_: Actor, rosa: Actor, dana: Contact) -> Message:
    """An e-mail of a sequence that waits in the outbox."""
    made = running(max_, EMAIL, SMS, at=MONDAY)
    enrolled(rosa, made["id"], dana.pk, at=MONDAY)
    engine.advance_due(at=MONDAY)
    return Message.objects.get()


def deny(scope: Scope, key: str, reason: SuppressionReason, channel: ConsentChannel = ConsentChannel.EMAIL) -> None:
    suppression.add(scope=scope, key=key, channel=channel, reason=reason, source="test", at=MONDAY, by=SYSTEM)


def moved_on(dana: Contact, max_: Actor, rosa: Actor) -> None:
    made = do("createOpportunity", rosa, at=MONDAY, accountId=dana.account_id, name="Deal")
    do("moveStage", rosa, at=MONDAY, opportunityId=made["id"], version=made["version"], toStage="discovery")


ENDINGS: dict[str, tuple[Callable[[Contact, Actor, Actor], Any], str]] = {
    "a no by setConsent": (
        lambda dana, max_, rosa: do("setConsent", rosa, at=MONDAY, contactId=dana.pk, channel="email",
                                    status="opted_out", source="phone"), "opted_out"),
    "a denied address": (
        lambda dana, max_, rosa: deny(Scope.ADDRESS, outreach.address_of(dana, "email"), SuppressionReason.OPT_OUT),
        "opted_out"),
    "a denied contact": (
        lambda dana, max_, rosa: deny(Scope.CONTACT, str(dana.pk), SuppressionReason.MANUAL, ConsentChannel.ALL),
        "opted_out"),
    "a denied account": (
        lambda dana, max_, rosa: deny(Scope.ACCOUNT, str(dana.account_id), SuppressionReason.MANUAL), "opted_out"),
    "a denied domain": (
        lambda dana, max_, rosa: deny(Scope.DOMAIN, outreach.address_of(dana, "email").rpartition("@")[2],
                                      SuppressionReason.DNC_REQUEST), "opted_out"),
    "a hard bounce": (
        lambda dana, max_, rosa: deny(Scope.ADDRESS, outreach.address_of(dana, "email"), SuppressionReason.HARD_BOUNCE),
        "bounced"),
    "a meeting": (
        lambda dana, max_, rosa: do("logActivity", rosa, at=MONDAY, accountId=dana.account_id, contactId=dana.pk,
                                    type="meeting"), "meeting"),
    "an answer that a rep noted": (
        lambda dana, max_, rosa: do("logActivity", rosa, at=MONDAY, accountId=dana.account_id, contactId=dana.pk,
                                    type="email", direction="in"), "replied"),
    "a client": (
        lambda dana, max_, rosa: do("updateAccount", rosa, at=MONDAY, accountId=dana.account_id, version=1,
                                    status=AccountStatus.CLIENT.value), "stopped"),
    "somebody who left": (
        lambda dana, max_, rosa: do("updateContact", rosa, at=MONDAY, contactId=dana.pk, version=1, hasLeft=True),
        "stopped"),
    "another stage": (moved_on, "stopped"),
}  # fmt: skip


@pytest.mark.parametrize("ending", ENDINGS)
def test_it_ends_at_once_and_takes_back_what_waits(
    ending: str, max_: Actor, rosa: Actor, dana: Contact, waiting: Message
) -> None:
    happen, state = ENDINGS[ending]
    happen(dana, max_, rosa)
    row = Enrolment.objects.get()
    waiting.refresh_from_db()
    assert (row.state, row.ended_at, row.next_at, waiting.state) == (state, MONDAY, None, "cancelled")
    assert row.ended_reason
    assert EnrolmentChange.objects.filter(kind="ended", to_state=state).exists()
    travel(MONDAY, MONDAY.replace(day=19))
    assert not Message.objects.exclude(state="cancelled").exists()


def test_a_no_to_texts_ends_what_would_text_and_nothing_else(max_: Actor, rosa: Actor, dana: Contact) -> None:
    mails = running(max_, EMAIL, name="Mails", at=MONDAY)
    both = running(max_, EMAIL, SMS, name="Both", at=MONDAY)
    for each in (mails, both):
        enrolled(rosa, each["id"], dana.pk, at=MONDAY)
    do("setConsent", rosa, at=MONDAY, contactId=dana.pk, channel="sms", status="opted_out", source="phone")
    assert dict(Enrolment.objects.values_list("sequence_id", "state")) == {
        mails["id"]: "waiting",
        both["id"]: "opted_out",
    }


def test_the_national_registry_ends_nothing(dana: Contact, waiting: Message) -> None:
    deny(Scope.ADDRESS, outreach.address_of(dana, "call"), SuppressionReason.NATIONAL_DNC, ConsentChannel.CALL)
    assert Enrolment.objects.get().state == "active"


def test_a_reply_ends_the_colleagues_sequences_too_unless_theirs_say_not(
    max_: Actor, rosa: Actor, dana: Contact
) -> None:
    shy, keen = (outreach.contact(dana.account) for _ in range(2))
    stays = running(max_, EMAIL, name="Stays", options={"stopWhenColleagueReplies": False}, at=MONDAY)
    ends = running(max_, EMAIL, name="Ends", at=MONDAY)
    enrolled(rosa, ends["id"], dana.pk, shy.pk, at=MONDAY)
    enrolled(rosa, stays["id"], keen.pk, at=MONDAY)
    ended = stops.stop_contact(
        contact_id=dana.pk, reason=EnrolmentState.REPLIED, at=MONDAY, why="They replied.", account_too=True
    )
    assert ended == 2
    assert dict(Enrolment.objects.values_list("contact_id", "state")) == {
        dana.pk: "replied", shy.pk: "stopped", keen.pk: "waiting",
    }  # fmt: skip


def test_a_stop_takes_calls_off_the_list(max_: Actor, rosa: Actor, dana: Contact) -> None:
    made = running(max_, CALL, at=MONDAY)
    enrolled(rosa, made["id"], dana.pk, at=MONDAY)
    engine.advance_due(at=MONDAY)
    do("stopEnrollment", rosa, at=MONDAY, contactId=dana.pk)
    assert CallTarget.objects.get().state == "skipped"


def test_a_removed_contact_gets_nothing_and_comes_back_stopped(rosa: Actor, dana: Contact, waiting: Message) -> None:
    do("removeContact", rosa, at=MONDAY, contactId=dana.pk)
    waiting.refresh_from_db()
    assert waiting.state == "cancelled"
    do("restoreContact", rosa, at=MONDAY, contactId=dana.pk)
    assert Enrolment.objects.get().state == "stopped"


def test_an_erased_contact_gets_nothing(ada: Actor, dana: Contact, waiting: Message) -> None:
    do("eraseContact", ada, at=MONDAY, contactId=dana.pk, reason="They asked")
    waiting.refresh_from_db()
    assert (waiting.state, Enrolment.objects.get().state) == ("cancelled", "stopped")


def test_doubles_that_become_one_get_a_sequence_once(max_: Actor, rosa: Actor, dana: Contact) -> None:
    double = outreach.contact(dana.account, name="D. Ortiz")
    made = running(max_, EMAIL, SMS, at=MONDAY)
    alone = running(max_, SMS, name="Alone", at=MONDAY)
    outreach.says_yes(double, "sms", at=MONDAY - timedelta(days=3))
    enrolled(rosa, made["id"], dana.pk, double.pk, at=MONDAY)
    enrolled(rosa, alone["id"], double.pk, at=MONDAY)
    do("mergeContacts", max_, at=MONDAY, winnerId=dana.pk, loserIds=[double.pk])
    rows = Enrolment.objects.order_by("pk").values_list("contact_id", "sequence_id", "state")
    assert set(rows) >= {(dana.pk, made["id"], "waiting"), (dana.pk, alone["id"], "waiting")}
    travel(MONDAY, MONDAY.replace(day=20))
    assert Message.objects.filter(sequence_id=made["id"], channel="email", state="accepted").count() == 1
