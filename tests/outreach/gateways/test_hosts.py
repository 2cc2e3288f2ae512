"""Servers inside our own network cannot be named, however they are spelled."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from pytest_django import Settings

from headhaul.outreach.gateways.hosts import SUBMISSION_PORTS, HostNotAllowed, outside_address


def answering(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    def look_up(host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)


INSIDE = """
127.0.0.1 10.1.2.3 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 224.0.0.1 192.0.0.8 ::1 fe80::1 fd00::1 ff02::1
::ffff:10.0.0.1 ::ffff:100.64.0.1 64:ff9b::169.254.169.254 64:ff9b::7f00:1 2002:7f00:1::
"""


@pytest.mark.parametrize("address", INSIDE.split())
def test_an_inside_address_is_refused(monkeypatch: pytest.MonkeyPatch, settings: Settings, address: str) -> None:
    settings.INTERNAL_HOSTS = []
    answering(monkeypatch, address)
    with pytest.raises(HostNotAllowed):
        outside_address("mail.example.com", 587, ports=SUBMISSION_PORTS)


def test_one_inside_address_among_outside_ones_is_enough(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    settings.INTERNAL_HOSTS = []
    answering(monkeypatch, "93.184.215.14", "10.0.0.1")
    with pytest.raises(HostNotAllowed):
        outside_address("mail.example.com", 587, ports=SUBMISSION_PORTS)


def test_an_outside_server_is_given_by_its_address(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    settings.INTERNAL_HOSTS = []
    answering(monkeypatch, "93.184.215.14")
    assert outside_address("mail.example.com", 587, ports=SUBMISSION_PORTS) == "93.184.215.14"
    with pytest.raises(HostNotAllowed) as refused:
        outside_address("mail.example.com", 22, ports=SUBMISSION_PORTS)
    assert "port" in refused.value.fields


def test_an_operator_may_allow_a_relay_inside(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    settings.INTERNAL_HOSTS = ["10.20.0.0/16", "relay.internal"]
    answering(monkeypatch, "10.20.1.1")
    assert outside_address("anything", 26, ports=SUBMISSION_PORTS) == "10.20.1.1"
    answering(monkeypatch, "10.99.1.1")
    assert outside_address("relay.internal", 25, ports=SUBMISSION_PORTS) == "10.99.1.1"
