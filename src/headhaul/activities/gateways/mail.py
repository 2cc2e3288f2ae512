"""Mail by Django's mail backend, with one distinction that matters: did it surely not leave, or does nobody know?"""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import connection

DUMMY = "django.core.mail.backends.dummy.EmailBackend"


@dataclass(frozen=True, slots=True)
class Letter:
    """What one person gets. The same `message_id` is the same mail, however often it comes."""

    to: str
    subject: str
    text: str
    html: str
    message_id: str


class NotSentError(Exception):
    """The mail surely did not leave: trying again is safe."""


class NoServerError(NotSentError):
    """The server cannot be reached or does not let us in: others will not leave either."""


class PerhapsSentError(Exception):
    """The server fell silent after it was given the mail: trying again might send it twice."""


def is_set_up() -> bool:
    """Whether there is a server to send by."""
    return settings.EMAIL_BACKEND != DUMMY


class Postman:
    """One open connection to the mail server."""

    def __init__(self) -> None:
        self._connection = get_connection()

    def send(self, letter: Letter) -> None:
        """Hand over one mail. Never inside a transaction: the network may take its time."""
        if connection.in_atomic_block:
            raise RuntimeError("mail must not be sent inside a database transaction")
        message = EmailMultiAlternatives(
            letter.subject,
            letter.text,
            settings.DEFAULT_FROM_EMAIL,
            [letter.to],
            headers={"Message-ID": letter.message_id, "Auto-Submitted": "auto-generated"},
            connection=self._connection,
        )
        message.attach_alternative(letter.html, "text/html")
        try:
            message.send()
        except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused, smtplib.SMTPNotSupportedError) as refusal:
            self._hang_up()
            raise NotSentError(_said(refusal)) from refusal
        except (OSError, smtplib.SMTPException) as silence:
            self._hang_up()
            raise PerhapsSentError(_said(silence)) from silence

    def open(self) -> None:
        """Reach the server; whatever goes wrong here, nothing has left."""
        session = getattr(self._connection, "connection", None)
        try:
            if session is not None and session.noop()[0] != 250:  # an idle server may have hung up on us
                self._hang_up()
        except (OSError, smtplib.SMTPException):
            self._hang_up()
        try:
            self._connection.open()
        except (OSError, smtplib.SMTPException) as fault:
            raise NoServerError(_said(fault)) from fault

    def _hang_up(self) -> None:
        with suppress(OSError, smtplib.SMTPException):
            self._connection.close()
        self._connection = get_connection()

    def close(self) -> None:
        """Say goodbye."""
        self._hang_up()


@contextmanager
def postman() -> Iterator[Postman]:
    """A connection for as many letters as there are."""
    carrier = Postman()
    try:
        yield carrier
    finally:
        carrier.close()


def _said(fault: Exception) -> str:
    if isinstance(fault, smtplib.SMTPResponseException):
        words = fault.smtp_error.decode(errors="replace") if isinstance(fault.smtp_error, bytes) else fault.smtp_error
        return f"{fault.smtp_code} {words}"[:300]
    if isinstance(fault, smtplib.SMTPRecipientsRefused):
        return "; ".join(f"{code} {words!r}" for code, words in fault.recipients.values())[:300]
    return (str(fault) or type(fault).__name__)[:300]
