"""Whoever commits a row about somebody need not wait for whoever hears from them."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction

from headhaul.activities.choices import ActivityType
from headhaul.activities.services.logging import log
from headhaul.kernel import SYSTEM
from headhaul.outreach.choices import Channel
from headhaul.outreach.inbound.incoming import Incoming
from headhaul.outreach.services import news, receiving
from tests.cast import NOON
from tests.factories import outreach

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_touch_that_commits_while_a_stop_is_kept_ends_in_no_deadlock(monkeypatch: pytest.MonkeyPatch) -> None:
    somebody = outreach.contact(at=NOON)
    number = outreach.address_of(somebody, "sms")
    heard, logged = threading.Event(), threading.Event()
    faults: list[BaseException] = []

    def touch() -> None:
        """What a worker does when a message has left: the account's pulse, and then the commit looks at the contact."""
        try:
            heard.wait(10)
            with transaction.atomic():
                log(
                    account_id=somebody.account_id,
                    contact_id=somebody.pk,
                    type=ActivityType.SMS,
                    at=NOON,
                    by=SYSTEM,
                )
                logged.set()
        except BaseException as fault:
            faults.append(fault)
        finally:
            logged.set()
            connection.close()

    def told(**given: object) -> None:
        """By now the contact is held."""
        heard.set()
        logged.wait(10)
        tell(**given)  # type: ignore[arg-type]

    tell = news.tell
    monkeypatch.setattr(news, "tell", told)
    worker = threading.Thread(target=touch)
    worker.start()
    stop = Incoming(
        channel=Channel.SMS, source="webhook:twilio", key="SM1", from_address=number, to_address="+13165550100",
        received_at=NOON, text="Stop", fresh="Stop",
    )  # fmt: skip
    receiving.receive(stop, at=NOON)
    worker.join()
    assert faults == []
