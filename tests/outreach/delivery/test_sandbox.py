"""The whole way through the sandbox: planned once, decided, written down, handed over, shown."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes, policy
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from headhaul.accounts.models import AccountPulse, Contact
from headhaul.compliance.models import CapUse, Receipt
from headhaul.compliance.services import suppression
from headhaul.kernel import SYSTEM
from headhaul.outreach.gateways.base import Outgoing
from headhaul.outreach.gateways.sandbox import Sandbox
from headhaul.outreach.models import Message, SendAttempt
from headhaul.outreach.services import composing, outbox, senders
from tests.factories import outreach
from tests.outreach.delivery.conftest import NOW, Plan, deliver


def test_planned_twice_is_planned_once_and_sent_once(plan: Plan) -> None:
    assert plan("same").pk == plan("same").pk
    assert deliver()["accepted"] == 1
    assert deliver().claimed == 0
    assert SendAttempt.objects.count() == 1


def test_what_left_has_a_receipt_uses_the_limits_and_touches_the_account(plan: Plan, dana: Contact) -> None:
    message = plan()
    deliver()
    message.refresh_from_db()
    attempt = SendAttempt.objects.get(message=message)
    receipt = Receipt.objects.get(pk=attempt.receipt_id)
    assert (message.state, attempt.outcome, receipt.outcome) == ("accepted", "accepted", "allow")
    assert (receipt.attempt_id, receipt.message_id, receipt.body_hash) == (attempt.pk, message.pk, message.body_hash)
    assert message.provider_id == f"sandbox-{attempt.pk}"
    assert message.rfc_id.startswith(f"<{attempt.pk}@")
    assert {use.used for use in CapUse.objects.all()} == {1}
    assert AccountPulse.objects.get(account=dana.account).last_touch_at == NOW


def test_a_denial_calls_the_message_off_and_says_why(plan: Plan) -> None:
    message = plan()
    suppression.add(
        scope="address", key=message.address, channel="email", reason="opt_out", source="letter", at=NOW, by=SYSTEM
    )
    assert deliver()["cancelled"] == 1
    message.refresh_from_db()
    assert message.result_code
    assert "opt" in message.result_text.lower()
    assert not SendAttempt.objects.exists()
    assert Receipt.objects.get(message_id=message.pk).outcome == "deny"
    assert not CapUse.objects.filter(used__gt=0).exists()


def test_an_unlawful_hour_makes_it_wait_until_the_lawful_one(plan: Plan) -> None:
    message = plan(channel="sms", due_at=NOW.replace(hour=11))
    early = NOW.replace(hour=11)  # five in the morning in Chicago
    assert deliver(early)["deferred"] == 1
    message.refresh_from_db()
    assert message.state == "queued"
    assert message.held_reason
    assert early < message.due_at <= NOW
    assert deliver(message.due_at)["accepted"] == 1
    message.refresh_from_db()
    assert message.held_reason == ""


def test_a_text_says_until_when_it_may_arrive_and_waits_when_that_is_a_moment(
    plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed: list[Outgoing] = []
    taken = Sandbox.send
    monkeypatch.setattr(
        Sandbox, "send", lambda self, outgoing, **more: handed.append(outgoing) or taken(self, outgoing, **more)
    )
    closes = NOW.replace(day=19, hour=2, minute=45)  # a quarter to nine in the evening in Chicago
    late, later = plan("late", channel="sms"), plan("later", channel="sms", due_at=closes - timedelta(seconds=40))
    assert deliver(closes - timedelta(minutes=2))["accepted"] == 1
    assert [(each.message_id, each.closes_at) for each in handed] == [(late.pk, closes)]
    assert deliver(closes - timedelta(seconds=40))["deferred"] == 1
    later.refresh_from_db()
    assert (later.state, later.held_rule, later.due_at, later.tries) == ("queued", "quiet_hours", closes, 0)
    assert deliver(closes)["deferred"] == 1
    later.refresh_from_db()
    assert later.due_at.astimezone(ZoneInfo("America/Denver")).strftime("%d %H:%M") == "19 09:05"


def test_a_text_that_changed_after_its_approval_does_not_leave(plan: Plan) -> None:
    message = plan()
    Message.objects.filter(pk=message.pk).update(text="Something else entirely")
    assert deliver()["cancelled"] == 1
    message.refresh_from_db()
    assert message.result_code == "not_approved"


def test_what_went_stale_is_never_sent(plan: Plan) -> None:
    message = plan(not_after=NOW)
    deliver()
    message.refresh_from_db()
    assert message.state == "expired"


def test_a_contact_that_is_gone_gets_nothing(plan: Plan, dana: Contact) -> None:
    message = plan()
    dana.contactemail_set.all().delete() if hasattr(dana, "contactemail_set") else dana.emails.all().delete()
    deliver()
    message.refresh_from_db()
    assert (message.state, message.result_code) == ("cancelled", "address_gone")


def test_called_off_before_it_left(plan: Plan, dana: Contact) -> None:
    plan("a"), plan("b", channel="sms")
    assert outbox.cancel(contact_id=dana.pk, reason="They called us.", at=NOW) == 2
    assert deliver().claimed == 0


def test_an_email_carries_what_the_law_and_mailbox_providers_ask_for(plan: Plan) -> None:
    message = plan(html="<html><body><p>Hi <b>Dana</b></p></body></html>")
    box = outreach.sender("email", reply_domain="in.headhaul.example", name="Rosa Rep")
    attempt = uuid4()
    made = composing.compose(message=message, sender=senders.options_of(box), attempt_id=attempt, at=NOW)
    again = composing.compose(message=message, sender=senders.options_of(box), attempt_id=attempt, at=NOW)
    assert made.outgoing.mime == again.outgoing.mime
    mail = message_from_bytes(made.outgoing.mime, policy=policy.default)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Unsubscribe"].startswith("<http")
    assert "mailto:reply+" in mail["List-Unsubscribe"]
    assert mail["Reply-To"].endswith("@in.headhaul.example")
    assert made.outgoing.envelope_from.startswith("bounce+")
    assert mail["Message-ID"] == f"<{attempt}@headhaul.example>"
    for kind in ("plain", "html"):
        body = mail.get_body((kind,))
        assert body is not None
        assert "100 Main St, Dallas, TX 75201" in body.get_content()
        assert "/u/" in body.get_content()


def test_a_text_says_how_to_opt_out_once(plan: Plan) -> None:
    options = senders.options_of(outreach.sender("sms"))
    silent = plan("a", channel="sms", text="Short of drivers?")
    says_it = plan("b", channel="sms", text="Short of drivers? Text STOP to end.")
    texts = [
        composing.compose(message=each, sender=options, attempt_id=uuid4(), at=NOW).outgoing.text
        for each in (silent, says_it)
    ]
    assert texts == ["Short of drivers? Reply STOP to opt out.", "Short of drivers? Text STOP to end."]
