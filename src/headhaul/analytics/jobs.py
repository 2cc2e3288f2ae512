"""Background work of this room."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import transaction
from procrastinate.contrib.django import app

from headhaul.analytics.services import sightings


@app.task(queue="clock", name="watch_competitors", queueing_lock="watch_competitors")
def watch_competitors(**_: object) -> int:
    """Note competitors that were met somewhere for the first time or in a lost deal, and tell whom it concerns."""
    with transaction.atomic():
        return sightings.watch(at=datetime.now(UTC))
