"""Two people of one company answer at the same moment: one of the answers waits for the other, and neither is lost."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError, connection, transaction

from headhaul.kernel import Actor
from headhaul.outreach.choices import EnrolmentState
from headhaul.outreach.models import Enrolment, Sender
from headhaul.outreach.services import stops
from tests.factories import outreach
from tests.outreach.sequences.doing import EMAIL, enrolled, running

pytestmark = pytest.mark.django_db(transaction=True)
MONDAY = datetime(2026, 11, 16, 16, tzinfo=UTC)
_WAITS = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"


def wait_until_somebody_waits() -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute(_WAITS)
            if cursor.fetchone()[0]:
                return
        time.sleep(0.01)
    raise AssertionError("nobody waits")


def test_an_answer_holds_nothing_that_a_colleagues_answer_needs_before_it_has_it_all(
    rosa: Actor, max_: Actor, senders: list[Sender]
) -> None:
    home = outreach.account("Lone Star", owner=rosa, state="TX")
    first, second = (outreach.contact(home) for _ in range(2))
    for each in (first, second):
        outreach.says_yes(each, "email", at=MONDAY - timedelta(days=3))
    enrolled(rosa, running(max_, EMAIL, at=MONDAY)["id"], first.pk, second.pk, at=MONDAY)
    ended: list[int] = []

    def second_answers() -> None:
        try:
            with transaction.atomic():
                ended.append(
                    stops.stop_contact(
                        contact_id=second.pk, reason=EnrolmentState.REPLIED, at=MONDAY, why="They replied."
                    )
                )
        finally:
            connection.close()

    other = threading.Thread(target=second_answers)
    try:
        with transaction.atomic():  # the first one's answer, halfway through
            Enrolment.objects.select_for_update().get(contact=first)
            other.start()
            wait_until_somebody_waits()
            try:
                Enrolment.objects.select_for_update(nowait=True).get(contact=second)
            except OperationalError as taken:
                raise AssertionError("each would wait for the other") from taken
    finally:
        other.join(20)
    assert ended == [2]
    assert set(Enrolment.objects.values_list("state", flat=True)) == {"replied", "stopped"}
