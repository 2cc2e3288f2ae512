"""The two texts that answer by themselves leave in time: the confirmation of an opt-out, and help for whoever asks."""

from __future__ import annotations

from datetime import timedelta

from headhaul.accounts.models import Contact
from headhaul.kernel import Actor
from headhaul.outreach.choices import Channel
from headhaul.outreach.inbound.incoming import Incoming
from headhaul.outreach.models import Message
from headhaul.outreach.services import claiming, receiving
from tests.factories import outreach
from tests.outreach.delivery.conftest import NOW, Plan, deliver

CHICAGO, NOWHERE = "+13125550199", "+18005550199"


def texted(words: str, *, number: str, sender_id: int) -> None:
    came = Incoming(
        Channel.SMS, "webhook:twilio", f"{words}{number}", number, NOW, text=words, fresh=words, sender_id=sender_id
    )
    receiving.receive(came, at=NOW)


def backlog(plan: Plan, rosa: Actor, sender_id: int, count: int) -> None:
    for number in range(count):
        person: Contact = outreach.contact(outreach.account(owner=rosa, state="TX"))
        outreach.says_yes(person, "sms", at=NOW - timedelta(days=1))
        due = NOW - timedelta(hours=1)
        plan(f"old{number}", to=person, channel="sms", text="Hi. Reply STOP to end.", sender_id=sender_id, due_at=due)


def test_the_confirmation_of_an_opt_out_waits_behind_nothing(plan: Plan, rosa: Actor, dana: Contact) -> None:
    line = outreach.sender("sms", spacing_seconds=60)
    backlog(plan, rosa, line.pk, 6)
    texted("STOP", number=outreach.address_of(dana, "sms"), sender_id=line.pk)
    notice = Message.objects.get(purpose="notice")
    assert claiming.claim(owner="w", at=NOW, limit=2).message_ids[0] == notice.pk
    Message.objects.update(state="queued", lease_owner="", lease_until=None)
    assert deliver(limit=3).ended["accepted"] == 2
    notice.refresh_from_db()
    assert notice.state == "accepted"


def test_confirmations_do_not_wait_for_the_pause_of_their_number(plan: Plan, rosa: Actor, dana: Contact) -> None:
    line = outreach.sender("sms", spacing_seconds=60)
    backlog(plan, rosa, line.pk, 3)
    assert deliver().ended == {"accepted": 1, "deferred": 2}
    texted("STOP", number=outreach.address_of(dana, "sms"), sender_id=line.pk)
    texted("STOP", number=CHICAGO, sender_id=line.pk)
    assert deliver().ended == {"accepted": 2}


def test_whoever_asks_for_help_gets_it_contact_or_not() -> None:
    line = outreach.sender("sms")
    texted("HELP", number=CHICAGO, sender_id=line.pk)
    assert deliver().ended == {"accepted": 1}
    assert Message.objects.get().address == CHICAGO


def test_help_for_a_number_that_may_be_anywhere_waits_until_it_is_day_everywhere() -> None:
    line = outreach.sender("sms")
    texted("HELP", number=NOWHERE, sender_id=line.pk)
    assert deliver().ended == {"deferred": 1}
    assert Message.objects.get().held_rule == "quiet_hours"


def test_an_answer_to_somebody_whose_contact_is_gone_does_not_leave(plan: Plan) -> None:
    message = plan(purpose="reply", contact_id=None)
    deliver()
    message.refresh_from_db()
    assert (message.state, message.result_text) == ("cancelled", "The contact was removed.")
