"""Background work of this room. When the clock starts it stands in nightly/schedule.py."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import transaction
from procrastinate.contrib.django import app

from headhaul.analytics.services import sightings, snapshots


@app.task(queue="night", name="take_analytics_snapshots", queueing_lock="take_analytics_snapshots")
def take_analytics_snapshots(**_: object) -> int:
    """Keep the figures of the month that is over, once."""
    return snapshots.take_monthly(at=datetime.now(UTC))


@app.task(queue="clock", name="watch_competitors", queueing_lock="watch_competitors")
def watch_competitors(**_: object) -> int:
    """Note competitors that were met somewhere for the first time or in a lost deal, and tell whom it concerns."""
    with transaction.atomic():
        return sightings.watch(at=datetime.now(UTC))
