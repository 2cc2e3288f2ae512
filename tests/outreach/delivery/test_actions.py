"""Writing by hand and the outbox, as people and agents use them."""

from __future__ import annotations

from typing import Any

import pytest

from headhaul.accounts.models import Contact
from headhaul.compliance.services import suppression
from headhaul.kernel import SYSTEM, Actor, ComplianceRefused, Forbidden, NotFound, Role
from headhaul.outreach.models import Message, SendAttempt
from headhaul.outreach.services import outbox
from tests.activities.conftest import do, replied
from tests.factories import outreach
from tests.factories.market import person
from tests.outreach.delivery.conftest import NOW, Plan, deliver

MAIL = {"subject": "Drivers for Lone Star", "text": "Are you short of reefer drivers this month?"}


def say(name: str, actor: Actor, **data: Any) -> Any:
    return do(name, actor, at=NOW, **data)


def test_an_email_by_hand_goes_out_and_stands_on_the_timeline_once(rosa: Actor, dana: Contact) -> None:
    planned = say("sendEmail", rosa, contactId=dana.pk, **MAIL).message
    assert (planned.state, planned.held_reason) == ("queued", "")
    assert deliver()["accepted"] == 1
    entries = [each for each in say("getTimeline", rosa, accountId=dana.account_id).items if each.kind == "email"]
    assert [(each.outcome, each.direction, each.body) for each in entries] == [("accepted", "out", MAIL["text"])]
    assert "kept in the sandbox" in entries[0].title


def test_it_is_shown_as_it_would_look_with_its_proof(rosa: Actor, dana: Contact) -> None:
    planned = say("sendEmail", rosa, contactId=dana.pk, **MAIL).message
    deliver()
    shown = say("getMessage", rosa, messageId=str(planned.id))
    assert shown.look.is_sandbox
    assert "100 Main St, Dallas, TX 75201" in shown.look.text
    assert shown.look.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert [each.outcome for each in shown.attempts] == ["accepted"]
    assert shown.receipts[0].outcome == "allow"
    assert shown.body_hash == shown.approved_hash


def test_a_text_at_night_waits_and_says_until_when(rosa: Actor, dana: Contact) -> None:
    night = NOW.replace(hour=9)  # three in the morning in Chicago
    planned = do("sendSms", rosa, at=night, contactId=dana.pk, text="Short of drivers?").message
    assert planned.state == "queued"
    assert planned.held_reason
    assert night < planned.due_at <= NOW
    assert say("getOutbox", rosa, isHeld=True).items[0].id == planned.id


def test_whoever_opted_out_is_not_even_planned_for(rosa: Actor, dana: Contact) -> None:
    address = outreach.address_of(dana, "email")
    suppression.add(scope="address", key=address, channel="email", reason="opt_out", source="letter", at=NOW, by=SYSTEM)
    with pytest.raises(ComplianceRefused):
        say("sendEmail", rosa, contactId=dana.pk, **MAIL)
    assert not Message.objects.exists()


def test_undo_calls_it_off_while_it_waits(rosa: Actor, dana: Contact) -> None:
    reply = replied("sendEmail", rosa, at=NOW, contactId=dana.pk, **MAIL)
    say("undoAction", rosa, undoId=reply.undo_id)
    assert Message.objects.get().state == "cancelled"
    assert deliver().claimed == 0


def test_what_left_cannot_be_called_off(rosa: Actor, dana: Contact) -> None:
    planned = say("sendEmail", rosa, contactId=dana.pk, **MAIL).message
    deliver()
    with pytest.raises(outbox.NotToBeCancelled, match="accepted"):
        say("cancelMessage", rosa, messageId=str(planned.id))


def test_a_manager_may_send_again_what_nobody_knows_about_and_a_rep_may_not(rosa: Actor, max_: Actor) -> None:
    lost = outreach.message(outreach.contact(owner=rosa), state="unknown_final")
    with pytest.raises(Forbidden):
        say("requeueMessage", rosa, messageId=str(lost.pk), reason="They got nothing.")
    row = say("requeueMessage", max_, messageId=str(lost.pk), reason="They got nothing.").message
    assert row.state == "queued"
    assert SendAttempt.objects.get().outcome == "overruled"
    with pytest.raises(outbox.NotToBeRequeued):
        say("requeueMessage", max_, messageId=str(lost.pk), reason="Once more.")


def test_a_draft_leaves_only_as_it_was_approved(rosa: Actor, plan: Plan) -> None:
    draft = plan(needs_approval=True)
    assert deliver().claimed == 0
    say("approveMessage", rosa, messageId=str(draft.pk))
    Message.objects.filter(pk=draft.pk).update(text="Changed afterwards")
    assert deliver()["cancelled"] == 1


def test_a_rep_sees_only_messages_of_accounts_they_see(rosa: Actor, plan: Plan, ada: Actor) -> None:
    say("saveSettings", ada, section="visibility", expectedVersion=0, values={"reps": "own"})
    mine = plan()
    theirs = outreach.message(outreach.contact(owner=person("Rick", Role.REP)))
    assert [row.id for row in say("getOutbox", rosa).items] == [mine.pk]
    with pytest.raises(NotFound):
        say("getMessage", rosa, messageId=str(theirs.pk))
    with pytest.raises(NotFound):
        say("cancelMessage", rosa, messageId=str(theirs.pk))


def test_the_outbox_is_read_page_by_page(max_: Actor, plan: Plan) -> None:
    for number in range(5):
        plan(f"m{number}")
    first = say("getOutbox", max_, limit=2, states=["queued"])
    second = say("getOutbox", max_, limit=2, states=["queued"], cursor=first.next_cursor)
    third = say("getOutbox", max_, limit=2, states=["queued"], cursor=second.next_cursor)
    keys = [row.id for page in (first, second, third) for row in page.items]
    assert (len(keys), len(set(keys)), third.next_cursor) == (5, 5, None)
    assert (first.total, first.counts) == (5, {"queued": 5})
