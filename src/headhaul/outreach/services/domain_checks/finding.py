"""What a check finds, and whom it asks."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

from headhaul.kernel.addresses import domain_of
from headhaul.outreach.gateways.resolver import MailHost

GOOD, NOTE, WARN, BLOCK = "good", "note", "warn", "block"


@dataclass(frozen=True, slots=True)
class Record:
    """What to put into the domain's DNS, to be copied as it is."""

    type: str
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: how it stands, in a sentence; what was found; what to put."""

    key: str
    title: str
    grade: str
    sentence: str
    found: tuple[str, ...] = ()
    put: Record | None = None

    def as_json(self) -> dict[str, Any]:
        """As it is stored with the sender."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Subject:
    """The mailbox that is looked at. `host` is its mail server, `service` its e-mail service."""

    domain: str
    host: str = ""
    service: str = ""
    bounce_domain: str = ""
    selectors: tuple[str, ...] = field(default=())


class Asks(Protocol):
    """Name servers."""

    def texts(self, name: str) -> list[str]: ...

    def mail_hosts(self, name: str) -> list[MailHost]: ...

    def addresses(self, name: str) -> list[str]: ...

    def pointers(self, address: str) -> list[str]: ...


def organisation(domain: str) -> str:
    """The domain that somebody registered: mail.acme.com is acme.com's."""
    return domain_of(f"https://{domain}/") or domain
