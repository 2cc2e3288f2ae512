"""A mail server's yes is a yes, its no a no, and what lies between is said to be unknown."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from headhaul.outreach.gateways import base, smtp
from headhaul.outreach.gateways.base import Refused, Unsure
from headhaul.outreach.gateways.registry import gateway_of
from tests.fakes.smtp_sink import Sink, smtp_sink
from tests.outreach.gateways.outgoing import JOE, mail, smtp_sender


@pytest.fixture(scope="module")
def _server() -> Iterator[Sink]:
    with smtp_sink() as running:
        yield running


@pytest.fixture
def sink(_server: Sink) -> Iterator[Sink]:
    _server.taken.clear()
    _server.next.clear()
    _server.connections = 0
    yield _server
    _server.unknown.clear()
    _server.answers.clear()


def send(sink: Sink, *, deadline: float = 5.0, **words: str) -> base.Sent:
    sender = smtp_sender(sink.port)
    gateway = gateway_of(sender)
    try:
        return gateway.send(mail(sender, **words), deadline=deadline)
    finally:
        gateway.close()


def test_a_mail_arrives_as_it_was_written(sink: Sink) -> None:
    sender = smtp_sender(sink.port)
    outgoing = mail(sender, text="First line\r\n.a line that begins with a dot\r\n..\r\nlast")
    gateway = gateway_of(sender)
    sent = gateway.send(outgoing, deadline=5)
    gateway.close()
    (taken,) = sink.taken
    assert taken.raw == outgoing.mime
    assert (taken.mail_from, taken.to) == ("bounces@hire.example", (JOE,))
    assert sent.provider_id == str(outgoing.attempt_id)


def test_many_mails_share_a_conversation_and_a_no_does_not_end_it(sink: Sink) -> None:
    sender = smtp_sender(sink.port)
    gateway = gateway_of(sender)
    sink.unknown.add("gone@carrier.example")
    for _ in range(3):
        gateway.send(mail(sender), deadline=5)
    with pytest.raises(Refused):
        gateway.send(mail(sender, to="gone@carrier.example"), deadline=5)
    gateway.send(mail(sender), deadline=5)
    gateway.close()
    assert (len(sink.taken), sink.connections) == (4, 1)


def test_a_conversation_that_the_server_ended_is_begun_anew(sink: Sink) -> None:
    sender = smtp_sender(sink.port)
    gateway = gateway_of(sender)
    gateway.send(mail(sender), deadline=5)
    sink.next = ["cut_before"]
    gateway.send(mail(sender), deadline=5)
    gateway.close()
    assert (len(sink.taken), sink.connections) == (2, 2)


@pytest.mark.parametrize(
    ("answer", "retry", "is_nobody"),
    [
        ("550 5.1.1 no such user here", False, True),
        ("550 Mailbox unavailable", False, True),
        ("550 5.7.1 blocked by policy: your address does not exist in our list of friends", False, False),
        ("554 rejected due to reputation", False, False),
        ("552 5.2.2 mailbox full", False, False),
        ("450 4.2.1 greylisted", True, False),
        ("421 4.7.0 too many connections", True, False),
    ],
)
def test_what_is_said_of_a_recipient(sink: Sink, answer: str, retry: bool, is_nobody: bool) -> None:
    sink.answers[JOE] = answer
    with pytest.raises(Refused) as refused:
        send(sink)
    assert (refused.value.retry, refused.value.is_permanent_address) == (retry, is_nobody)
    assert sink.taken == []


@pytest.mark.parametrize(("fault", "retry"), [("tempfail", True), ("permfail", False), ("cut_before", True)])
def test_a_no_is_definite_before_the_final_answer(sink: Sink, fault: str, retry: bool) -> None:
    sink.next = [fault]
    with pytest.raises(Refused) as refused:
        send(sink)
    assert refused.value.retry is retry
    assert not refused.value.is_permanent_address
    assert sink.taken == []


@pytest.mark.parametrize(("fault", "taken"), [("cut_after", 1), ("hang", 1), ("drop", 0)])
def test_silence_after_the_end_of_data_is_unknown(sink: Sink, fault: str, taken: int) -> None:
    sink.next, sink.faults.hang_seconds = [fault], 2.5
    with pytest.raises(Unsure):
        send(sink, deadline=1.5 if fault == "hang" else 5)
    assert len(sink.taken) == taken


def test_nobody_listening_is_a_no() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    sender = smtp_sender(port)
    with pytest.raises(Refused) as refused:
        gateway_of(sender).send(mail(sender), deadline=5)
    assert refused.value.code == "unreachable"
    assert refused.value.retry


def test_a_worker_that_was_frozen_after_the_mail_was_written_does_not_end_it(
    sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = smtp._write

    def freeze(session: object, mime: bytes) -> None:
        write(session, mime)  # type: ignore[arg-type]
        time.sleep(0.3)

    monkeypatch.setattr(smtp, "_write", freeze)
    with pytest.raises(Refused) as refused:
        send(sink, deadline=0.2)
    assert refused.value.code == "too_late"
    assert sink.taken == []


def test_a_wrong_password_is_a_no_that_blames_the_mailbox() -> None:
    with smtp_sink(user="rosa", password="right") as sink:
        sender = smtp_sender(sink.port, username="rosa", secret="wrong")
        with pytest.raises(Refused) as refused:
            gateway_of(sender).send(mail(sender), deadline=5)
        assert (refused.value.code, refused.value.is_permanent_address) == ("login", False)
        right = replace(sender, secret="right")
        smtp.check_sign_in(right)
        gateway_of(right).send(mail(right), deadline=5)
        assert len(sink.taken) == 1


def test_a_server_without_encryption_is_refused_where_encryption_is_asked_for(sink: Sink) -> None:
    sender = smtp_sender(sink.port, security="starttls")
    with pytest.raises(Refused) as refused:
        gateway_of(sender).send(mail(sender), deadline=5)
    assert "STARTTLS" in refused.value.text
    assert sink.taken == []
