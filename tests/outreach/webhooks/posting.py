"""Senders that providers tell about, and the posting itself."""

from __future__ import annotations

from functools import cache
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.test import Client

from headhaul.outreach.choices import Channel, GatewayKind
from headhaul.outreach.models import Message, SendAttempt, Sender
from headhaul.outreach.services import senders, webhook_addresses
from tests.factories import outreach as make
from tests.factories.market import NOON
from tests.fakes import signing
from tests.fakes.twilio_server import ACCOUNT, TOKEN

KEYS = {
    "mailgun": signing.MAILGUN_KEY,
    "resend": signing.RESEND_KEY,
    "mailersend": signing.MAILERSEND_KEY,
    "postmark": signing.PASSWORD,
    "brevo": signing.PASSWORD,
    "mailjet": signing.PASSWORD,
    "sparkpost": signing.PASSWORD,
}


@cache
def provider() -> Client:
    """Whoever posts. It has no session, so it is the same for all."""
    return Client()


def by_service(name: str, *, who: str = "rosa") -> Sender:
    """A mailbox at an e-mail service."""
    key = signing.sendgrid_key() if name == "sendgrid" else KEYS[name]
    values = {"channel": Channel.EMAIL, "address": f"{who}@{name}.example", "gateway": GatewayKind.ESP}
    given = {"secret": "k", "webhook_key": key}
    return senders.create(values=values | {"options": {"esp": name}}, given=given, at=NOON)


def by_ses(*, who: str = "rosa") -> Sender:
    """A mailbox at Amazon's mail server."""
    server = {"host": "email-smtp.us-east-1.amazonaws.com", "port": 587, "security": "starttls", "username": "AKIA"}
    values = {"channel": Channel.EMAIL, "address": f"{who}@ses.example", "gateway": GatewayKind.SMTP}
    return senders.create(
        values=values | {"options": server}, given={"secret": "k", "webhook_key": signing.TOPIC}, at=NOON
    )


def by_twilio(channel: Channel = Channel.SMS) -> Sender:
    """A number at Twilio."""
    values = {"channel": channel, "address": "+12145550100", "gateway": GatewayKind.TWILIO}
    options = {"account_sid": ACCOUNT, "is_registered": True}
    return senders.create(values=values | {"options": options}, given={"secret": TOKEN}, at=NOON)


def sent(sender: Sender, *, state: str = "accepted", **fields: Any) -> tuple[Message, SendAttempt]:
    """A message that left by this sender, and its attempt."""
    message = make.message(channel=sender.channel, state=state, sender=sender, **fields)
    attempt = message.attempts.get()
    SendAttempt.objects.filter(pk=attempt.pk).update(sender_id=sender.pk)
    return message, attempt


def post(url: str, body: bytes, headers: dict[str, str], *, kind: str = "application/json") -> int:
    """Post it; the status of the answer."""
    response = provider().post(urlsplit(url).path, body, content_type=kind, headers=headers)
    return int(response.status_code)


def post_events(sender: Sender, signed: tuple[bytes, dict[str, str]]) -> int:
    """To where the sender's service tells what becomes of mails."""
    return post(webhook_addresses.events_url(sender_id=sender.pk), *signed)


def post_form(url: str, form: dict[str, str], signature: str) -> int:
    """A post of Twilio's."""
    response = provider().post(urlsplit(url).path, form, headers={"X-Twilio-Signature": signature})
    return int(response.status_code)


def status_url(sender: Sender, attempt_id: UUID) -> str:
    """Where Twilio tells about an attempt."""
    return webhook_addresses.status_url(sender_id=sender.pk, attempt_id=attempt_id)
