"""A mail server that keeps what it takes, with the faults that matter: which are noes, and which leave one guessing.

`python -m tests.fakes.smtp_sink --log taken.jsonl` runs it as a process of its own and writes down each mail it takes.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

logging.getLogger("mail.log").setLevel(logging.WARNING)  # its talk with each client


@dataclass
class SmtpFaults:
    """How often what goes wrong, between 0 and 1."""

    tempfail: float = 0.0  # 451 after DATA: a no
    permfail: float = 0.0  # 554 after DATA: a no
    cut_before: float = 0.0  # the connection ends at RCPT: nothing was taken
    cut_after: float = 0.0  # taken, and the connection ends without an answer
    hang: float = 0.0  # taken, and no answer
    drop: float = 0.0  # not taken, and the connection ends without an answer
    slow: float = 0.0  # taken, after half a second
    hang_seconds: float = 30.0


@dataclass(frozen=True)
class Taken:
    """A mail that the server has."""

    mail_from: str
    to: tuple[str, ...]
    mail: EmailMessage
    raw: bytes

    @property
    def message_id(self) -> str:
        """Its Message-ID."""
        return str(self.mail["Message-ID"] or "")


class Sink:
    """What came in, and how the server behaves. `unknown` addresses get 550; `next` faults come first, by name."""

    def __init__(self, *, seed: int = 1, faults: SmtpFaults | None = None, log: Path | None = None) -> None:
        self.taken: list[Taken] = []
        self.unknown: set[str] = set()
        self.answers: dict[str, str] = {}  # what RCPT says to an address
        self.next: list[str] = []
        self.faults = faults or SmtpFaults()
        self.port = 0
        self.connections = 0
        self._dice, self._log, self._lock = random.Random(seed), log, threading.Lock()

    async def handle_EHLO(  # noqa: N802 (the name the library asks for)
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """A conversation begins."""
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Refuse some addresses."""
        if self._draw(("cut_before",)):
            _cut(server)
            return "421 gone"
        if address in self.unknown:
            return "550 5.1.1 The email account that you tried to reach does not exist"
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 fine"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take the mail, and answer, or not."""
        fault = self._draw(("tempfail", "permfail", "cut_after", "hang", "drop", "slow"))
        if fault == "tempfail":
            return "451 4.3.0 try again later"
        if fault == "permfail":
            return "554 5.7.1 looks like spam"
        if fault == "drop":
            _cut(server)
            return "421 gone"
        self._keep(envelope)
        if fault == "cut_after":
            _cut(server)
        if fault in ("hang", "slow"):
            await asyncio.sleep(self.faults.hang_seconds if fault == "hang" else 0.5)
        return f"250 2.0.0 Ok: queued as {len(self.taken):X}"

    def _keep(self, envelope: Envelope) -> None:
        raw = bytes(envelope.content or b"")  # type: ignore[arg-type]
        mail: Any = message_from_bytes(raw, policy=policy.default)  # type: ignore[arg-type]
        taken = Taken(envelope.mail_from or "", tuple(envelope.rcpt_tos), mail, raw)
        with self._lock:
            self.taken.append(taken)
            if self._log:
                line = {"to": taken.to, "messageId": taken.message_id, "subject": str(mail["Subject"])}
                with self._log.open("a") as file:
                    file.write(json.dumps(line) + "\n")

    def _draw(self, names: tuple[str, ...]) -> str:
        with self._lock:
            if self.next:
                is_ours = self.next[0] in names or (self.next[0] == "" and "hang" in names)
                return self.next.pop(0) if is_ours else ""
            point = self._dice.random()
        for name in names:
            point -= getattr(self.faults, name)
            if point < 0:
                return name
        return ""

    def to(self, address: str) -> list[Taken]:
        """The mails to one address."""
        return [each for each in self.taken if address in each.to]


def _cut(server: SMTP) -> None:
    transport: Any = server.transport
    transport.abort()


@contextmanager
def smtp_sink(
    *, user: str = "", password: str = "", tls: Any = None, port: int = 0, sink: Sink | None = None
) -> Iterator[Sink]:
    """A server on a free port. With a user it wants a sign-in; `tls`, a context, offers STARTTLS."""
    box = sink or Sink()
    more: dict[str, Any] = {"tls_context": tls, "require_starttls": tls is not None}
    if user:
        more |= {
            "auth_required": True,
            "auth_require_tls": tls is not None,
            "authenticator": lambda _server, _session, _envelope, _how, given: AuthResult(
                success=isinstance(given, LoginPassword)
                and (given.login.decode(), given.password.decode()) == (user, password),
                handled=False,
            ),
        }
    controller = _FreePort(box, hostname="127.0.0.1", port=port, **more)
    controller.start()
    assert controller.server is not None
    box.port = controller.server.sockets[0].getsockname()[1]
    try:
        yield box
    finally:
        controller.stop(no_assert=True)


class _FreePort(Controller):
    """Port 0 means any; the library then asks the wrong one whether it started."""

    def _trigger_server(self) -> None:
        if self.port == 0:
            assert self.server is not None
            self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


def main() -> None:
    """Serve until stdin ends; the first line printed is the port."""
    words = argparse.ArgumentParser()
    words.add_argument("--port", type=int, default=0)
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--faults", default="{}")
    words.add_argument("--log", type=Path, default=None)
    given = words.parse_args()
    faults = SmtpFaults(**json.loads(given.faults))
    with smtp_sink(port=given.port, sink=Sink(seed=given.seed, faults=faults, log=given.log)) as sink:
        print(sink.port, flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
