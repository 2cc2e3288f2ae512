"""Background work of this room. When the clock starts it stands in nightly/schedule.py."""

from __future__ import annotations

import os
import time

from procrastinate.contrib.django import app

from headhaul.outreach.services import (
    clicks,
    delivering,
    engine,
    mailboxes,
    provider_events,
    reaping,
    reconciling,
    webhooks,
)
from headhaul.outreach.services.clocks import DatabaseClock

BATCH = 200
AT_MOST = 45.0
"""Seconds after which a run leaves the rest to the next, which the clock starts each minute."""


@app.task(queue="outreach", name="deliver_messages", queueing_lock="deliver_messages")
def deliver_messages(**_: object) -> dict[str, int]:
    """Send what is due."""
    clock, began = DatabaseClock(), time.monotonic()
    ended: dict[str, int] = {}
    while time.monotonic() - began < AT_MOST:
        done = delivering.deliver_due(clock=clock, limit=BATCH, owner=f"worker {os.getpid()}", pause=time.sleep)
        for how, count in done.ended.items():
            ended[how] = ended.get(how, 0) + count
        if done.claimed < BATCH:
            break
    return ended


@app.task(queue="outreach", name="advance_sequences", queueing_lock="advance_sequences")
def advance_sequences(**_: object) -> dict[str, int]:
    """Let whoever is due in a sequence take their next step."""
    clock, began = DatabaseClock(), time.monotonic()
    done: dict[str, int] = {}
    while time.monotonic() - began < AT_MOST:
        advanced = engine.advance_due(at=clock.now(), limit=BATCH)
        for how, count in advanced.done.items():
            done[how] = done.get(how, 0) + count
        if advanced.total < BATCH:
            break
    return done


@app.task(queue="clock", name="reap_messages", queueing_lock="reap_messages")
def reap_messages(**_: object) -> dict[str, int]:
    """Take up what killed workers left behind, and ask providers about what nobody knows."""
    clock = DatabaseClock()
    reaped = reaping.reap(at=clock.now())
    return {"given_back": reaped.given_back, "unknown": reaped.unknown, **reconciling.reconcile(clock=clock)}


@app.task(queue="outreach", name="apply_provider_events", queueing_lock="apply_provider_events")
def apply_provider_events(**_: object) -> dict[str, int]:
    """Make of what providers told us what it means."""
    clock = DatabaseClock()
    counts: dict[str, int] = {}
    for _round in range(20):
        applied = provider_events.apply_waiting(at=clock.now(), limit=500)
        for verdict, count in applied.items():
            counts[verdict] = counts.get(verdict, 0) + count
        if sum(applied.values()) - applied.get("waiting", 0) < 400:
            break
    return counts


@app.task(queue="clock", name="forget_webhook_tokens", queueing_lock="forget_webhook_tokens")
def forget_webhook_tokens(**_: object) -> int:
    """Remove what may be used once only, when it is too old to be used at all."""
    return webhooks.forget_tokens(at=DatabaseClock().now())


@app.task(queue="mail", name="read_mailboxes", queueing_lock="read_mailboxes", lock="read_mailboxes")
def read_mailboxes(**_: object) -> dict[str, int]:
    """Take in what came to our mailboxes."""
    return mailboxes.poll_all(at=DatabaseClock().now())


@app.task(queue="clock", name="regrade_clicks", queueing_lock="regrade_clicks")
def regrade_clicks(**_: object) -> int:
    """Judge clicks anew whose mail is known by now to have arrived only just before."""
    return clicks.regrade_lately(at=DatabaseClock().now())
