"""What a gateway is: it hands one message to a provider, and says honestly what became of it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from headhaul.outreach.choices import Channel, GatewayKind

CALL_SECONDS = 20.0
"""The longest that a provider may take to answer; leases are longer than this by a margin."""
CONNECT_SECONDS = 6.0
MOST_DELAY = 1.0
"""Seconds between writing the attempt and the first byte; a process that slept longer may not send any more."""


@dataclass(frozen=True, slots=True)
class SenderOptions:
    """Whom a message goes from, and how: a sender's row with its secret opened. Never logged, never stored."""

    channel: Channel
    address: str
    name: str = ""
    gateway: GatewayKind = GatewayKind.SANDBOX
    id: int | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message as it leaves. `attempt_id` travels with it, so that whatever comes back finds its attempt.

    Of an e-mail, `mime` is the whole message in bytes with CRLF, to be handed over unchanged, and `envelope_from` its
    return path; `headers` are those in `mime` that a provider which builds messages itself has to be told.
    Of a call, `agent_number` is the rep's telephone, which rings first. A text that the provider still has at
    `not_after`, or at `closes_at` when the recipient's hours end, expires there. `status_url` is where the provider
    tells how it went.
    """

    attempt_id: UUID
    message_id: UUID
    sender: SenderOptions
    channel: Channel
    to: str
    text: str
    started_at: datetime
    subject: str = ""
    html: str = ""
    mime: bytes = b""
    envelope_from: str = ""
    rfc_id: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    agent_number: str = ""
    not_after: datetime | None = None
    closes_at: datetime | None = None
    status_url: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """The provider has it, under its own id; and the Message-ID it gave it instead of ours, where it did."""

    provider_id: str
    provider_rfc_id: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """The provider had it after all."""

    provider_id: str
    provider_rfc_id: str = ""


@dataclass(frozen=True, slots=True)
class NotSent:
    """The provider certainly never had it and never will. Only an authoritative look-up may say so."""


class Refused(Exception):
    """A definite no: nothing was created. `retry`: it may be yes later; the address itself may be what is wrong."""

    def __init__(self, code: str, text: str, *, retry: bool = False, is_permanent_address: bool = False) -> None:
        super().__init__(text)
        self.code, self.text, self.retry, self.is_permanent_address = code, text, retry, is_permanent_address


class Unsure(Exception):
    """No answer, or one that leaves open whether it was taken: it must be treated as sent until it is known."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class Gateway(Protocol):
    """One way out. A gateway keeps no rows and decides nothing. One thread uses it at a time, for many messages."""

    def send(self, outgoing: Outgoing, *, deadline: float) -> Sent:
        """Hand it over within `deadline` seconds. Raises Refused, or Unsure; anything else counts as Unsure.

        Whatever cannot be taken back is not begun after the deadline, even when this process was frozen meanwhile.
        """
        ...

    def look_up(self, outgoing: Outgoing, *, at: datetime) -> Found | NotSent | None:
        """What became of an attempt without an answer; None when that cannot be told. `at` is the database's time."""
        ...

    def close(self) -> None:
        """Hang up; the next `send` connects anew."""
        ...


def ticks() -> float:
    """Seconds of a clock that nobody can set, and that goes on while this process or the machine sleeps."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if clock is None else time.clock_gettime(clock)


def check_in_time(until: float) -> None:
    """Raise Refused when `ticks()` is past that moment: what was decided before may not hold any more."""
    late = ticks() - until
    if late > 0:
        raise Refused("too_late", f"The moment to hand it over passed {late:.1f} s ago; nothing was sent.", retry=True)
