"""What really leaves: what somebody approved, with what the law asks for added by code, never by whoever wrote it."""

from __future__ import annotations

import hashlib
import html as markup
import re
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from uuid import UUID

from headhaul import preferences
from headhaul.compliance.choices import Purpose
from headhaul.compliance.judging.words import Content
from headhaul.compliance.preferences import Firm
from headhaul.outreach.choices import Channel
from headhaul.outreach.gateways.base import Outgoing, SenderOptions
from headhaul.outreach.models import Message, UnsubscribeLink
from headhaul.outreach.schemas.drafts import Draft
from headhaul.outreach.services import tokens
from headhaul.outreach.services.outbox import fingerprint
from headhaul.outreach.services.tracking import base, wrap_links
from headhaul.outreach.services.unsubscribing import link_of

SAYS_STOP = re.compile(r"\bstop\b", re.IGNORECASE)
OPT_OUT = "Reply STOP to opt out."
_LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)]")
_THREADING = ("In-Reply-To", "References")
AGENT_NUMBER = "agentNumber"


@dataclass(frozen=True, slots=True)
class Composed:
    """A message ready to leave, and the same as compliance has to judge it."""

    outgoing: Outgoing
    content: Content

    @property
    def bytes_hash(self) -> str:
        """Of the very bytes that are handed over."""
        return hashlib.sha256(self.outgoing.mime or self.outgoing.text.encode()).hexdigest()


def compose(
    *, message: Message, sender: SenderOptions, attempt_id: UUID, at: datetime, status_url: str = ""
) -> Composed:
    """The message as it leaves in this attempt; the same again for the same attempt."""
    if message.channel == Channel.EMAIL:
        way_out = link_of(message=message, at=at).url
        return _email(message, sender, attempt_id, at=at, way_out=way_out, is_tracked=True)
    text = _with_opt_out(message) if message.channel == Channel.SMS else message.text
    outgoing = Outgoing(
        attempt_id=attempt_id,
        message_id=message.pk,
        sender=sender,
        channel=Channel(message.channel),
        to=message.address,
        text=text,
        started_at=at,
        not_after=message.not_after,
        agent_number=str(message.headers.get(AGENT_NUMBER, "")),
        status_url=status_url,
    )
    return Composed(outgoing, _content(message, subject="", text=text, html="", has_unsubscribe=False))


def preview(*, message: Message, sender: SenderOptions, attempt_id: UUID, at: datetime) -> Outgoing:
    """How it looks to whoever gets it. Writes nothing: the way out is that of the message once it has one."""
    if message.channel != Channel.EMAIL:
        return compose(message=message, sender=sender, attempt_id=attempt_id, at=at).outgoing
    link = UnsubscribeLink.objects.filter(message=message).first()
    return _email(message, sender, attempt_id, at=at, way_out=f"{base()}/u/{link.token if link else ''}").outgoing


def content_of(draft: Draft) -> Content:
    """What a draft would say, for judging it before it is planned: with its footer, its links not yet made."""
    text, html, subject = draft.text, "", " ".join(draft.subject.split())
    message = Message(channel=draft.channel, purpose=draft.purpose, text=draft.text, html=draft.html)
    if draft.channel == Channel.EMAIL:
        firm, way_out = preferences.get(Firm), f"{base()}/u/"
        text, html = _with_footer(draft.text, firm, way_out), _html(message, firm, way_out)
    elif draft.channel == Channel.SMS:
        text = _with_opt_out(message)
    approved = fingerprint(subject=draft.subject, text=draft.text, html=draft.html)
    is_mail = draft.channel == Channel.EMAIL
    return Content(subject, text, html, body_hash=approved, approved_hash=approved, has_unsubscribe=is_mail)


def _with_footer(text: str, firm: Firm, way_out: str) -> str:
    return f"{text.rstrip()}\n\n-- \n{_lines(firm)}\nUnsubscribe: {way_out}\n"


def _email(
    message: Message,
    sender: SenderOptions,
    attempt_id: UUID,
    *,
    at: datetime,
    way_out: str,
    is_tracked: bool = False,
) -> Composed:
    firm = preferences.get(Firm)
    subject = " ".join(message.subject.split())
    text = _with_footer(message.text, firm, way_out)
    html = _html(message, firm, way_out)
    if is_tracked:
        html = wrap_links(message=message, html=html, at=at)
    domain = sender.address.rpartition("@")[2]
    rfc_id = f"<{attempt_id}@{domain}>"
    reply_to, return_path = _ways_back(message, sender)
    headers = {
        "Message-ID": rfc_id,
        "Reply-To": reply_to,
        "List-Unsubscribe": f"<{way_out}>, <mailto:{reply_to}?subject=unsubscribe>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    } | {name: str(value) for name, value in message.headers.items() if name in _THREADING}
    outgoing = Outgoing(
        attempt_id=attempt_id,
        message_id=message.pk,
        sender=sender,
        channel=Channel.EMAIL,
        to=message.address,
        text=text,
        started_at=at,
        subject=subject,
        html=html,
        mime=_mime(sender, to=message.address, subject=subject, text=text, html=html, headers=headers, at=at),
        envelope_from=return_path,
        rfc_id=rfc_id,
        headers=headers,
        not_after=message.not_after,
    )
    return Composed(outgoing, _content(message, subject=subject, text=text, html=html, has_unsubscribe=True))


def _content(message: Message, *, subject: str, text: str, html: str, has_unsubscribe: bool) -> Content:
    """What is judged is what leaves; the hash is of what was approved, as it stands in the outbox now."""
    return Content(
        subject=subject,
        text=text,
        html=html,
        body_hash=fingerprint(subject=message.subject, text=message.text, html=message.html),
        approved_hash=message.approved_hash,
        has_unsubscribe=has_unsubscribe,
    )


def _with_opt_out(message: Message) -> str:
    text = message.text.rstrip()
    if message.purpose == Purpose.NOTICE or SAYS_STOP.search(text):
        return text
    return f"{text} {OPT_OUT}"


def _lines(firm: Firm) -> str:
    return "\n".join(line for line in (firm.name, firm.postal_address) if line)


def _ways_back(message: Message, sender: SenderOptions) -> tuple[str, str]:
    """Where answers and bounces go: to addresses that name this message, where the sender has a domain for them."""
    domain = str(sender.options.get("reply_domain", ""))
    if not domain:
        return sender.address, sender.address
    reply_to = tokens.reply_address(message_id=message.pk, domain=domain)
    return reply_to, tokens.bounce_address(message_id=message.pk, domain=domain)


def _html(message: Message, firm: Firm, way_out: str) -> str:
    """What was written, or the text as HTML, with the footer inside."""
    footer = "".join(
        f"{piece}<br>" for piece in (markup.escape(firm.name), markup.escape(firm.postal_address)) if piece
    )
    link = f'<a href="{markup.escape(way_out)}">Unsubscribe</a>'
    closing = f'<p style="color:#666;font-size:12px">{footer}{link}</p>'
    written = message.html or f"<html><body>{_paragraphs(message.text)}</body></html>"
    head, end, tail = written.rpartition("</body>")
    return f"{head}{closing}{end}{tail}" if end else f"{written}{closing}"


def _paragraphs(text: str) -> str:
    blocks = [block for block in re.split(r"\n\s*\n", text.strip()) if block.strip()]
    return "".join(f"<p>{_linked(block)}</p>" for block in blocks)


def _linked(block: str) -> str:
    pieces, end = [], 0
    for found in _LINK.finditer(block):
        address = markup.escape(found[0])
        pieces += [markup.escape(block[end : found.start()]), f'<a href="{address}">{address}</a>']
        end = found.end()
    return "".join([*pieces, markup.escape(block[end:])]).replace("\n", "<br>\n")


def _mime(
    sender: SenderOptions, *, to: str, subject: str, text: str, html: str, headers: dict[str, str], at: datetime
) -> bytes:
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(sender.name, addr_spec=sender.address)
    mail["To"] = Address(addr_spec=to)
    mail["Subject"] = subject
    mail["Date"] = format_datetime(at)
    for name, value in headers.items():
        mail[name] = value
    mail.set_content(text, cte="quoted-printable")
    mail.add_alternative(html, subtype="html", cte="quoted-printable")
    mail.set_boundary(f"={headers['Message-ID'][1:33].replace('-', '')}")  # the same bytes for the same attempt
    return mail.as_bytes()
