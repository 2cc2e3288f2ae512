"""Lead capture: leads a second by `captureLead`, and 500 leads that waited on phones, synced and synced again.

`python -m bench.capture`; LEADS=500 single captures, ACCOUNTS=40000 that are there before, THREADS=4 phones at once.
"""

from __future__ import annotations

import os
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

HOME = Path(os.environ.get("BENCH_HOME", "/tmp/headhaul-bench")) / "capture"
ACCOUNTS = int(os.environ.get("ACCOUNTS", "40000"))
LEADS = int(os.environ.get("LEADS", "500"))
THREADS = int(os.environ.get("THREADS", "4"))
OFFLINE = 500
_ACCOUNTS = """
with made as (
    insert into accounts_account (
        dot_number, name, status, segment, source, state, city, phone_key, domain, version, created_at, updated_at,
        region, phone, website, fleet_source)
    select n, 'Carrier ' || md5(n::text) || ' Lines', 'target', 'regional', 'manual', 'TX', 'City ' || n %% 400,
           '+1972' || lpad(n::text, 7, '0'), md5(n::text) || '.example', 1, now(), now(), 'south_central', '', '', ''
    from generate_series(1, %s::int) n
    where not exists (select from accounts_account) returning id
), living as (
    insert into accounts_accountpulse (account_id, last_activity_at) select id, now() from made
)
insert into accounts_accountscore (account_id, is_spike) select id, false from made
"""


def main() -> None:
    """Measure, print."""
    from bench.report import Report

    rep, event = _start()
    report = Report("Lead capture")
    singles = [_lead(number, event) for number in range(LEADS)]
    _say(report, f"{LEADS:,} new leads, one after the other", LEADS, lambda: [_capture(rep, one) for one in singles])
    _say(report, "the same again: answered, nothing written twice", LEADS, lambda: [_capture(rep, o) for o in singles])
    crowd = [_lead(number, event) for number in range(LEADS, 2 * LEADS)]
    _say(report, f"{len(crowd):,} new leads from {THREADS} at once", len(crowd), lambda: _at_once(rep, crowd))
    offline = [_lead(number, event) | {"wasOffline": True} for number in range(100_000, 100_000 + OFFLINE)]
    found: Counter[str] = Counter()
    _say(report, f"sync of {OFFLINE} offline leads, 100 a call", OFFLINE, lambda: found.update(_sync(rep, offline)))
    _say(report, f"sync of the same {OFFLINE} again", OFFLINE, lambda: found.update(_sync(rep, offline)))
    report.fact("of the two syncs", ", ".join(f"{count} {word}" for word, count in sorted(found.items())), "")
    report.print()


def _start() -> tuple[Any, int]:
    """Migrate, and let there be accounts, a rep and an event."""
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
    from django.db import connection

    call_command("migrate", verbosity=0)
    from headhaul.actions import dispatch
    from headhaul.kernel import Role
    from headhaul.security.actors import actor_of
    from headhaul.security.models import User

    with connection.cursor() as cursor:
        cursor.execute(_ACCOUNTS, [ACCOUNTS])
    user, _ = User.objects.get_or_create(email="booth@bench.example", defaults={"name": "Booth", "role": Role.ADMIN})
    rep = actor_of(user)
    data = {"name": f"Fair {uuid.uuid4().hex[:8]}", "state": "TX", "consentWording": "I agree."}
    event = dispatch("saveCaptureEvent", data, actor=rep, at=datetime.now(UTC), door="job").payload
    return rep, event.id


def _lead(number: int, event: int) -> dict[str, Any]:
    """Three of four are companies nobody knows; every fourth names a carrier by a number that an account may have."""
    key = uuid.uuid4()
    company: dict[str, Any] = {"company": f"Fleet {key.hex[:10]} Lines", "state": "TX", "city": f"City {number % 400}"}
    if number % 4 == 0:
        company = {"dotNumber": number // 4 + 1}
    return company | {
        "clientId": str(key),
        "eventId": event,
        "contactName": f"Person {key.hex[:6]}",
        "emails": [f"{key.hex[:12]}@fleet{key.hex[:10]}.example"],
        "phones": [f"214{200 + number % 700}{number % 10_000:04}"],
        "note": "Needs drivers.",
        "tags": ["bench"],
        "consent": {"email": True},
        "capturedAt": (datetime.now(UTC) - timedelta(minutes=5)).isoformat(),
    }


def _capture(rep: Any, data: dict[str, Any]) -> Any:
    from headhaul.actions import dispatch

    return dispatch("captureLead", data, actor=rep, at=datetime.now(UTC), door="job").payload


def _sync(rep: Any, items: list[dict[str, Any]]) -> Counter[str]:
    from headhaul.actions import dispatch

    found: Counter[str] = Counter()
    for start in range(0, len(items), 100):
        at = datetime.now(UTC)
        data = {"items": items[start : start + 100], "deviceNow": at.isoformat()}
        done = dispatch("captureLeads", data, actor=rep, at=at, door="job").payload
        found += Counter(created=done.created, already=done.already, joined=done.joined, failed=done.failed)
    return found


def _at_once(rep: Any, items: list[dict[str, Any]]) -> None:
    from django.db import connection

    def work(mine: list[dict[str, Any]]) -> None:
        try:
            for one in mine:
                _capture(rep, one)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(items[number::THREADS],)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _say(report: Any, name: str, count: int, what: Callable[[], Any]) -> None:
    begun, cpu = time.perf_counter(), time.process_time()
    what()
    seconds, spent = time.perf_counter() - begun, time.process_time() - cpu
    report.fact(name, f"{seconds:.2f} s", f"{count / seconds:,.0f} a second, {count / spent:,.0f} a CPU second of ours")


if __name__ == "__main__":
    main()
