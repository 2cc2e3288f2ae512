"""What the crew's first process does on command: a firm with its mailboxes, messages, and questions afterwards."""

from __future__ import annotations

import os
import random
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from headhaul.actions.services import sealing as audit_sealing
from headhaul.actions.services import verifying as audit_verifying
from headhaul.compliance.judging import rules
from headhaul.compliance.preferences import Caps, Channels, Firm, firm_rules
from headhaul.compliance.services import preflight, sealing, verifying
from headhaul.kernel import SYSTEM, Role
from headhaul.outreach.choices import Channel, MessageState
from headhaul.outreach.inbound.incoming import Incoming
from headhaul.outreach.models import Message, ProviderEvent, Sender
from headhaul.outreach.schemas.drafts import Draft
from headhaul.outreach.services import admitting, claiming, outbox, provider_events, receiving, results, senders
from headhaul.preferences.services.values import save
from headhaul.security.models import User
from tests.cast import token_of
from tests.factories import outreach
from tests.factories.market import person
from tests.fakes.twilio_server import ACCOUNT, TOKEN

LEASE = timedelta(seconds=3)
CLOSED_HOURS = "FAULTS_CLOSED_HOURS"
"""Names in the environment the hours at which people in California are reached; everybody else is at any."""
PLACES = {"TX": ("214", "America/Chicago"), "CA": ("213", "America/Los_Angeles")}
_CALIFORNIA = """
[[states]]
code = "CA"
weekdays = "{hours}"
saturday = "{hours}"
sunday = "{hours}"
holidays = "usual"
cite = "the test"
source = "the test"
verified_on = 2026-11-22
confidence = "high"
"""
MANY = 1_000_000
NEVER_QUIET = {"begin_hour": 24, "end_hour": 0, "for_email": False}


def hurry() -> None:
    """Minutes become tenths of seconds, and hours are taken out of the rules: these tests run at any time of day."""
    claiming.LEASE = admitting.LEASE = LEASE
    results.FIRST_WAIT = timedelta(milliseconds=50)
    results.LOOKS = (timedelta(milliseconds=300), timedelta(milliseconds=800), timedelta(milliseconds=1_500))
    provider_events.GRACE = timedelta(seconds=10)
    always = re.sub(r'^(weekdays|saturday|sunday) = "[^"]*"', r'\1 = "00:00-24:00"', rules.text(), flags=re.MULTILINE)
    always = re.sub(r"^(opens|closes)_minutes = \d+", r"\1_minutes = 0", always, flags=re.MULTILINE)
    always = always.replace('holidays = "closed"', 'holidays = "usual"')
    if hours := os.environ.get(CLOSED_HOURS):
        always += _CALIFORNIA.format(hours=hours)
    rules.text = lambda: always  # type: ignore[assignment]
    rules.current.cache_clear()
    preflight.firm_rules = lambda: firm_rules() | NEVER_QUIET


def set_up(*, smtp_port: int) -> dict[str, Any]:
    """A firm that may send as much as it likes, by one mailbox and one number."""
    at = datetime.now(UTC)
    everything = {f"{who}{what}": MANY for who in ("firm", "user") for what in ("Email", "Sms", "Call")}
    for section, values in (
        (Firm, {"name": "Headhaul Recruiting", "postalAddress": "100 Main St, Dallas, TX 75201"}),
        (Caps, everything),
        (Channels, {"brandId": "B1", "campaignId": "C1", "optInUrl": "https://headhaul.example/texts"}),
    ):
        save(section=section, values=values, expected_version=0, by=SYSTEM, at=at)
    mail = {"host": "127.0.0.1", "port": smtp_port, "security": "none"}
    common = {"spacing_seconds": 0, "is_default": True}
    made = [
        senders.create(
            values=common
            | {"channel": "email", "address": "rosa@headhaul.example", "gateway": "smtp", "options": mail},
            given={},
            at=at,
        ),
        senders.create(
            values=common
            | {
                "channel": "sms",
                "address": "+13165550100",
                "gateway": "twilio",
                "options": {"account_sid": ACCOUNT, "is_registered": True},
            },
            given={"secret": TOKEN},
            at=at,
        ),
    ]
    Sender.objects.update(health={"blocking": []}, checked_at=at)
    return {"senders": [each.pk for each in made]}


def plan(*, count: int, channels: list[str], state: str = "TX") -> dict[str, Any]:
    """That many messages, each to somebody else in that state, every one planned twice."""
    at = datetime.now(UTC)
    rep = person(f"Rosa Rep of {state}", Role.REP)
    area, zone = PLACES[state]
    home = outreach.account(f"Everybody's in {state}", state=state)
    drafts = []
    for number in range(count):
        channel = channels[number % len(channels)]
        somebody = outreach.contact(home, phone=f"+1{area}{2_000_000 + number:07d}", zone=zone, at=at)
        outreach.says_yes(somebody, "email", "sms", at=at - timedelta(days=1))
        drafts.append(
            Draft(
                dedupe_key=f"faults:{state}:{number}",
                channel=Channel(channel),
                address=outreach.address_of(somebody, channel),
                subject=f"Drivers, number {number}" if channel == "email" else "",
                text=f"Number {number}: are you short of drivers? Reply STOP to opt out.",
                contact_id=somebody.pk,
                account_id=home.pk,
                user_id=rep.user_id,
                due_at=at,
            )
        )
    planned = outbox.plan_many(drafts=drafts, at=at), outbox.plan_many(drafts=drafts, at=at)
    with connection.cursor() as cursor:
        cursor.execute("checkpoint")
    return {"planned": planned[0], "again": planned[1]}


def admit(*, name: str) -> dict[str, Any]:
    """An administrator with a token for the web."""
    user = User.objects.get(pk=person(name, Role.ADMIN).user_id)
    return {"token": token_of(user)}


def says_stop(number: str, *, at: datetime) -> None:
    """A text comes in as the web process hands it over."""
    incoming = Incoming(
        channel=Channel.SMS,
        source="webhook:twilio",
        key=f"SM-{number}",
        from_address=number,
        to_address="+13165550100",
        received_at=at,
        text="Stop",
        fresh="Stop",
    )
    receiving.receive(incoming, at=at)


def replay(*, seed: int) -> dict[str, Any]:
    """Every event twice more, in another order: how many messages end otherwise. Nothing of it is kept."""
    before = dict(Message.objects.values_list("dedupe_key", "state"))
    dice = random.Random(seed)
    with transaction.atomic():
        keys = list(ProviderEvent.objects.values_list("pk", flat=True)) * 2
        dice.shuffle(keys)
        at = datetime.now(UTC) + timedelta(hours=1)
        for key in keys:
            ProviderEvent.objects.filter(pk=key).update(applied_at=None, verdict="")
            provider_events.apply_one(key, at=at)
        after = dict(Message.objects.values_list("dedupe_key", "state"))
        transaction.set_rollback(True)
    return {"events": len(keys), "changed": sum(before[key] != after[key] for key in before)}


def verify() -> dict[str, Any]:
    """Seal both chains and read them again."""
    at = datetime.now(UTC)
    audit_sealing.seal_pending(at=at)
    sealing.seal_pending(at=at, waits=True)
    checked = verifying.verify()
    return {
        "audit": audit_verifying.verify().first_break is None,
        "receipts": checked.first_break is None,
        "sealed": checked.checked,
    }


def call_off(*, state: str) -> dict[str, Any]:
    """What still waits for its hour there, taken back."""
    waiting = Message.objects.filter(dedupe_key__startswith=f"faults:{state}:", state=MessageState.QUEUED)
    keys = list(waiting.values_list("pk", flat=True))
    rules = sorted(set(waiting.values_list("held_rule", flat=True)))
    outbox.cancel(message_ids=keys, reason="the test is over", at=datetime.now(UTC))
    return {"waited": len(keys), "rules": rules}


DO: dict[str, Callable[..., dict[str, Any]]] = {
    "admit": admit,
    "call_off": call_off,
    "set_up": set_up,
    "plan": plan,
    "replay": replay,
    "verify": verify,
}
