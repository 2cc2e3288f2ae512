"""A mail server on this machine: it keeps what it takes, and can refuse, hang up or stay silent."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class Box:
    """What came in, and how the server behaves."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.refuses: set[str] = set()
        self.answer = "250 kept"
        self.is_silent = False

    async def handle_RCPT(  # noqa: N802 (the name the library asks for)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Refuse some addresses."""
        if address in self.refuses:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 fine"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep the mail, and answer, or not."""
        if self.answer.startswith("250"):
            content: Any = message_from_bytes(envelope.content, policy=policy.default)  # type: ignore[arg-type]
            self.mails.append(content)
        if self.is_silent:
            await asyncio.sleep(30)
        return self.answer

    def to(self, address: str) -> list[EmailMessage]:
        """The mails to one address."""
        return [mail for mail in self.mails if mail["To"] == address]


@contextmanager
def mail_server() -> Iterator[tuple[Box, int]]:
    """A server on a free port, and its box."""
    box = Box()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield box, port
    finally:
        controller.stop()
