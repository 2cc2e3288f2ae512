"""Attempts without an answer: what the provider says of them, and when its silence is believed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from pytest_django import Settings

from headhaul.outreach.models import Message, SendAttempt
from headhaul.outreach.services import reconciling, results, senders
from headhaul.outreach.services.clocks import DatabaseClock, StandingClock
from tests.factories import outreach
from tests.fakes.esp_server import KEY, EspServer

pytestmark = pytest.mark.django_db


@pytest.fixture
def esp(settings: Settings) -> Iterator[EspServer]:
    with EspServer() as server:
        settings.ESP_URL = server.url
        yield server


@dataclass(frozen=True)
class Off(StandingClock):
    """The database's time on a machine that is an hour ahead."""

    def skew(self) -> float:
        return 3_600.0


def lost(service: str, *, ago: timedelta = timedelta()) -> tuple[Message, datetime]:
    """A mail, and since when nobody knows whether the service took it."""
    at = DatabaseClock().now() - ago
    options = {"esp": service, "sender_domain": "hire.example"}
    values = {"channel": "email", "address": f"rosa@{service}.example", "gateway": "esp", "options": options}
    sender = senders.create(values=values, given={"secret": KEY}, at=at)
    message = outreach.message(state="dispatching", sender=sender, at=at, text="Hello", subject="Drivers")
    attempt = message.attempts.get()
    SendAttempt.objects.filter(pk=attempt.pk).update(sender_id=sender.pk)
    results.unknown(attempt_id=attempt.pk, why="no answer", at=at)
    return message, at


def looked(message: Message, at: datetime) -> str:
    reconciling.reconcile(clock=StandingClock(at))
    message.refresh_from_db()
    return message.state


@pytest.mark.parametrize(("service", "settled"), [("postmark", 2), ("mailgun", 3)])
def test_a_service_that_never_had_it_is_believed_once_its_search_is_up_to_date(
    esp: EspServer, service: str, settled: int
) -> None:
    message, at = lost(service)
    moments = [at + look + timedelta(seconds=1 + number) for number, look in enumerate(results.LOOKS)]
    found = [looked(message, moment) for moment in moments[: settled + 1]]
    assert found == ["unknown"] * settled + ["queued"]


def test_a_machine_whose_clock_is_off_settles_nothing(esp: EspServer) -> None:
    message, at = lost("postmark")
    assert reconciling.reconcile(clock=Off(at + timedelta(hours=2))) == {}
    assert SendAttempt.objects.get().looks == 0
    message.refresh_from_db()
    assert message.state == "unknown"


def test_how_much_time_went_by_is_told_by_the_databases_clock(esp: EspServer) -> None:
    """This machine says that the attempt is hours old; the clock that counts says a minute."""
    message, at = lost("postmark", ago=timedelta(hours=3))
    assert looked(message, at + timedelta(minutes=1)) == "unknown"
