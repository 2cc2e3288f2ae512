"""Something to send, and senders for it."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

from headhaul.outreach.choices import Channel, GatewayKind
from headhaul.outreach.gateways.base import Outgoing, SenderOptions

ROSA = "rosa@hire.example"
JOE = "joe@carrier.example"


def smtp_sender(port: int, *, secret: str = "", **options: Any) -> SenderOptions:
    given = {"host": "127.0.0.1", "port": port, "security": "none"} | options
    return SenderOptions(Channel.EMAIL, ROSA, "Rosa", GatewayKind.SMTP, options=given, secret=secret)


def esp_sender(esp: str, *, secret: str, **options: Any) -> SenderOptions:
    return SenderOptions(Channel.EMAIL, ROSA, "Rosa", GatewayKind.ESP, options={"esp": esp} | options, secret=secret)


def twilio_sender(*, account: str, token: str, channel: Channel = Channel.SMS, **options: Any) -> SenderOptions:
    given = {"account_sid": account} | options
    return SenderOptions(channel, "+12145550100", "", GatewayKind.TWILIO, options=given, secret=token)


def mail(sender: SenderOptions, *, to: str = JOE, text: str = "Hello Joe", **more: Any) -> Outgoing:
    attempt = uuid.uuid4()
    written = EmailMessage(policy=SMTP)
    written["From"], written["To"], written["Subject"] = ROSA, to, "Drivers in Dallas"
    written["Message-ID"] = f"<{attempt}@hire.example>"
    written.set_content(text)
    return Outgoing(
        attempt,
        uuid.uuid4(),
        sender,
        Channel.EMAIL,
        to,
        text,
        datetime.now(UTC),
        subject="Drivers in Dallas",
        html=f"<p>{text}</p>",
        mime=written.as_bytes(),
        envelope_from="bounces@hire.example",
        rfc_id=f"<{attempt}@hire.example>",
        headers={"List-Unsubscribe": "<https://hire.example/u/1>", "Reply-To": "reply+1@in.hire.example"},
        **more,
    )


def text(sender: SenderOptions, *, to: str = "+13125550123", body: str = "Hello Joe", **more: Any) -> Outgoing:
    return Outgoing(uuid.uuid4(), uuid.uuid4(), sender, sender.channel, to, body, datetime.now(UTC), **more)
