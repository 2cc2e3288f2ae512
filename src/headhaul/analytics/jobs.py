"""Background work of this room. When the clock starts it stands in nightly/schedule.py."""

from __future__ import annotations

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from headhaul.analytics.services import snapshots


@app.task(queue="night", name="take_analytics_snapshots", queueing_lock="take_analytics_snapshots")
def take_analytics_snapshots(**_: object) -> int:
    """Keep the figures of the month that is over, once."""
    return snapshots.take_monthly(at=datetime.now(UTC))
