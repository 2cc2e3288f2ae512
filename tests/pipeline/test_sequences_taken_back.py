"""A move that is taken back takes back what it did to sequences, and nothing that anybody else did to them since."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from headhaul.accounts.models import Account, Contact
from headhaul.compliance.choices import ConsentChannel, Scope, SuppressionReason
from headhaul.compliance.preferences import Firm
from headhaul.compliance.services import suppression
from headhaul.compliance.services.suppression import Denial
from headhaul.kernel import SYSTEM, Actor
from headhaul.outreach.choices import Channel, EnrolmentState, TargetState
from headhaul.outreach.models import CallTarget, Enrolment, EnrolmentBefore, Message, Sequence
from headhaul.outreach.schemas.drafts import Draft
from headhaul.outreach.services import outbox, putting_back
from headhaul.outreach.services.engine import advance_due
from headhaul.preferences.services.values import save
from tests.factories import outreach
from tests.factories.market import NOON
from tests.outreach.sequences.doing import EMAIL, SMS, WAIT
from tests.pipeline.doing import do, told, undo

pytestmark = pytest.mark.django_db

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
LATER = NOON + DAY
MONDAY = datetime(2026, 11, 23, 16, tzinfo=UTC)  # ten in the morning where they are
ENDS = {"stopWhenStageChanges": True}
WHAT = ("state", "step_key", "next_at", "held_rule", "held_reason", "tries", "ended_at", "ended_reason")
Opened = Callable[..., Any]


@pytest.fixture
def sender(db: None) -> Any:
    """The firm may send, from a mailbox of the sandbox."""
    values = {"name": "Headhaul Recruiting", "postalAddress": "100 Main St, Dallas, TX 75201"}
    save(section=Firm, values=values, expected_version=0, by=SYSTEM, at=MONDAY - DAY)
    outreach.sender("call")
    return outreach.sender("email")


@pytest.fixture
def sequence(db: None) -> Sequence:
    return outreach.sequence(steps=[EMAIL, WAIT, SMS], options=ENDS)


@pytest.fixture
def person(account: Account) -> Contact:
    return outreach.contact(account)


def was(row: Enrolment) -> dict[str, Any]:
    return dict(Enrolment.objects.filter(pk=row.pk).values(*WHAT).get())


def moved(deal: Any, rosa: Actor, *, to: str = "discovery", version: int = 1, at: Any = LATER) -> Any:
    return told("moveStage", rosa, opportunityId=deal.id, version=version, toStage=to, at=at)


def note(reply: Any) -> str:
    return " ".join(reply.payload.notes)


@pytest.mark.parametrize(
    "stands",
    [
        {"state": "waiting", "step_key": "nudge", "next_at": NOON + 3 * DAY},
        {"state": "held", "step_key": "nudge", "next_at": NOON + DAY, "held_rule": "L3", "held_reason": "Night."},
        {"state": "paused", "step_key": "pause", "next_at": None},
    ],
    ids=lambda each: each["state"],
)
def test_it_stands_where_it_stood(
    opened: Opened, sequence: Sequence, person: Contact, rosa: Actor, stands: dict[str, Any]
) -> None:
    deal, row = opened(), outreach.enrolment(sequence, person)
    Enrolment.objects.filter(pk=row.pk).update(**stands, tries=2)
    before = was(row)
    reply = moved(deal, rosa)
    assert was(row)["state"] == "stopped"
    back = undo(reply, rosa, at=LATER + MINUTE)
    assert was(row) == before
    assert note(back) == "1 sequence goes on."
    undo(back, rosa, at=LATER + 2 * MINUTE)
    assert was(row)["state"] == "stopped", "taking back what was taken back does it again"


def test_what_was_won_by_mistake_goes_on(opened: Opened, person: Contact, rosa: Actor) -> None:
    deal = opened()
    either = [outreach.enrolment(outreach.sequence(options=each), person) for each in (ENDS, {})]
    before = [was(row) for row in either]
    won = told("closeOpportunity", rosa, opportunityId=deal.id, version=1, outcome="won", amountCents=1000_00, at=LATER)
    assert [was(row)["state"] for row in either] == ["stopped", "stopped"]
    back = undo(won, rosa, at=LATER + MINUTE)
    assert [was(row) for row in either] == before
    assert note(back) == "2 sequences go on."
    undo(back, rosa, at=LATER + 2 * MINUTE)
    assert [was(row)["state"] for row in either] == ["stopped", "stopped"]


def planned(row: Enrolment, *, needs_approval: bool = False) -> Message:
    """Its first message is in the outbox."""
    if needs_approval:
        draft = Draft(
            dedupe_key=f"enrolment:{row.pk}:hello",
            channel=Channel.EMAIL,
            address=outreach.address_of(row.contact, "email"),
            text="Changed by hand",
            due_at=MONDAY,
            enrolment_id=row.pk,
            step_key="hello",
            needs_approval=True,
        )
        outbox.plan(draft=draft, at=MONDAY)
    advance_due(at=MONDAY + MINUTE)
    return Message.objects.get(enrolment=row)


@pytest.mark.parametrize("needs_approval", [False, True])
def test_what_was_called_off_is_planned_once_more(
    opened: Opened, sequence: Sequence, person: Contact, rosa: Actor, sender: Any, needs_approval: bool
) -> None:
    deal = opened()
    row = outreach.enrolment(sequence, person, state="waiting", step_key="hello", next_at=MONDAY, owner=rosa)
    first = planned(row, needs_approval=needs_approval)
    reply = moved(deal, rosa, at=MONDAY + 2 * MINUTE)
    first.refresh_from_db()
    assert first.state == "cancelled"
    undo(reply, rosa, at=MONDAY + 3 * MINUTE)
    again = Message.objects.exclude(pk=first.pk).get(enrolment=row)
    same = ("text", "subject", "address", "due_at", "not_after", "approved_hash", "step_key", "sender_id", "user_id")
    assert [getattr(again, name) for name in same] == [getattr(first, name) for name in same]
    assert again.state == ("draft" if needs_approval else "queued")
    advance_due(at=MONDAY + 10 * MINUTE)
    outbox.plan_again(enrolment_id=row.pk, step_key="hello", called_off_at=first.ended_at or MONDAY, at=MONDAY)
    assert Message.objects.filter(enrolment=row).exclude(state="cancelled").count() == 1, "never doubled"


def test_what_has_gone_stale_is_not_planned_again(
    opened: Opened, sequence: Sequence, person: Contact, rosa: Actor, sender: Any
) -> None:
    deal = opened()
    row = outreach.enrolment(sequence, person, state="waiting", step_key="hello", next_at=MONDAY, owner=rosa)
    first = planned(row)
    reply = moved(deal, rosa, at=MONDAY + 2 * MINUTE)
    undo(reply, rosa, at=first.not_after + MINUTE)
    assert Message.objects.filter(enrolment=row).count() == 1


def opts_out(person: Contact, channel: str) -> None:
    address = outreach.address_of(person, channel)
    reason = SuppressionReason.OPT_OUT
    denial = Denial(Scope.ADDRESS, address, ConsentChannel(channel), reason, "by telephone", "No more")
    suppression.add_many(denials=[denial], at=LATER + MINUTE, by=SYSTEM)


def logs(rosa: Actor, person: Contact, **data: Any) -> None:
    do("logActivity", rosa, accountId=person.account_id, contactId=person.pk, at=LATER + MINUTE, **data)


MEANWHILE: dict[str, Callable[[Contact, Enrolment, Actor], None]] = {
    "a denial of one of its channels": lambda person, row, rosa: opts_out(person, "sms"),
    "a meeting": lambda person, row, rosa: logs(rosa, person, type="meeting", subject="Met"),
    "an answer": lambda person, row, rosa: logs(rosa, person, type="email", direction="in", subject="Yes?"),
    "somebody stopped it": lambda person, row, rosa: do("stopEnrollment", rosa, enrolmentIds=[row.pk], at=LATER),
    "they left": lambda person, row, rosa: do(
        "updateContact", rosa, contactId=person.pk, version=person.version, hasLeft=True, at=LATER + MINUTE
    ),
}


@pytest.mark.parametrize("meanwhile", MEANWHILE.values(), ids=MEANWHILE)
def test_what_something_else_would_have_ended_stays_ended(
    opened: Opened,
    sequence: Sequence,
    person: Contact,
    rosa: Actor,
    meanwhile: Callable[[Contact, Enrolment, Actor], None],
) -> None:
    deal, row = opened(), outreach.enrolment(sequence, person)
    reply = moved(deal, rosa)
    meanwhile(person, row, rosa)
    back = undo(reply, rosa, at=LATER + 2 * MINUTE)
    assert was(row)["state"] == "stopped"
    assert "goes on" not in note(back)


def test_two_moves_have_to_be_taken_back(opened: Opened, sequence: Sequence, person: Contact, rosa: Actor) -> None:
    first, second, row = opened(), opened(name="Another"), outreach.enrolment(sequence, person)
    before = was(row)
    replies = [moved(first, rosa), moved(second, rosa, at=LATER + MINUTE)]
    back = undo(replies[0], rosa, at=LATER + 2 * MINUTE)
    assert was(row)["state"] == "stopped"
    assert note(back) == "1 stays ended: Something else has ended it too."
    assert note(undo(replies[1], rosa, at=LATER + 3 * MINUTE)) == "1 sequence goes on."
    assert was(row) == before


def test_who_was_resumed_and_ended_since_is_not_resumed_again(
    opened: Opened, sequence: Sequence, person: Contact, rosa: Actor
) -> None:
    deal, row = opened(), outreach.enrolment(sequence, person)
    reply = moved(deal, rosa)
    do("resumeEnrollment", rosa, enrolmentIds=[row.pk], at=LATER + MINUTE)
    Enrolment.objects.filter(pk=row.pk).update(state=EnrolmentState.FINISHED, ended_at=LATER, next_at=None)
    undo(reply, rosa, at=LATER + 2 * MINUTE)
    assert was(row)["state"] == "finished"


def test_a_call_that_was_asked_for_waits_again(opened: Opened, person: Contact, rosa: Actor, sender: Any) -> None:
    steps = [{"key": "ring", "kind": "call", "body": "Ask about drivers."}]
    deal = opened()
    made = outreach.sequence(steps=steps, options=ENDS)
    row = outreach.enrolment(made, person, state="waiting", step_key="ring", next_at=MONDAY, owner=rosa)
    outreach.says_yes(person, "call", at=MONDAY - DAY)
    advance_due(at=MONDAY + MINUTE)
    target = CallTarget.objects.get(enrolment_id=row.pk)
    reply = moved(deal, rosa, at=MONDAY + 2 * MINUTE)
    assert CallTarget.objects.get(pk=target.pk).state == TargetState.SKIPPED
    undo(reply, rosa, at=MONDAY + 3 * MINUTE)
    assert CallTarget.objects.get().state == TargetState.QUEUED


def test_what_is_too_old_to_be_taken_back_is_forgotten(
    opened: Opened, sequence: Sequence, person: Contact, rosa: Actor
) -> None:
    deal = opened()
    outreach.enrolment(sequence, person)
    moved(deal, rosa)
    assert putting_back.prune(at=LATER + 29 * DAY) == 0
    assert putting_back.prune(at=LATER + 31 * DAY) == 1
    assert not EnrolmentBefore.objects.exists()
