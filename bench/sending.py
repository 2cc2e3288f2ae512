"""Sending: messages a second of one worker through the whole way to a mail server on this machine, beside the least
that could do it; and taking due messages out of an outbox of ten thousand and of a million.

`python -m bench.sending`; SIZE=1000000 is the large outbox, MESSAGES=500 how many are sent.
"""

from __future__ import annotations

import os
import smtplib
import subprocess
import sys
import time
import uuid
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

HOME = Path(os.environ.get("BENCH_HOME", "/tmp/headhaul-bench")) / "sending"
SIZE = int(os.environ.get("SIZE", "1000000"))
MESSAGES = int(os.environ.get("MESSAGES", "500"))
MANY = 1_000_000
_FILL = """
insert into outreach_message (id, dedupe_key, channel, purpose, state, address, step_key, campaign, subject, text, html,
    headers, body_hash, approved_hash, due_at, lease_owner, tries, held_rule, held_reason, gateway, provider_id, rfc_id,
    provider_rfc_id, result_code, result_text, created_at, updated_at)
select gen_random_uuid(), 'bench:' || n, 'email', 'outreach', 'queued', 'p' || n || '@carrier.example', '', '',
    'Drivers', 'Are you short of drivers?', '', '{}', '', '', now() - random() * interval '1 day', '', 0, '', '', '',
    '', '', '', '', '', now(), now()
from generate_series(%s::int, %s::int) n
"""


def main() -> None:
    """Measure, print."""
    from bench.report import Report

    _start()
    report = Report("Sending")
    with _mail_server() as port:
        least = _least(port)
        report.fact(
            "the least: smtplib and two rows written, one worker",
            f"{least[0]:.0f} a second",
            f"{least[1]:.0f} a CPU second",
        )
        ours = _ours(port)
        report.fact(
            "ours: decided, receipted, limited, composed, sent, written",
            f"{ours[0]:.0f} a second",
            f"{ours[1]:.0f} a CPU second; {least[1] / ours[1]:.0f} times the least",
        )
    for size in (10_000, SIZE):
        seconds, taken = _claims(size)
        report.fact(
            f"taking 200 at once out of {size:,} due",
            f"{taken / seconds:,.0f} a second",
            f"{seconds / taken * 200 * 1000:.1f} ms each time",
        )
    report.print()


def _start() -> None:
    os.environ |= {
        "HEADHAUL_HOME": str(HOME),
        "HEADHAUL_IGNORE_ENV_FILE": "1",
        "HEADHAUL_LOG_LEVEL": "ERROR",
        "HEADHAUL_INTERNAL_HOSTS": "127.0.0.1",
        "DATABASE_URL": "",
        "DJANGO_SETTINGS_MODULE": "headhaul.config.settings",
    }
    import django

    HOME.mkdir(parents=True, exist_ok=True)
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


@contextmanager
def _mail_server() -> Iterator[int]:
    """A process of its own that takes everything."""
    command = [sys.executable, "-m", "tests.fakes.smtp_sink"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, stderr=subprocess.DEVNULL)
    try:
        assert server.stdout is not None
        yield int(server.stdout.readline())
    finally:
        server.kill()
        server.wait()


def _timed(what: Any, count: int) -> tuple[float, float]:
    """Messages a second, and a second of this process's CPU."""
    began, cpu = time.perf_counter(), time.process_time()
    what()
    return count / (time.perf_counter() - began), count / (time.process_time() - cpu)


def _least(port: int) -> tuple[float, float]:
    """A loop by hand: one row before, one after, each committed, and the mail between them."""
    from django.db import connection

    mail = b"From: rosa@headhaul.example\r\nTo: p@carrier.example\r\nSubject: Drivers\r\n\r\n" + b"Are you short? " * 60
    with connection.cursor() as cursor:
        cursor.execute("create table if not exists bench_least (id uuid primary key, state text)")

    def loop() -> None:
        with smtplib.SMTP("127.0.0.1", port) as server:
            for _ in range(MESSAGES):
                key = uuid.uuid4()
                with connection.cursor() as cursor:
                    cursor.execute("insert into bench_least values (%s, 'started')", [key])
                    server.sendmail("rosa@headhaul.example", ["p@carrier.example"], mail)
                    cursor.execute("update bench_least set state = 'sent' where id = %s", [key])

    return _timed(loop, MESSAGES)


def _ours(port: int) -> tuple[float, float]:
    """The worker's own run, until nothing is due."""
    from headhaul.outreach.services.clocks import DatabaseClock
    from headhaul.outreach.services.delivering import deliver_due

    _people(port)
    clock = DatabaseClock()
    sent = 0

    def run() -> None:
        nonlocal sent
        while (done := deliver_due(clock=clock, limit=100, owner="bench")).claimed:
            sent += done["accepted"]

    rates = _timed(run, MESSAGES)
    assert sent == MESSAGES, f"{sent} of {MESSAGES} were accepted"
    return rates


def _people(port: int) -> None:
    """A firm without limits, a mailbox, and as many people as messages."""
    from headhaul.compliance.preferences import Caps, Firm, QuietHours
    from headhaul.kernel import SYSTEM
    from headhaul.outreach.choices import Channel
    from headhaul.outreach.models import Sender
    from headhaul.outreach.schemas.drafts import Draft
    from headhaul.outreach.services import outbox, senders
    from headhaul.preferences.services.values import save
    from tests.factories import outreach

    at, run = datetime.now(UTC), uuid.uuid4().hex[:8]
    if not Sender.objects.exists():
        limits = {f"{who}{what}": MANY for who in ("firm", "user") for what in ("Email", "Sms", "Call")}
        firm = {"name": "Headhaul Recruiting", "postalAddress": "100 Main St, Dallas, TX 75201"}
        for section, values in ((Firm, firm), (Caps, limits), (QuietHours, {"forEmail": False})):
            save(section=section, values=values, expected_version=0, by=SYSTEM, at=at)
        values = {"channel": "email", "address": "rosa@headhaul.example", "gateway": "smtp", "is_default": True}
        senders.create(values=values | {"spacing_seconds": 0}, given={}, at=at)
    options = {"host": "127.0.0.1", "port": port, "security": "none"}
    Sender.objects.update(options=options, health={"blocking": []}, checked_at=at)
    home = outreach.account(f"Everybody's {run}", state="TX")
    drafts = []
    for number in range(MESSAGES):
        somebody = outreach.contact(home, zone="", email=f"{run}.{number}@carrier.example", phone="+12145550100", at=at)
        drafts.append(
            Draft(
                dedupe_key=f"bench:{run}:{number}",
                channel=Channel.EMAIL,
                address=f"{run}.{number}@carrier.example",
                subject=f"Drivers, number {number}",
                text="Are you short of reefer drivers this month? " * 20,
                contact_id=somebody.pk,
                account_id=home.pk,
                due_at=at - timedelta(seconds=1),
            )
        )
    outbox.plan_many(drafts=drafts, at=at)


def _claims(size: int) -> tuple[float, int]:
    """Seconds for fifty claims of 200 each, out of so many that are due."""
    from django.db import connection

    from headhaul.outreach.services.claiming import claim

    with connection.cursor() as cursor:
        cursor.execute("truncate outreach_message cascade")
        cursor.execute(_FILL, [1, size])
        cursor.execute("vacuum analyze outreach_message")
    at, taken = datetime.now(UTC), 0
    began = time.perf_counter()
    for _ in range(min(50, size // 200)):
        taken += len(claim(owner="bench", at=at, limit=200).message_ids)
    return time.perf_counter() - began, taken


if __name__ == "__main__":
    main()
