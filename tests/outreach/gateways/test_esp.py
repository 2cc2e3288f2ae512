"""E-mail services: what they are told, what they answer, what is found afterwards."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import Settings

from headhaul.outreach.gateways.base import Found, NotSent, Outgoing, Refused, Sent, Unsure
from headhaul.outreach.gateways.esps import ESPS
from headhaul.outreach.gateways.registry import gateway_of
from tests.fakes.esp_server import INACTIVE, INVALID, KEY, EspServer
from tests.outreach.gateways.outgoing import esp_sender, mail

SPEAKS = ("postmark", "mailgun", "sendgrid", "resend")


@pytest.fixture
def esp(settings: Settings) -> Iterator[EspServer]:
    with EspServer() as server:
        settings.ESP_URL = server.url
        yield server


def outgoing_by(name: str, *, secret: str = KEY, to: str = "joe@carrier.example") -> Outgoing:
    return mail(esp_sender(name, secret=secret, sender_domain="hire.example"), to=to)


def send(outgoing: Outgoing, *, deadline: float = 5.0) -> Sent:
    gateway = gateway_of(outgoing.sender)
    try:
        return gateway.send(outgoing, deadline=deadline)
    finally:
        gateway.close()


@pytest.mark.parametrize("name", SPEAKS)
def test_a_mail_carries_its_attempt_and_the_headers_that_the_law_asks_for(esp: EspServer, name: str) -> None:
    outgoing = outgoing_by(name)
    sent = send(outgoing)
    (taken,) = esp.mails
    assert (taken.attempt, taken.id) == (str(outgoing.attempt_id), sent.provider_id)
    assert taken.headers["List-Unsubscribe"] == "<https://hire.example/u/1>"
    assert (taken.subject, taken.text) == (outgoing.subject, outgoing.text)


@pytest.mark.parametrize("name", ["postmark", "mailgun", "sendgrid"])
def test_our_message_id_is_kept_where_it_can_be(esp: EspServer, name: str) -> None:
    outgoing = outgoing_by(name)
    assert send(outgoing).provider_rfc_id == ""
    assert esp.mails[0].message_id == outgoing.rfc_id


@pytest.mark.parametrize("name", SPEAKS)
def test_a_no_is_told_apart_from_being_shut_out_and_from_too_fast(esp: EspServer, name: str) -> None:
    esp.next = ["refused", "busy"]
    found = []
    for secret in (KEY, KEY, "wrong"):
        with pytest.raises(Refused) as refused:
            send(outgoing_by(name, secret=secret))
        found.append((refused.value.code, refused.value.retry))
    assert found == [(found[0][0], False), ("too_fast", True), ("set_up", True)]
    assert esp.mails == []


def test_postmark_tells_nobody_from_blocked(esp: EspServer) -> None:
    with pytest.raises(Refused) as refused:
        send(outgoing_by("postmark", to=INACTIVE))
    assert (refused.value.code, refused.value.is_permanent_address) == ("rejected", False)
    with pytest.raises(Refused) as refused:
        send(outgoing_by("postmark", to=INVALID))
    assert refused.value.is_permanent_address


@pytest.mark.parametrize("name", ["postmark", "mailgun", "sendgrid"])
@pytest.mark.parametrize("fault", ["broken", "cut", "silent"])
def test_a_lost_answer_leaves_it_unknown_and_is_not_repeated(esp: EspServer, name: str, fault: str) -> None:
    esp.next, esp.faults.silence = [fault], 2.0
    with pytest.raises(Unsure):
        send(outgoing_by(name), deadline=0.4 if fault == "silent" else 5)
    assert len(esp.mails) == 1


def test_an_answer_that_makes_no_sense_leaves_it_unknown(esp: EspServer) -> None:
    esp.next = ["nonsense"]
    with pytest.raises(Unsure):
        send(outgoing_by("mailgun"))


@pytest.mark.parametrize("fault", ["broken", "cut", "nonsense", "down"])
def test_resend_is_asked_again_under_the_same_key(esp: EspServer, fault: str) -> None:
    esp.next = [fault, ""]
    sent = send(outgoing_by("resend"))
    assert [taken.id for taken in esp.mails] == [sent.provider_id]


@pytest.mark.parametrize("name", ["postmark", "mailgun"])
def test_what_can_be_searched_is_found_and_what_is_not_there_after_long_was_not_sent(esp: EspServer, name: str) -> None:
    outgoing = outgoing_by(name)
    gateway = gateway_of(outgoing.sender)
    assert gateway.look_up(outgoing, at=datetime.now(UTC)) is None
    assert gateway.look_up(outgoing, at=datetime.now(UTC) + timedelta(hours=2)) == NotSent()
    esp.next = ["cut"]
    with pytest.raises(Unsure):
        send(outgoing)
    assert gateway.look_up(outgoing, at=datetime.now(UTC)) == Found(esp.mails[0].id)


def test_a_search_that_fails_tells_nothing(esp: EspServer) -> None:
    outgoing = replace(outgoing_by("postmark"), started_at=datetime.now(UTC) - timedelta(hours=2))
    esp.__exit__()
    assert gateway_of(outgoing.sender).look_up(outgoing, at=datetime.now(UTC)) is None


def test_nobody_listening_is_a_no(settings: Settings) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings.ESP_URL = f"http://127.0.0.1:{free.getsockname()[1]}"
    for name in SPEAKS:
        with pytest.raises(Refused) as refused:
            send(outgoing_by(name))
        assert (refused.value.code, refused.value.retry) == ("unreachable", True)


@pytest.mark.parametrize("name", sorted(ESPS))
def test_a_mail_can_be_put_into_every_services_words(esp: EspServer, name: str) -> None:
    """Those that the server here does not speak for answer 404; nothing that we write is unknown to them."""
    outgoing = mail(esp_sender(name, secret=KEY, sender_domain="hire.example", api_key="k"))
    if name in SPEAKS:
        assert send(outgoing).provider_id
    else:
        with pytest.raises(Refused) as refused:
            send(outgoing)
        assert refused.value.code == "404"


def test_a_header_cannot_be_smuggled_in(esp: EspServer) -> None:
    with pytest.raises(Refused) as refused:
        send(replace(outgoing_by("postmark"), subject="Hello\r\nBcc: all@carrier.example"))
    assert refused.value.code == "malformed"
    assert esp.mails == []
