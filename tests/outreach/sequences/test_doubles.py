"""Two contacts, or two accounts, become one: everything of outreach moves along, once each, and goes back on undo."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from headhaul.accounts.models import Contact
from headhaul.compliance.models import Receipt
from headhaul.kernel import Actor
from headhaul.outreach.choices import EnrolmentState
from headhaul.outreach.models import (
    Call,
    CallTarget,
    Enrolment,
    EnrolmentChange,
    InboundMessage,
    Message,
    MessageFact,
    UnsubscribeLink,
)
from headhaul.outreach.services import engine, stops
from tests.factories import outreach
from tests.outreach.sequences.doing import CALL, EMAIL, SMS, do, enrolled, running, told, undo
from tests.outreach.sequences.travelling import travel

MONDAY = datetime(2026, 11, 16, 16, tzinfo=UTC)
POINTING = (Call, CallTarget, Enrolment, InboundMessage, Message, MessageFact, UnsubscribeLink)

pytestmark = pytest.mark.usefixtures("senders")


def somebody(rosa: Actor, *, name: str = "Dana Ortiz", beside: Contact | None = None) -> Contact:
    home = beside.account if beside else outreach.account("Lone Star", owner=rosa, state="TX", zip="75201")
    person = outreach.contact(home, name=name)
    outreach.says_yes(person, "email", "sms", "call", at=MONDAY - timedelta(days=3))
    return person


def owners() -> dict[tuple[str, Any], tuple[int | None, int | None]]:
    """Of every row of outreach that names a person: which contact and account, as plain numbers."""
    return {
        (model.__name__, row.pk): (row.contact_id, row.account_id) for model in POINTING for row in model.objects.all()
    }


def enrolments(rows: Iterable[Enrolment]) -> list[tuple[int, str]]:
    return sorted((row.contact_id, row.state) for row in rows)


@pytest.fixture
def everywhere(max_: Actor, rosa: Actor) -> Contact:
    """Somebody who was mailed and called by a sequence, wrote back, and whose mail carries a way out."""
    person = somebody(rosa, name="D. Ortiz")
    made = running(max_, EMAIL, CALL, at=MONDAY)
    enrolled(rosa, made["id"], person.pk, at=MONDAY)
    travel(MONDAY, MONDAY + timedelta(hours=2))
    target = CallTarget.objects.get()
    at = MONDAY + timedelta(hours=2)
    do("takeCall", rosa, at=at, targetId=target.pk)
    call = do("startCall", rosa, at=at, targetId=target.pk)
    do("logCallOutcome", rosa, at=at, callId=call["callId"], disposition="connected")
    InboundMessage.objects.create(
        channel="email", source="test", key="1", from_address=outreach.address_of(person, "email"), contact=person,
        account=person.account, enrolment=Enrolment.objects.get(), received_at=at, stored_at=at,
    )  # fmt: skip
    return person


@pytest.mark.parametrize("entity", ["contact", "account"])
def test_everything_moves_and_goes_back(entity: str, max_: Actor, rosa: Actor, everywhere: Contact) -> None:
    winner = somebody(rosa, beside=everywhere if entity == "contact" else None)
    was = owners()
    assert {name for name, _ in was} == {model.__name__ for model in POINTING}
    proofs = list(Receipt.objects.order_by("pk").values_list("contact_id", "account_id"))
    if entity == "contact":
        merged = told("mergeContacts", max_, at=MONDAY, winnerId=winner.pk, loserIds=[everywhere.pk])
        now = {(winner.pk, winner.account_id)}
    else:
        given = {"winnerId": winner.account_id, "loserIds": [everywhere.account_id]}
        merged = told("mergeAccounts", max_, at=MONDAY, **given)
        now = {(everywhere.pk, winner.account_id)}
    assert set(owners().values()) == now
    assert list(Receipt.objects.order_by("pk").values_list("contact_id", "account_id")) == proofs
    undo(merged, max_, at=MONDAY)
    assert owners() == was


def test_both_were_in_it_and_undo_parts_them_again(max_: Actor, rosa: Actor) -> None:
    kept = somebody(rosa)
    double = somebody(rosa, name="D. Ortiz", beside=kept)
    made = running(max_, EMAIL, SMS, at=MONDAY)
    enrolled(rosa, made["id"], kept.pk, double.pk, at=MONDAY)
    travel(MONDAY, MONDAY + timedelta(hours=1))
    was = owners()
    facts = set(MessageFact.objects.values_list("message", "enrolment_id", "enrolled_at"))
    history = set(EnrolmentChange.objects.values_list("pk", "enrolment_id"))
    merged = told("mergeContacts", max_, at=MONDAY + timedelta(hours=1), winnerId=kept.pk, loserIds=[double.pk])
    row = Enrolment.objects.get()
    assert (row.contact_id, row.messages.count()) == (kept.pk, 4)
    assert set(MessageFact.objects.values_list("contact_id", "enrolment_id")) == {(kept.pk, row.pk)}
    undo(merged, max_, at=MONDAY + timedelta(hours=1))
    assert owners() == was
    assert set(EnrolmentChange.objects.values_list("pk", "enrolment_id")) >= history
    assert set(MessageFact.objects.values_list("message", "enrolment_id", "enrolled_at")) == facts


def test_of_three_who_become_one_only_one_goes_on(max_: Actor, rosa: Actor) -> None:
    kept = somebody(rosa)
    doubles = [somebody(rosa, name=f"D. Ortiz {number}", beside=kept) for number in range(2)]
    made = running(max_, EMAIL, at=MONDAY)
    enrolled(rosa, made["id"], *(each.pk for each in doubles), at=MONDAY)
    engine.advance_due(at=MONDAY)
    do("mergeContacts", max_, at=MONDAY, winnerId=kept.pk, loserIds=[each.pk for each in doubles])
    assert enrolments(Enrolment.objects.all()) == [(kept.pk, "active")]
    travel(MONDAY, MONDAY + timedelta(hours=2))
    assert sorted(Message.objects.values_list("state", flat=True)) == ["accepted", "cancelled"]


def test_who_answered_under_another_name_gets_no_more(max_: Actor, rosa: Actor) -> None:
    kept = somebody(rosa)
    double = somebody(rosa, name="D. Ortiz", beside=kept)
    made = running(max_, EMAIL, SMS, at=MONDAY, options={"stopWhenColleagueReplies": False})
    enrolled(rosa, made["id"], kept.pk, double.pk, at=MONDAY)
    stops.stop_contact(contact_id=double.pk, reason=EnrolmentState.REPLIED, at=MONDAY, why="They replied.")
    do("mergeContacts", max_, at=MONDAY, winnerId=kept.pk, loserIds=[double.pk])
    assert enrolments(Enrolment.objects.all()) == [(kept.pk, "stopped")]


def test_a_call_that_both_wait_for_is_made_once(max_: Actor, rosa: Actor) -> None:
    kept = somebody(rosa)
    double = somebody(rosa, name="D. Ortiz", beside=kept)
    made = running(max_, CALL, at=MONDAY)
    enrolled(rosa, made["id"], kept.pk, double.pk, at=MONDAY)
    engine.advance_due(at=MONDAY)
    assert CallTarget.objects.filter(state="queued").count() == 2
    do("mergeContacts", max_, at=MONDAY, winnerId=kept.pk, loserIds=[double.pk])
    target, row = CallTarget.objects.get(), Enrolment.objects.get()
    assert (target.contact_id, target.state, target.enrolment_id) == (kept.pk, "queued", row.pk)
    assert (row.contact_id, row.state) == (kept.pk, "active")
