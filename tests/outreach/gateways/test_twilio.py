"""Texts and calls by a server that speaks as Twilio does: made once, or said to be unknown."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pytest_django import Settings
from twilio.request_validator import RequestValidator

from headhaul.outreach.choices import Channel
from headhaul.outreach.gateways.base import Found, Outgoing, Refused, Sent, Unsure
from headhaul.outreach.gateways.registry import gateway_of
from headhaul.outreach.gateways.twilio import check_account
from tests.fakes.twilio_server import ACCOUNT, STOPPED, TOKEN, TwilioServer
from tests.outreach.gateways.outgoing import text, twilio_sender

STATUS = "https://hire.example/webhooks/twilio/status/abc"


@pytest.fixture
def twilio(settings: Settings) -> Iterator[TwilioServer]:
    with TwilioServer() as server:
        settings.TWILIO_URL = server.url
        yield server


def sender(channel: Channel = Channel.SMS, **options: Any) -> Any:
    return twilio_sender(account=ACCOUNT, token=TOKEN, channel=channel, **options)


def send(outgoing: Outgoing, *, deadline: float = 5.0) -> Sent:
    gateway = gateway_of(outgoing.sender)
    try:
        return gateway.send(outgoing, deadline=deadline)
    finally:
        gateway.close()


def test_a_text_is_created_once_with_its_callback_and_its_expiry(twilio: TwilioServer) -> None:
    soon = datetime.now(UTC) + timedelta(minutes=10)
    sent = send(text(sender(), body="Hello", status_url=STATUS, not_after=soon))
    (made,) = twilio.made
    assert made.sid == sent.provider_id
    assert made.form["StatusCallback"] == STATUS
    assert 590 <= int(made.form["ValidityPeriod"]) <= 600
    assert (made.form["Body"], made.form["From"]) == ("Hello", "+12145550100")


@pytest.mark.parametrize(
    ("of_time", "of_hours", "seconds"),
    [(7 * 86_400, 600, 600), (600, 7_200, 600), (7 * 86_400, None, 36_000), (7 * 86_400, 50_000, 36_000), (None, 9, 9)],
)
def test_twilio_may_keep_a_text_until_its_time_or_the_hours_of_whoever_gets_it_end(
    twilio: TwilioServer, of_time: int | None, of_hours: int | None, seconds: int
) -> None:
    now = datetime.now(UTC)
    not_after, closes_at = (each and now + timedelta(seconds=each) for each in (of_time, of_hours))
    send(text(sender(), not_after=not_after, closes_at=closes_at))
    assert seconds - 3 <= int(twilio.made[0].form["ValidityPeriod"]) <= seconds


def test_a_text_whose_hours_end_now_is_not_created_and_goes_later(twilio: TwilioServer) -> None:
    with pytest.raises(Refused) as refused:
        send(text(sender(), closes_at=datetime.now(UTC) + timedelta(seconds=4)))
    assert (refused.value.code, refused.value.retry, twilio.made) == ("hours_end", True, [])
    send(text(sender()))
    assert "ValidityPeriod" not in twilio.made[0].form


def test_how_long_a_text_is_valid_goes_by_the_clock_that_allowed_it(twilio: TwilioServer) -> None:
    then = datetime(2020, 2, 3, 16, tzinfo=UTC)  # as a simulated day, or a machine whose clock is off, has it
    send(replace(text(sender(), not_after=then + timedelta(hours=1)), started_at=then))
    assert int(twilio.made[0].form["ValidityPeriod"]) == 3_599
    with pytest.raises(Refused, match="to be sent before"):
        send(replace(text(sender(), not_after=then), started_at=then))


def test_its_callbacks_are_signed_for_the_address_they_were_asked_for(twilio: TwilioServer) -> None:
    send(text(sender(), status_url=STATUS))
    assert [each.form["MessageStatus"] for each in twilio.callbacks] == ["queued", "sent", "delivered"]
    for each in twilio.callbacks:
        assert RequestValidator(TOKEN).validate(STATUS, each.form, each.signature)


def test_a_messaging_service_takes_the_place_of_the_number(twilio: TwilioServer) -> None:
    send(text(sender(messaging_service_sid="MG1")))
    assert twilio.made[0].form["MessagingServiceSid"] == "MG1"
    assert "From" not in twilio.made[0].form


def test_what_is_late_is_not_created(twilio: TwilioServer) -> None:
    with pytest.raises(Refused) as refused:
        send(text(sender(), not_after=datetime.now(UTC) - timedelta(seconds=1)))
    assert refused.value.code == "expired"
    with pytest.raises(Refused) as refused:
        send(text(sender()), deadline=-0.1)
    assert (refused.value.code, refused.value.retry) == ("too_late", True)
    assert twilio.made == []


@pytest.mark.parametrize(
    ("to", "code", "is_nobody"),
    [("+15005550001", "bad_number", True), ("+15005550009", "landline", True), (STOPPED, "opted_out", False)],
)
def test_what_twilio_says_of_a_number(twilio: TwilioServer, to: str, code: str, is_nobody: bool) -> None:
    with pytest.raises(Refused) as refused:
        send(text(sender(), to=to))
    assert (refused.value.code, refused.value.is_permanent_address, refused.value.retry) == (code, is_nobody, False)


def test_noes_that_say_nothing_about_the_number_may_be_tried_again(twilio: TwilioServer) -> None:
    twilio.next = ["refused", "busy"]
    for code in ("set_up", "too_fast"):
        with pytest.raises(Refused) as refused:
            send(text(sender()))
        assert (refused.value.code, refused.value.retry) == (code, True)
    assert twilio.made == []


@pytest.mark.parametrize("fault", ["broken", "cut", "silent", "nonsense", "down"])
def test_after_the_request_only_a_clear_answer_counts(twilio: TwilioServer, fault: str) -> None:
    """Even a 503 that comes before anything was done: from here it looks like one that comes after."""
    twilio.next, twilio.faults.silence = [fault], 2.0
    with pytest.raises(Unsure):
        send(text(sender()), deadline=0.4 if fault == "silent" else 5)
    assert len(twilio.made) == (0 if fault == "down" else 1)


def test_nobody_listening_is_a_no(settings: Settings) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings.TWILIO_URL = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(Refused) as refused:
        send(text(sender()))
    assert refused.value.retry


def test_a_lost_answer_is_found_by_what_was_sent(twilio: TwilioServer) -> None:
    outgoing = text(sender(), body="Unlike any other")
    twilio.next = ["cut"]
    with pytest.raises(Unsure):
        send(outgoing)
    send(text(sender(), body="Another"))
    assert gateway_of(outgoing.sender).look_up(outgoing, at=datetime.now(UTC)) == Found(twilio.made[0].sid)


def test_two_alike_are_not_guessed_between_and_none_is_no_proof(twilio: TwilioServer) -> None:
    outgoing = text(sender(), body="Same")
    assert gateway_of(outgoing.sender).look_up(outgoing, at=datetime.now(UTC)) is None
    send(outgoing)
    send(text(sender(), body="Same"))
    assert gateway_of(outgoing.sender).look_up(outgoing, at=datetime.now(UTC)) is None


def test_a_call_rings_the_rep_first_and_then_the_contact(twilio: TwilioServer) -> None:
    outgoing = text(sender(Channel.CALL), agent_number="+19725550177", status_url=STATUS)
    send(outgoing)
    (made,) = twilio.made
    assert (made.kind, made.form["To"]) == ("Calls", "+19725550177")
    assert ">+13125550123</Number>" in made.form["Twiml"]
    assert 'callerId="+12145550100"' in made.form["Twiml"]
    assert gateway_of(outgoing.sender).look_up(outgoing, at=datetime.now(UTC)) == Found(made.sid)


def test_another_call_of_the_same_rep_is_not_taken_for_it(twilio: TwilioServer) -> None:
    """A rep who rings one contact after the other has calls that differ only in whom they were put through to."""
    lost = text(sender(Channel.CALL), agent_number="+19725550177")
    send(text(sender(Channel.CALL), to="+13125550199", agent_number="+19725550177"))
    assert gateway_of(lost.sender).look_up(lost, at=datetime.now(UTC)) is None
    send(lost)
    assert gateway_of(lost.sender).look_up(lost, at=datetime.now(UTC)) == Found(twilio.made[1].sid)
    elsewhere = replace(lost, sender=replace(lost.sender, address="+12145550111"))
    assert gateway_of(elsewhere.sender).look_up(elsewhere, at=datetime.now(UTC)) is None
    twilio.takes_up = False
    assert gateway_of(lost.sender).look_up(lost, at=datetime.now(UTC)) is None


def test_without_the_reps_telephone_nothing_rings(twilio: TwilioServer) -> None:
    with pytest.raises(Refused) as refused:
        send(text(sender(Channel.CALL)))
    assert refused.value.code == "no_agent_number"
    assert twilio.made == []


def test_the_account_is_asked_for_without_sending(twilio: TwilioServer) -> None:
    assert check_account(sender()) == "Test"
    with pytest.raises(Refused):
        check_account(twilio_sender(account=ACCOUNT, token="wrong"))
