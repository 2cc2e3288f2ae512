"""Quick actions pass the compliance gate, are logged as started, and say how to go on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from headhaul import compliance
from headhaul.accounts.models import Account, Contact, ContactEmail
from headhaul.activities.errors import ContactGone, NoAddress
from headhaul.activities.models import Activity
from headhaul.compliance import Decision
from headhaul.kernel import Actor, ComplianceRefused, Recipient
from tests.activities.conftest import account_named, do, replied
from tests.cast import NOON

pytestmark = pytest.mark.django_db


class Rules:
    """Allows all but one address, and remembers who was asked for."""

    def __init__(self) -> None:
        self.asked: list[Recipient] = []

    def decide(self, recipient: Recipient, *, at: datetime, **_: object) -> Decision:
        self.asked.append(recipient)
        return Decision(recipient.address != "+12145550100", rule="dnc", reason="They asked not to be called.")


@pytest.fixture
def rules() -> Iterator[Rules]:
    """In charge for one test."""
    made = Rules()
    before = compliance.install(made)
    yield made
    compliance.install(before)


def test_a_call_is_cleared_logged_as_started_and_dialled(
    rosa: Actor, account: Account, dana: Contact, rules: Rules
) -> None:
    reply = replied("quickAction", rosa, kind="call", accountId=account.pk, contactId=dana.pk)
    done = reply.payload
    (asked,) = rules.asked
    assert (asked.channel, asked.address, asked.contact_id, asked.account_id) == (
        *("call", "+12145550111"),
        *(dana.pk, account.pk),
    )
    assert "America/Chicago" in asked.zones
    assert "TX" in asked.states
    assert (done.next.href, done.next.who, done.next.timezone) == ("tel:+12145550111", "Dana Ortiz", "America/Chicago")
    assert done.next.local_time.isoformat() == "2026-11-18T06:00:00-06:00"
    entry = do("getTimeline", rosa, accountId=account.pk).items[0]
    assert (entry.title, entry.outcome, entry.direction) == ("Call started", "", "out")
    do("updateActivity", rosa, activityId=done.activity.id, version=1, outcome="voicemail")
    assert do("getTimeline", rosa, accountId=account.pk).items[0].title == "Call"


def test_undo_takes_back_what_was_not_done_after_all(
    rosa: Actor, account: Account, dana: Contact, rules: Rules
) -> None:
    reply = replied("quickAction", rosa, kind="sms", accountId=account.pk, contactId=dana.pk, text="Hi & bye?")
    assert reply.payload.next.href == "sms:+12145550111?body=Hi%20%26%20bye%3F"
    do("undoAction", rosa, undoId=reply.undo_id)
    assert not Activity.objects.exists()


def test_a_mail_opens_with_subject_and_text(rosa: Actor, account: Account, dana: Contact, rules: Rules) -> None:
    done = do(
        "quickAction", rosa, kind="email", accountId=account.pk, contactId=dana.pk, subject="12 drivers", text="Hi"
    )
    assert done.next.href == "mailto:dana@lonestar.example?subject=12%20drivers&body=Hi"


def test_a_refusal_of_the_gate_leaves_nothing(rosa: Actor, account: Account, rules: Rules) -> None:
    with pytest.raises(ComplianceRefused):
        do("quickAction", rosa, kind="call", accountId=account.pk)
    assert not Activity.objects.exists()


def test_without_rules_nobody_is_reached_but_tasks_notes_and_meetings_go_on(rosa: Actor, account: Account) -> None:
    before = compliance.install(None)
    try:
        with pytest.raises(ComplianceRefused):
            do("quickAction", rosa, kind="email", accountId=account.pk)
        for kind in ("task", "note", "meeting"):
            done = do("quickAction", rosa, kind=kind, accountId=account.pk, subject="Look", text="in")
            assert (done.activity.type, done.activity.body, done.next) == (kind, "in", None)
    finally:
        compliance.install(before)


def test_what_bounced_is_no_address(rosa: Actor, account: Account, dana: Contact, rules: Rules) -> None:
    ContactEmail.objects.update(validity="bounced")
    with pytest.raises(NoAddress):
        do("quickAction", rosa, kind="email", accountId=account.pk, contactId=dana.pk)
    assert rules.asked == []


def test_a_contact_is_of_the_account_that_was_named(rosa: Actor, dana: Contact, rules: Rules) -> None:
    with pytest.raises(ContactGone):
        do("quickAction", rosa, kind="call", accountId=account_named("Other").pk, contactId=dana.pk)


def test_an_unknown_clock_is_not_guessed(rosa: Actor, account: Account, rules: Rules) -> None:
    done = do("quickAction", rosa, kind="email", accountId=account.pk)
    assert (done.next.address, done.next.local_time, done.next.timezone) == ("office@lonestar.example", None, "")


def test_a_task_can_be_due(rosa: Actor, account: Account) -> None:
    due = (NOON + timedelta(days=2)).isoformat()
    done = do("quickAction", rosa, kind="task", accountId=account.pk, subject="Rates", dueAt=due)
    assert done.activity.due_at.isoformat() == due
