"""Mailboxes and numbers, as they are set up and shown. What is secret goes in and never comes out."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from headhaul.activities.schemas.common import Day, Id, Version
from headhaul.kernel import Page, Paged, Payload, Result
from headhaul.outreach.choices import Channel, GatewayKind

Word = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120, pattern=r"^[^\x00-\x1f]*$")]
Host = Annotated[
    str,
    StringConstraints(strip_whitespace=True, to_lower=True, max_length=253, pattern=r"^[A-Za-z0-9.:\-]*$"),
    Field(examples=["smtp.example.com"]),
]
Domain = Annotated[
    str,
    StringConstraints(strip_whitespace=True, to_lower=True, max_length=253, pattern=r"^[A-Za-z0-9.\-]*$"),
    Field(examples=["in.example.com"]),
]
Selector = Annotated[str, StringConstraints(strip_whitespace=True, max_length=63, pattern=r"^[A-Za-z0-9._\-]+$")]
Secret = Annotated[
    str,
    StringConstraints(max_length=2000, pattern=r"^[^\x00]*$"),
    Field(description="Kept encrypted, never shown. Left out or empty: as it was."),
]
Port = Annotated[int, Field(ge=1, le=65535)]
ServiceName = Literal["postmark", "mailgun", "resend", "sendgrid", "brevo", "mailjet", "sparkpost", "mailersend"]
Cap = Annotated[int, Field(ge=0, le=100_000)]


class SmtpServer(Payload):
    """A mail server and how to get in; the password is `secret`."""

    host: Host
    port: Port = 587
    security: Literal["starttls", "ssl", "none"] = "starttls"
    username: Word = ""


class EmailService(Payload):
    """An e-mail service by its API; its key is `secret`, and `webhookKey` is what it signs its notices with."""

    name: ServiceName
    region: Literal["us", "eu"] = "us"
    sender_domain: Domain = Field("", description="Mailgun: the domain that is set up there.")
    message_stream: Word = Field("", description="Postmark: the stream, where it is not `outbound`.")
    api_key: Word = Field("", description="Mailjet: the public one of its two keys.")


class TwilioAccount(Payload):
    """A Twilio account; its auth token is `secret`."""

    account_sid: Annotated[
        str, StringConstraints(strip_whitespace=True, pattern=r"^AC[0-9a-f]{32}$"), Field(examples=["AC" + "0" * 32])
    ]
    messaging_service_sid: Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^(MG[0-9a-f]{32})?$")] = ""
    is_registered: bool = Field(False, description="The number's brand and campaign are registered (10DLC).")


class Inbox(Payload):
    """Where answers are read by IMAP; the password is `inboxSecret`, or else the mailbox's own."""

    host: Host
    port: Port = 993
    security: Literal["ssl", "starttls", "none"] = "ssl"
    username: Word = ""
    folder: Word = "INBOX"


class SaveSender(Payload):
    """A mailbox or number to set up, or what to change of one: what is left out stays."""

    sender_id: Id | None = None
    version: Version | None = None
    channel: Channel | None = Field(None, description="Needed for a new one; it cannot be changed later.")
    address: Annotated[str, StringConstraints(strip_whitespace=True, max_length=320)] | None = Field(
        None, description="An e-mail address, or a telephone number."
    )
    name: Word | None = None
    user_id: Id | None = Field(None, description="Whose it is. Nobody's: everybody may send from it.")
    gateway: GatewayKind | None = None
    smtp: SmtpServer | None = None
    service: EmailService | None = None
    twilio: TwilioAccount | None = None
    inbox: Inbox | None = None
    secret: Secret | None = Field(None, repr=False)
    webhook_key: Secret | None = Field(None, repr=False)
    inbox_secret: Secret | None = Field(None, repr=False)
    dkim_selectors: list[Selector] | None = Field(None, max_length=10)
    reply_domain: Domain | None = Field(None, description="Answers go to reply+…@ this domain, where it is set.")
    daily_cap: Cap | None = None
    warm_up_from: Day | None = Field(None, description="The first day of a slow start; none for a mailbox in use.")
    spacing_seconds: Annotated[int, Field(ge=0, le=3600)] | None = None
    is_default: bool | None = None


class ListSenders(Page):
    """Which mailboxes and numbers."""

    channel: Channel | None = None
    sender_id: Id | None = None


class SenderOf(Payload):
    """A mailbox or number."""

    sender_id: Id


class SenderAtVersion(SenderOf):
    """A mailbox or number as it was read."""

    version: Version | None = None


class SetSenderActive(SenderAtVersion):
    """Let it send, or not."""

    is_active: bool


class DnsRecord(Result):
    """What to put into DNS, to be copied as it is."""

    type: str
    name: str
    value: str


class CheckFinding(Result):
    """One thing that was looked at. `grade`: good, note, warn, or block, which keeps it from sending."""

    key: str
    title: str
    grade: str
    sentence: str
    found: list[str]
    put: DnsRecord | None = None


class WebhookAddresses(Result):
    """Where the provider is to tell us things. Whoever knows them may try: they are shown to administrators alone."""

    events: str = ""
    inbound: str = ""


class SenderView(Result):
    """A mailbox or number."""

    id: int
    version: int
    channel: Channel
    address: str
    name: str
    user_id: int | None
    user_name: str
    gateway: GatewayKind
    smtp: SmtpServer | None = None
    service: EmailService | None = None
    twilio: TwilioAccount | None = None
    inbox: Inbox | None = None
    has_secret: bool
    has_webhook_key: bool
    has_inbox_secret: bool
    dkim_selectors: list[str]
    reply_domain: str
    daily_cap: int | None
    warm_up_from: date | None
    spacing_seconds: int
    is_default: bool
    is_active: bool
    is_ready: bool
    blocking: list[str] = Field(description="What keeps it from sending, in sentences.")
    findings: list[CheckFinding]
    worst: str = Field(description="The worst grade of the last check; empty before the first.")
    checked_at: datetime | None
    webhooks: WebhookAddresses | None = None


class SendersPage(Paged[SenderView]):
    """Mailboxes and numbers."""


class SenderRemoved(Result):
    """What was taken away."""

    id: int
    address: str


class SenderTested(Result):
    """What the test did: a message to oneself, which the outbox shows, or a sign-in."""

    sentence: str
    message_id: str = ""
