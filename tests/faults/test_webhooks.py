"""Providers repeat, shuffle and are impersonated. HEADHAUL_FAULTS=full posts 2,000 events five times instead of 100."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from pytest_django import Settings
from twilio.request_validator import RequestValidator

from headhaul.api.webhooks import forgeries
from headhaul.compliance.models import Suppression
from headhaul.outreach.models import Message, MessageEvent, ProviderEvent, SendAttempt, Sender
from headhaul.outreach.services import provider_events, results
from tests.fakes import signing
from tests.fakes.twilio_server import ACCOUNT, TOKEN
from tests.outreach.webhooks import posting

pytestmark = pytest.mark.django_db
IS_FULL = os.environ.get("HEADHAUL_FAULTS") == "full"
EVENTS, TIMES = (2_000, 5) if IS_FULL else (100, 5)
FORGERIES = 1_000 if IS_FULL else 60

MAILS: tuple[tuple[dict[str, str], ...], ...] = (
    ({"event": "processed"}, {"event": "delivered"}, {"event": "open"}),
    ({"event": "deferred", "response": "451 later"}, {"event": "delivered"}, {"event": "spamreport"}),
    ({"event": "processed"}, {"event": "bounce", "type": "bounce", "reason": "550 5.1.1 no such user"}),
    ({"event": "processed"}, {"event": "bounce", "type": "blocked", "reason": "554 5.7.1 spam"}),
    ({"event": "delivered"}, {"event": "bounce", "type": "bounce", "reason": "550 5.1.1 no such user"}),
    ({"event": "dropped", "reason": "Bounced Address"},),
)
TEXTS: tuple[tuple[dict[str, str], ...], ...] = (
    ({"MessageStatus": "queued"}, {"MessageStatus": "sent"}, {"MessageStatus": "delivered"}),
    ({"MessageStatus": "sent"}, {"MessageStatus": "undelivered", "ErrorCode": "30003"}),
    ({"MessageStatus": "sent"}, {"MessageStatus": "undelivered", "ErrorCode": "30005"}),
    ({"MessageStatus": "failed", "ErrorCode": "21610"},),
)


@dataclass
class Post:
    """One event about one message, ready to be posted."""

    sender: Sender
    attempt: SendAttempt
    event: dict[str, Any]


@pytest.fixture(autouse=True)
def _public(settings: Settings) -> Iterator[None]:
    settings.PUBLIC_URL = "https://hire.example"
    yield
    forgeries._counts.clear()


def now() -> datetime:
    return datetime.now(UTC)


def histories(mailbox: Sender, number: Sender, events: int) -> list[list[Post]]:
    """What befalls messages, one list each, in the order in which it happened; each message still waits for answer."""
    found: list[list[Post]] = []
    while sum(map(len, found)) < events:
        kinds, sender = (MAILS, mailbox) if len(found) % 2 else (TEXTS, number)
        message, attempt = posting.sent(sender, state="dispatching")
        found.append(
            [
                Post(sender, attempt, words(message, attempt, event, step))
                for step, event in enumerate(kinds[len(found) // 2 % len(kinds)])
            ]
        )
    return found


def words(message: Message, attempt: SendAttempt, event: dict[str, str], step: int) -> dict[str, Any]:
    if message.channel == "sms":
        return {"MessageSid": sid(attempt), "To": message.address, "AccountSid": ACCOUNT} | event
    known = {"sg_event_id": f"{attempt.pk.hex}-{step}", "email": message.address, "anymail_id": sid(attempt)}
    stamp = int(now().timestamp()) - 60 + step
    return known | {"timestamp": stamp, "headhaul_attempt": str(attempt.pk)} | event


def sid(attempt: SendAttempt) -> str:
    return f"SM{attempt.pk.hex}"


def post(posts: list[Post]) -> None:
    """Texts one by one; mails in one batch."""
    for one in (each for each in posts if each.sender.channel == "sms"):
        url = posting.status_url(one.sender, one.attempt.pk)
        signature = RequestValidator(TOKEN).compute_signature(url, one.event)
        assert posting.post_form(url, one.event, signature) == 200
    if mails := [each for each in posts if each.sender.channel == "email"]:
        signed = signing.sendgrid([each.event for each in mails], now())
        assert posting.post_events(mails[0].sender, signed) == 200


def answer(history: list[Post]) -> None:
    """The provider's answer to the call, at last."""
    attempt = history[0].attempt
    results.accepted(attempt_id=attempt.pk, provider_id=sid(attempt), at=now())


def ends(all_of: list[list[Post]]) -> list[tuple[Any, ...]]:
    """Where each message stands, what was noted of it, and whether its address is closed."""
    closed = set(Suppression.objects.filter(is_lift=False).values_list("key", "reason"))
    found = []
    for history in all_of:
        message = Message.objects.get(pk=history[0].attempt.message_id)
        noted = sorted(MessageEvent.objects.filter(message=message).values_list("kind", flat=True))
        reasons = sorted(reason for key, reason in closed if key == message.address)
        attempts = [str(each.outcome) for each in message.attempts.all()]
        found.append((message.state, noted, reasons, attempts, message.provider_id == sid(history[0].attempt)))
    return found


def apply_all() -> None:
    while any(count for verdict, count in provider_events.apply_waiting(at=now()).items() if verdict != "waiting"):
        pass


def test_events_five_times_in_any_order_before_and_after_the_answer_end_as_those_in_order() -> None:
    mailbox, number = posting.by_service("sendgrid"), posting.by_twilio()
    straight, dice = histories(mailbox, number, EVENTS), random.Random(20261127)
    for history in straight:
        answer(history)
        for each in history:
            post([each])
            apply_all()

    tangled = histories(mailbox, number, EVENTS)
    posts = [each for history in tangled for each in history] * TIMES
    dice.shuffle(posts)
    late = [history for history in tangled if dice.random() < 0.5]
    for history in tangled:
        if history not in late:
            answer(history)
    for start in range(0, len(posts), 40):
        post(posts[start : start + 40])
        if dice.random() < 0.5:
            apply_all()
    for history in late:
        answer(history)
    apply_all()

    assert ends(tangled) == ends(straight)
    assert len(posts) >= EVENTS * TIMES
    once = len({(each.attempt.pk, json.dumps(each.event, sort_keys=True)) for each in posts})
    about = [history[0].attempt.pk for history in tangled]
    assert ProviderEvent.objects.filter(attempt_id__in=about).count() == once
    assert not ProviderEvent.objects.filter(applied_at=None).exists()


def test_the_whole_log_applied_again_and_shuffled_changes_nothing() -> None:
    mailbox, number = posting.by_service("sendgrid"), posting.by_twilio()
    all_of = histories(mailbox, number, EVENTS // 2)
    post([each for history in all_of for each in history])
    apply_all()
    before, log = ends(all_of), list(ProviderEvent.objects.values_list("pk", flat=True))
    dice = random.Random(7)
    for _ in range(2):
        dice.shuffle(log)
        for key in log:
            ProviderEvent.objects.filter(pk=key).update(applied_at=None)
            apply_all()
        assert ends(all_of) == before


def everything() -> str:
    """All that a webhook could have changed, as a hash."""
    tables = ("outreach_message", "outreach_sendattempt", "outreach_messageevent", "outreach_providerevent")
    tables += ("compliance_suppression", "compliance_consentevent", "activities_activity", "outreach_inboundmessage")
    with connection.cursor() as cursor:
        found = []
        for table in tables:
            cursor.execute(f"select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) from {table} t")
            found.append(cursor.fetchone()[0])
    return "-".join(found)


def test_forged_stale_swapped_and_strange_posts_change_nothing() -> None:
    mailgun, sendgrid, number = posting.by_service("mailgun"), posting.by_service("sendgrid"), posting.by_twilio()
    (mail, of_mail), (text, of_text) = posting.sent(mailgun), posting.sent(number)
    bounce = {"event": "failed", "severity": "permanent", "recipient": mail.address, "id": "1", "timestamp": 1}
    bounce |= {"user-variables": {"headhaul_attempt": str(of_mail.pk)}, "message": {"headers": {"message-id": "a@b"}}}
    used, _ = signing.mailgun({"event": "opened", "id": "first"}, now(), token="used")
    assert posting.post_events(mailgun, (used, {})) == 200
    apply_all()
    before, dice = everything(), random.Random(11)
    for _ in range(FORGERIES):
        stale = now() - timedelta(minutes=dice.randint(6, 10_000))
        match dice.randrange(6):
            case 0:  # a bad signature
                body, _ = signing.mailgun(bounce, now(), token=f"t{dice.random()}")
                post_body = body.replace(b'"signature": "', b'"signature": "0')
                status = posting.post_events(mailgun, (post_body, {}))
            case 1:  # an old one
                status = posting.post_events(mailgun, signing.mailgun(bounce, stale, token=f"t{dice.random()}"))
            case 2:  # a used token around another body
                signed = json.loads(used) | {"event-data": bounce}
                status = posting.post_events(mailgun, (json.dumps(signed).encode(), {}))
            case 3:  # another body under a good signature
                _, headers = signing.sendgrid([{"event": "delivered"}], now())
                event = {"event": "bounce", "type": "bounce", "email": mail.address, "timestamp": 1}
                status = posting.post_events(sendgrid, (json.dumps([event]).encode(), headers))
            case 4:  # an old one of SendGrid
                status = posting.post_events(sendgrid, signing.sendgrid([{"event": "spamreport"}], stale))
            case _:  # Twilio's word with somebody else's key
                url = posting.status_url(number, of_text.pk)
                form = {"MessageSid": "SM1", "MessageStatus": "failed", "ErrorCode": "21610", "To": text.address}
                status = posting.post_form(url, form, RequestValidator("1" * 32).compute_signature(url, form))
        assert status in (400, 401)
    apply_all()
    assert everything() == before


def test_events_about_messages_that_we_never_sent_are_kept_and_change_nothing() -> None:
    sendgrid, victim = posting.by_service("sendgrid"), posting.sent(posting.by_twilio())[0]
    dice = random.Random(3)
    for number in range(FORGERIES // 3):
        event = {"sg_event_id": f"x{number}", "email": victim.address, "timestamp": int(now().timestamp())}
        event |= {"event": dice.choice(("bounce", "spamreport", "unsubscribe")), "anymail_id": f"never-{number}"}
        assert posting.post_events(sendgrid, signing.sendgrid([event], now())) == 200
    provider_events.apply_waiting(at=now() + timedelta(hours=1), limit=10_000)
    assert set(ProviderEvent.objects.values_list("verdict", flat=True)) == {"unknown_message"}
    assert (Suppression.objects.count(), MessageEvent.objects.count()) == (0, 0)
