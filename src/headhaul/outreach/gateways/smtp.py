"""A mail server, one command at a time, because it matters exactly when the mail became theirs.

Until the dot that ends DATA has been handed to the network, nothing can have been sent, whatever breaks. From there to
the server's answer nobody knows.
"""

from __future__ import annotations

import contextlib
import re
import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from headhaul.outreach.gateways.base import (
    CONNECT_SECONDS,
    Found,
    NotSent,
    Outgoing,
    Refused,
    SenderOptions,
    Sent,
    Unsure,
    check_in_time,
    ticks,
)
from headhaul.outreach.gateways.hosts import SUBMISSION_PORTS, HostNotAllowed, outside_address

_IDLE_SECONDS = 5.0
_ENHANCED = re.compile(r"\s*(\d\.\d{1,3}\.\d{1,3})\b")
_NOBODY = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"})
_NOBODY_WORDS = re.compile(
    r"no such|unknown (user|recipient|mailbox|address)|(user|recipient|mailbox|address) (is )?unknown"
    r"|does ?n[o']t exist|does not exist|invalid (recipient|mailbox)|mailbox (not found|unavailable)|user not found",
    re.IGNORECASE,
)
_SES_HOST = re.compile(r"email-smtp(?:-fips)?\.([a-z0-9-]+)\.amazonaws\.com$")


class Smtp:
    """One mailbox at its server. The conversation stays open between mails."""

    def __init__(self, sender: SenderOptions) -> None:
        given = sender.options
        self._host, self._port = str(given.get("host", "")), int(given.get("port", 587))
        self._security = str(given.get("security", "starttls"))
        self._user, self._password = str(given.get("username", "") or ""), sender.secret
        self._session: smtplib.SMTP | None = None
        self._used_at = 0.0

    def send(self, outgoing: Outgoing, *, deadline: float) -> Sent:
        """Hand over one mail to one recipient."""
        until = ticks() + deadline
        session = self._ready(outgoing, until)
        with self._hanging_up_unless_refused():
            _write(session, outgoing.mime)
            check_in_time(until)
            reply = _end(session, max(1.0, until - ticks()))
        self._used_at = ticks()
        _expect(reply, 250)
        return self._sent(outgoing, _words(reply[1]))

    def look_up(self, outgoing: Outgoing, *, at: datetime) -> Found | NotSent | None:
        """A mail server does not tell; a bounce or a reply will."""
        return None

    def close(self) -> None:
        """Say goodbye."""
        session, self._session = self._session, None
        if session is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                session.quit()

    # ── before it is theirs: all that goes wrong here is a definite no ──

    def _ready(self, outgoing: Outgoing, until: float) -> smtplib.SMTP:
        """A conversation in which the server has asked for the mail."""
        if (session := self._session) is not None and ticks() - self._used_at < _IDLE_SECONDS:
            with contextlib.suppress(OSError, smtplib.SMTPServerDisconnected):  # it hung up since: begin anew
                return self._introduced(session, outgoing)
        self._drop()
        with self._refusing("unreachable", "The mail server cannot be reached"):
            self._session = session = self._connect(until)
        with self._refusing("hung_up", "The mail server hung up before it took anything"):
            return self._introduced(session, outgoing)

    def _introduced(self, session: smtplib.SMTP, outgoing: Outgoing) -> smtplib.SMTP:
        options = ["SMTPUTF8", "BODY=8BITMIME"] if not outgoing.to.isascii() else []
        if options and not session.has_extn("smtputf8"):
            raise Refused("smtputf8", "The mail server takes no addresses beyond plain letters.")
        with self._hanging_up_unless_refused():
            session.command_encoding = "utf-8" if options else "ascii"
            _expect(session.mail(outgoing.envelope_from or _address_in(outgoing), options), 250)
            _expect(session.rcpt(outgoing.to), 250, 251, is_recipient=True)
            _expect(session.docmd("DATA"), 354)
        return session

    def _connect(self, until: float) -> smtplib.SMTP:
        check_in_time(until)
        try:
            address = outside_address(self._host, self._port, ports=SUBMISSION_PORTS)
        except HostNotAllowed as refusal:
            raise Refused(refusal.code, refusal.message, retry=True) from refusal
        timeout = max(1.0, min(CONNECT_SECONDS, until - ticks()))
        context = ssl.create_default_context()
        session: smtplib.SMTP
        if self._security == "ssl":
            session = _TlsSession(address, self._host, self._port, timeout, context)
        else:
            session = _Session(address, self._host, self._port, timeout)
        try:
            if self._security == "starttls":
                session.starttls(context=context)
            session.ehlo_or_helo_if_needed()
            if self._user:
                session.login(self._user, self._password)
        except BaseException:
            _cut(session)
            raise
        return session

    @contextmanager
    def _refusing(self, code: str, words: str) -> Iterator[None]:
        try:
            yield
        except smtplib.SMTPAuthenticationError as fault:
            self._drop()
            raise Refused("login", f"The mail server does not let us in: {_said(fault)}", retry=True) from fault
        except (OSError, smtplib.SMTPException) as fault:
            self._drop()
            raise Refused(code, f"{words}: {_said(fault)}", retry=True) from fault

    @contextmanager
    def _hanging_up_unless_refused(self) -> Iterator[None]:
        """After a no within the protocol the conversation goes on; after anything else it is at an end."""
        try:
            yield
        except Refused as refusal:
            if refusal.code in ("421", "too_late"):
                self._drop()
            else:
                self._start_over()
            raise
        except BaseException:
            self._drop()
            raise

    def _start_over(self) -> None:
        try:
            if self._session is not None:
                self._session.rset()
                self._used_at = ticks()
        except (OSError, smtplib.SMTPException):
            self._drop()

    def _drop(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            _cut(session)

    def _sent(self, outgoing: Outgoing, said: str) -> Sent:
        region = _SES_HOST.fullmatch(self._host)
        named = re.search(r"\bOk (\S+)", said) if region else None
        if region is None or named is None:
            return Sent(provider_id=str(outgoing.attempt_id))
        domain = "email.amazonses.com" if region[1] == "us-east-1" else f"{region[1]}.amazonses.com"
        return Sent(provider_id=named[1], provider_rfc_id=f"<{named[1]}@{domain}>")


def check_sign_in(sender: SenderOptions) -> None:
    """Connect and sign in, and send nothing. Raises Refused."""
    gateway = Smtp(sender)
    with gateway._refusing("unreachable", "The mail server cannot be reached"):
        gateway._session = gateway._connect(ticks() + CONNECT_SECONDS)
    gateway.close()


class _Session(smtplib.SMTP):
    """Connects to the address that was vetted; certificates are still checked against the name."""

    def __init__(self, address: str, host: str, port: int, timeout: float) -> None:
        self._vetted = address
        super().__init__(host, port, timeout=timeout)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return _dial(self._vetted, port, timeout)


class _TlsSession(smtplib.SMTP_SSL):
    def __init__(self, address: str, host: str, port: int, timeout: float, context: ssl.SSLContext) -> None:
        self._vetted = address
        super().__init__(host, port, timeout=timeout, context=context)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return self.context.wrap_socket(_dial(self._vetted, port, timeout), server_hostname=host)


def _dial(address: str, port: int, timeout: float) -> socket.socket:
    """The dot that ends a mail is written by itself: it must not wait until the server has acknowledged the text."""
    made = socket.create_connection((address, port), timeout)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made


def _write(session: smtplib.SMTP, mime: bytes) -> None:
    """All of the mail but its end."""
    body = re.sub(rb"(?m)^\.", b"..", mime)
    try:
        session.send(body if body.endswith(b"\r\n") else body + b"\r\n")
    except (OSError, smtplib.SMTPException) as fault:
        text = f"The mail server hung up before the mail had ended: {_said(fault)}"
        raise Refused("421", text, retry=True) from fault


def _end(session: smtplib.SMTP, seconds: float) -> tuple[int, bytes]:
    """The dot, and what the server says to it."""
    try:
        if session.sock is not None:
            session.sock.settimeout(seconds)
        session.send(b".\r\n")
        return session.getreply()
    except (OSError, smtplib.SMTPException) as fault:
        _cut(session)
        raise Unsure(f"The mail server fell silent after it was given the mail: {_said(fault)}") from fault


def _expect(reply: tuple[int, bytes], *good: int, is_recipient: bool = False) -> None:
    code, words = reply[0], _words(reply[1])
    if code in good:
        return
    if code == -1:
        raise smtplib.SMTPServerDisconnected(words or "hung up")
    found = _ENHANCED.match(words)
    is_nobody = found[1] in _NOBODY if found else bool(_NOBODY_WORDS.search(words))
    raise Refused(
        str(code),
        f"{code} {words}"[:300],
        retry=code < 500,
        is_permanent_address=is_recipient and code in (550, 551, 553, 554) and is_nobody,
    )


def _address_in(outgoing: Outgoing) -> str:
    return outgoing.sender.address


def _words(said: Any) -> str:
    return said.decode(errors="replace") if isinstance(said, bytes) else str(said)


def _said(fault: Exception) -> str:
    if isinstance(fault, smtplib.SMTPResponseException):
        return f"{fault.smtp_code} {_words(fault.smtp_error)}"[:200]
    return (str(fault) or type(fault).__name__)[:200]


def _cut(session: smtplib.SMTP) -> None:
    with contextlib.suppress(OSError, smtplib.SMTPException):
        session.close()
