"""Workers beside each other never hold the same message, and a stop sets aside what it covers without taking it."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from headhaul.compliance.choices import HoldScope
from headhaul.compliance.services import holds
from headhaul.kernel import SYSTEM, Actor
from headhaul.outreach.models import Message, SendAttempt
from headhaul.outreach.services import claiming, delivering
from headhaul.outreach.services.clocks import StandingClock
from tests.factories import outreach
from tests.outreach.delivery.conftest import NOW, Plan, deliver


@pytest.mark.django_db(transaction=True)
def test_eight_workers_at_once_never_hold_the_same_message() -> None:
    person = outreach.contact()
    for _ in range(60):
        outreach.message(person, state="queued", at=NOW)
    held: list[tuple[object, ...]] = []

    def work(number: int) -> None:
        try:
            while taken := claiming.claim(owner=f"w{number}", at=NOW, limit=4).message_ids:
                held.append(taken)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken = [key for each in held for key in each]
    assert len(taken) == len(set(taken)) == 60


MANY = 20_000
_FILL = """
insert into outreach_message (id, dedupe_key, channel, purpose, state, address, step_key, campaign, subject, text, html,
    headers, body_hash, approved_hash, due_at, lease_owner, tries, held_rule, held_reason, gateway, provider_id, rfc_id,
    provider_rfc_id, result_code, result_text, created_at, updated_at)
select gen_random_uuid(), 'many:' || n, 'email', 'outreach', 'queued', 'p' || n || '@carrier.example', '', '', '',
    'Are you short of drivers?', '', '{}', '', '', %s::timestamptz - n * interval '1 second', '', 0, '', '', '', '', '',
    '', '', '', now(), now() from generate_series(1, %s) n
"""


def _touched(plan: dict[str, Any]) -> int:
    """The most rows that any step of a plan looked at."""
    looked = (plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)) * plan["Actual Loops"]
    return max([int(looked), *map(_touched, plan.get("Plans", []))])


@pytest.mark.django_db
def test_a_claim_looks_at_what_it_takes_however_much_is_due() -> None:
    given = {"at": NOW, "limit": 100, "owner": "w1", "until": NOW + claiming.LEASE}
    with connection.cursor() as cursor:
        cursor.execute(_FILL, [NOW, MANY])
        cursor.execute("analyze outreach_message")
        cursor.execute(f"explain (analyze, timing off, format json) {claiming._CLAIM}", given)
        explained = cursor.fetchone()[0]
    plan = (json.loads(explained) if isinstance(explained, str) else explained)[0]["Plan"]
    assert _touched(plan) <= 2 * given["limit"]
    assert Message.objects.filter(state="claimed").count() == given["limit"]


def test_a_stop_of_everything_is_seen_before_anything_is_claimed(plan: Plan) -> None:
    message = plan()
    hold = holds.open_hold(scope=HoldScope.ALL, reason="Restored from a backup.", at=NOW, by=SYSTEM)
    done = deliver()
    assert (done.claimed, "Restored" in done.stopped) == (0, True)
    holds.lift_hold(hold_id=hold, at=NOW, by=SYSTEM)
    assert deliver()["accepted"] == 1
    message.refresh_from_db()
    assert message.state == "accepted"


def test_a_stop_of_a_channel_sets_aside_and_brings_back(plan: Plan) -> None:
    mail, text = plan("a"), plan("b", channel="sms")
    hold = holds.open_hold(scope=HoldScope.CHANNEL, key="sms", reason="The carrier filters us.", at=NOW, by=SYSTEM)
    assert deliver().ended == {"accepted": 1}
    text.refresh_from_db()
    assert (text.held_rule, "filters" in text.held_reason, text.due_at > NOW) == ("parked", True, True)
    holds.lift_hold(hold_id=hold, at=NOW, by=SYSTEM)
    assert deliver().ended == {"accepted": 1}
    assert set(Message.objects.values_list("state", flat=True)) == {"accepted"}
    assert mail.pk != text.pk


def test_messages_of_a_mailbox_that_keeps_a_pause_get_a_place_each(plan: Plan, rosa: Actor) -> None:
    box = outreach.sender("email", user=rosa, spacing_seconds=30)
    for number in range(4):
        plan(f"m{number}", sender_id=box.pk)
    assert deliver().ended == {"accepted": 1, "deferred": 3}
    places = sorted(Message.objects.filter(state="queued").values_list("due_at", flat=True))
    assert places == [NOW + timedelta(seconds=30 * step) for step in (1, 2, 3)]


class SkewedClock(StandingClock):
    def skew(self) -> float:
        return 2.5


def test_a_machine_whose_clock_is_off_sends_nothing(plan: Plan) -> None:
    plan()
    done = delivering.deliver_due(clock=SkewedClock(NOW), owner="test")
    assert (done.claimed, "2.5 seconds" in done.stopped) == (0, True)
    assert not SendAttempt.objects.exists()
