"""Which servers a mailbox may name. Whoever sets one up must not be able to reach into this machine or its network."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
from ipaddress import IPv4Address, IPv6Address

from django.conf import settings

from headhaul.kernel import AppError

SUBMISSION_PORTS = (25, 465, 587, 2465, 2525, 2587)
IMAP_PORTS = (143, 993)

# What ipaddress calls global and is not, or what leads to another address than it shows.
_NOT_OUTSIDE = tuple(
    ipaddress.ip_network(text)
    for text in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::ffff:0:0/96", "::/96", "192.0.0.0/24")
)


class HostNotAllowed(AppError):
    """The server is inside our own network, has no address, or the port is not one of its kind."""

    code, status = "host_not_allowed", 422


def outside_address(host: str, port: int, *, ports: tuple[int, ...]) -> str:
    """The address to connect to. Connect to it and not to the name, which may mean something else a moment later.

    Hosts and networks of HEADHAUL_INTERNAL_HOSTS are allowed on every port. Raises HostNotAllowed.
    """
    found = _addresses(host, port)
    if all(_is_internal(host, address) for address in found):
        return str(found[0])
    if port not in ports:
        allowed = ", ".join(map(str, ports))
        raise HostNotAllowed(f"Port {port} is not one of: {allowed}.", fields={"port": f"one of {allowed}"})
    if not all(_is_outside(address) for address in found):
        raise HostNotAllowed(
            f"{host} is inside a private network. An operator may allow it by HEADHAUL_INTERNAL_HOSTS.",
            fields={"host": "a server that is reached over the internet"},
        )
    return str(found[0])


def _addresses(host: str, port: int) -> list[IPv4Address | IPv6Address]:
    with contextlib.suppress(ValueError):
        return [ipaddress.ip_address(host)]
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as fault:
        raise HostNotAllowed(
            f"{host} has no address ({fault}). Check its spelling.", fields={"host": "the name of a server"}
        ) from fault
    return [ipaddress.ip_address(str(info[4][0]).partition("%")[0]) for info in found]


def is_internal_name(host: str) -> bool:
    """Whether the operator allowed it by name or as an address."""
    try:
        return _is_internal(host, ipaddress.ip_address(host))
    except ValueError:
        return host.lower() in _internal()


def _is_internal(host: str, address: IPv4Address | IPv6Address) -> bool:
    for word in _internal():
        if word == host.lower():
            return True
        try:
            if address in ipaddress.ip_network(word, strict=False):
                return True
        except ValueError:  # a name
            continue
    return False


def _internal() -> list[str]:
    return [word.lower() for word in settings.INTERNAL_HOSTS]


def _is_outside(address: IPv4Address | IPv6Address) -> bool:
    hidden = any(address in network for network in _NOT_OUTSIDE if network.version == address.version)
    return address.is_global and not address.is_multicast and not hidden
