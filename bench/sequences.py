"""Sequences: 100,000 people enrolled, and their first steps planned into the outbox by one worker.

`python -m bench.sequences`; SIZE=100000 is how many are enrolled, STEPS=5000 how many of them take their first step.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

HOME = Path(os.environ.get("BENCH_HOME", "/tmp/headhaul-bench")) / "sequences"
SIZE = int(os.environ.get("SIZE", "100000"))
STEPS = int(os.environ.get("STEPS", "5000"))
AT_ONCE = 10_000  # what one enrollContacts takes
MANY = 1_000_000


def main() -> None:
    """Measure, print."""
    from bench.report import Report

    _start()
    people, report = _people(), Report("Sequences")
    for name, count, what in (
        (
            f"{len(people):,} people enrolled, first step timed in the zones of each",
            len(people),
            lambda: _enrol(people),
        ),
        (f"first step of {STEPS:,} of them: judged, worded, in the outbox", STEPS, _step),
    ):
        seconds, cpu = _timed(what)
        report.fact(
            name, f"{seconds:.1f} s", f"{count / seconds:,.0f} a second, {count / cpu:,.0f} a CPU second of ours"
        )
    report.print()


def _start() -> None:
    os.environ |= {
        "HEADHAUL_HOME": str(HOME),
        "HEADHAUL_IGNORE_ENV_FILE": "1",
        "HEADHAUL_DEMO": "0",
        "HEADHAUL_LOG_LEVEL": "ERROR",
        "DATABASE_URL": "",
        "DJANGO_SETTINGS_MODULE": "headhaul.config.settings",
    }
    import django

    HOME.mkdir(parents=True, exist_ok=True)
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def _people() -> list[int]:
    """A firm without limits, and so many people to write to: no company is a client, or was found not to fit."""
    from django.db import connection

    from bench.crm_data import fill
    from headhaul.accounts.choices import AccountStatus
    from headhaul.accounts.models import Account, Contact
    from headhaul.compliance.preferences import Caps, Firm
    from headhaul.kernel import SYSTEM
    from headhaul.preferences.services.values import get_stored, save

    with connection.cursor() as cursor:
        fill(cursor.connection, size=SIZE)
    closed = Account.objects.filter(status__in=[AccountStatus.CLIENT, AccountStatus.NOT_A_FIT])
    closed.update(status=AccountStatus.PROSPECTING)
    if get_stored(Firm).version == 0:
        at = datetime.now(UTC)
        limits = {f"{who}{what}": MANY for who in ("firm", "user") for what in ("Email", "Sms", "Call")}
        firm = {"name": "Headhaul Recruiting", "postalAddress": "100 Main St, Dallas, TX 75201"}
        for section, values in ((Firm, firm), (Caps, limits | {"warmUpStart": 1_000, "warmUpEnd": 100_000})):
            save(section=section, values=values, expected_version=0, by=SYSTEM, at=at)
    return list(Contact.objects.filter(has_left=False).order_by("pk").values_list("pk", flat=True)[:SIZE])


def _enrol(people: list[int]) -> None:
    """All of them in a new sequence, as somebody who selected them all would."""
    from django.db import transaction

    from headhaul.kernel import SYSTEM
    from headhaul.outreach.services import enrolling
    from tests.factories import outreach

    at = datetime.now(UTC)
    mail = {"kind": "email", "key": "hello", "subject": "Drivers near {account.city|you}"}
    words = "Hi {contact.first_name|there},\n\nwe have drivers who live near you. Shall I send you three profiles?"
    inside = outreach.sequence(f"Bench {at.isoformat()}", steps=[mail | {"body": words}])
    made = 0
    for first in range(0, len(people), AT_ONCE):
        with transaction.atomic():  # one action
            piece = people[first : first + AT_ONCE]
            made += len(enrolling.enrol(sequence_id=inside.pk, contact_ids=piece, at=at, by=SYSTEM).made)
    if made != len(people):
        raise SystemExit(f"{made:,} of {len(people):,} were enrolled")


def _step() -> None:
    """What the clockwork does each minute, four days from now: by then it has been a working hour everywhere."""
    from headhaul.outreach.services import engine

    done = engine.advance_due(at=datetime.now(UTC) + timedelta(days=4), limit=STEPS)
    print(f"· {done.done}")
    if done.total != STEPS:
        raise SystemExit(f"{done.total:,} of {STEPS:,} steps were taken")


def _timed(what: Callable[[], None]) -> tuple[float, float]:
    """Seconds, and of this process's CPU."""
    began, cpu = time.perf_counter(), time.process_time()
    what()
    return time.perf_counter() - began, time.process_time() - cpu


if __name__ == "__main__":
    main()
