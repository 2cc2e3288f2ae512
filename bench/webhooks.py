"""`python -m bench.webhooks`: notices a second, by one process, from the post to the committed row."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

HOME = Path(os.environ.get("BENCH_HOME", "/tmp/headhaul-bench")) / "webhooks"
TEXTS, BATCHES, IN_A_BATCH = int(os.environ.get("SIZE", "3000")), 50, 100
GOAL_SECONDS = 0.2  # a provider gets its answer within


def main() -> None:
    """Set up a home of its own, post, print."""
    os.environ |= {"HEADHAUL_HOME": str(HOME), "HEADHAUL_IGNORE_ENV_FILE": "1", "HEADHAUL_DEMO": "0"}
    os.environ |= {"DJANGO_SETTINGS_MODULE": "headhaul.config.settings", "HEADHAUL_LOG_LEVEL": "ERROR"}
    os.environ["HEADHAUL_PUBLIC_URL"] = "https://hire.example"
    os.environ.pop("DATABASE_URL", None)
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    print("| | a CPU second of the process | a second | at worst |\n|---|---|---|---|")
    for prepared in (texts, mails):
        show(*prepared())
    applied()


def texts() -> tuple[str, list[Callable[[], int]], int]:
    """Twilio's notices, one event each."""
    from django.test import RequestFactory
    from twilio.request_validator import RequestValidator

    from headhaul.outreach.services import webhook_addresses
    from tests.fakes.twilio_server import ACCOUNT, TOKEN
    from tests.outreach.webhooks import posting

    sender, make, validator = (
        _sender(posting.by_twilio),
        RequestFactory(SERVER_NAME="localhost"),
        RequestValidator(TOKEN),
    )
    posts = []
    for number in range(TEXTS):
        url = webhook_addresses.status_url(sender_id=sender.pk, attempt_id=uuid.uuid4())
        form = {"MessageSid": f"SM{uuid.uuid4().hex}", "MessageStatus": "delivered", "AccountSid": ACCOUNT}
        form["To"] = f"+1214555{number % 10_000:04d}"
        signature = validator.compute_signature(url, form)
        posts.append(_posting(make.post(urlsplit(url).path, form, headers={"X-Twilio-Signature": signature})))
    return "Twilio, one event a post", posts, 1


def mails() -> tuple[str, list[Callable[[], int]], int]:
    """SendGrid's notices, a hundred events each, signed with an elliptic curve."""
    from django.test import RequestFactory

    from headhaul.outreach.services import webhook_addresses
    from tests.fakes import signing
    from tests.outreach.webhooks import posting

    sender, make = _sender(lambda: posting.by_service("sendgrid")), RequestFactory(SERVER_NAME="localhost")
    path, posts = urlsplit(webhook_addresses.events_url(sender_id=sender.pk)).path, []
    for _ in range(BATCHES):
        events = [
            {"event": "delivered", "sg_event_id": uuid.uuid4().hex, "email": "joe@carrier.example", "timestamp": 1}
            for _ in range(IN_A_BATCH)
        ]
        body, headers = signing.sendgrid(events, datetime.now(UTC))
        posts.append(_posting(make.post(path, body, content_type="application/json", headers=headers)))
    return f"SendGrid, {IN_A_BATCH} events a post", posts, IN_A_BATCH


def show(name: str, posts: list[Callable[[], int]], events: int) -> None:
    """Post all, and print how fast that went."""
    worst, begun, cpu = 0.0, time.perf_counter(), time.process_time()
    for post in posts:
        before = time.perf_counter()
        status = post()
        worst = max(worst, time.perf_counter() - before)
        if status != 200:
            raise SystemExit(f"{name}: answered {status}")
    count = len(posts) * events
    rate, of_cpu = count / (time.perf_counter() - begun), count / (time.process_time() - cpu)
    print(f"| {name} | {of_cpu:,.0f} events | {rate:,.0f} | {worst * 1000:.0f} ms of {GOAL_SECONDS * 1000:.0f} |")


def applied() -> None:
    """Make something of what was kept: here, find that none of it is about a message of ours."""
    from headhaul.outreach.services import provider_events

    begun, cpu, count = time.perf_counter(), time.process_time(), 0
    while found := sum(provider_events.apply_waiting(at=datetime.now(UTC), limit=500).values()):
        count += found
        if count >= TEXTS:
            break
    rate, of_cpu = count / (time.perf_counter() - begun), count / (time.process_time() - cpu)
    print(f"| looked up and put aside | {of_cpu:,.0f} events | {rate:,.0f} | |")


def _sender(make: Callable[[], object]) -> object:
    from headhaul.outreach.models import Sender
    from headhaul.outreach.services.senders import SenderTaken

    Sender.objects.all().delete()
    try:
        return make()
    except SenderTaken as taken:
        raise SystemExit(str(taken)) from taken


def _posting(request: object) -> Callable[[], int]:
    handler = _handler()
    return lambda: int(handler.get_response(request).status_code)  # type: ignore[attr-defined]


def _handler() -> object:
    from django.core.handlers.base import BaseHandler

    if not hasattr(_handler, "made"):
        made = BaseHandler()
        made.load_middleware()
        _handler.made = made  # type: ignore[attr-defined]
    return _handler.made  # type: ignore[attr-defined]


if __name__ == "__main__":
    main()
