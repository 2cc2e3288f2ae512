"""What name servers say, within a few seconds."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import dns.exception
import dns.name
import dns.nameserver
import dns.resolver
import dns.reversename
from django.conf import settings

from headhaul.kernel import Unavailable

LOOK_UP_SECONDS = 3.0


class NoNameServer(Unavailable):
    """The name servers do not answer, so nothing can be said."""

    code = "no_name_server"


@dataclass(frozen=True, slots=True)
class MailHost:
    """An MX record."""

    preference: int
    host: str


class Names:
    """Asks for records. A name that does not exist has none; a server that does not answer raises NoNameServer."""

    def __init__(self, servers: list[str] | None = None) -> None:
        self._resolver = dns.resolver.Resolver(configure=not (servers or settings.NAMESERVERS))
        self._resolver.lifetime = LOOK_UP_SECONDS
        if given := servers or settings.NAMESERVERS:
            self._resolver.nameservers = [_server(word) for word in given]

    def texts(self, name: str) -> list[str]:
        """TXT records, each put together from its pieces."""
        return self._ask(name, "TXT", lambda each: b"".join(each.strings).decode(errors="replace"))

    def mail_hosts(self, name: str) -> list[MailHost]:
        """MX records, most wanted first."""
        hosts = self._ask(name, "MX", lambda each: MailHost(int(each.preference), _bare(each.exchange)))
        return sorted(hosts, key=lambda each: (each.preference, each.host))

    def addresses(self, name: str) -> list[str]:
        """A and AAAA records."""
        return [found for kind in ("A", "AAAA") for found in self._ask(name, kind, lambda each: str(each.address))]

    def pointers(self, address: str) -> list[str]:
        """PTR records of an address."""
        return self._ask(str(dns.reversename.from_address(address)), "PTR", lambda each: _bare(each.target))

    def _ask(self, name: str, kind: str, read: Callable[[Any], Any]) -> list[Any]:
        with _missing_is_none() as found:
            found += [read(each) for each in self._resolver.resolve(name, kind, search=False)]
        return found


@contextmanager
def _missing_is_none() -> Iterator[list[Any]]:
    found: list[Any] = []
    try:
        yield found
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer, dns.name.LabelTooLong, dns.name.EmptyLabel):
        return
    except dns.exception.DNSException as fault:
        raise NoNameServer(f"The name servers do not answer ({fault}). Try again in a minute.") from fault


def _server(word: str) -> Any:
    """An address, or address:port."""
    try:
        return str(ipaddress.ip_address(word))
    except ValueError:
        host, _, port = word.rpartition(":")
        return dns.nameserver.Do53Nameserver(host.strip("[]"), int(port))


def _bare(name: Any) -> str:
    return str(name).rstrip(".").lower()
