"""Turns the network off for the tests: only this machine answers."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

import pytest

_LOCAL_NAMES = {"localhost", "testserver", "", None, socket.gethostname()}


def _is_here(host: Any) -> bool:
    if host in _LOCAL_NAMES:
        return True
    name = host.decode() if isinstance(host, bytes) else str(host)
    try:
        address = ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return name == "localhost"
    return address.is_loopback or address.is_unspecified


def turn_off(patch: pytest.MonkeyPatch) -> None:
    """Connections and look-ups that would leave this machine raise."""
    real_connect, real_look_up = socket.socket.connect, socket.getaddrinfo

    def connect(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_here(address[0]):
            raise RuntimeError(f"the network is off in tests: {address}")
        real_connect(self, address)

    def look_up(host: Any, *args: Any, **kwargs: Any) -> Any:
        if not _is_here(host):
            raise RuntimeError(f"the network is off in tests: {host}")
        return real_look_up(host, *args, **kwargs)

    patch.setattr(socket.socket, "connect", connect)
    patch.setattr(socket, "getaddrinfo", look_up)
