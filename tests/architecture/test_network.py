"""Tests reach this machine and nothing else."""

from __future__ import annotations

import socket

import pytest


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("2001:db8::1", 443)])
def test_the_network_is_off(address: tuple[str, int]) -> None:
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    with socket.socket(family) as outward, pytest.raises(RuntimeError, match="network is off"):
        outward.connect(address)


def test_names_are_not_looked_up() -> None:
    with pytest.raises(RuntimeError, match="network is off"):
        socket.getaddrinfo("example.com", 80)
