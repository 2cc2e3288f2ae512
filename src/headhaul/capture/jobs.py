"""Background work of this room."""

from __future__ import annotations

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from headhaul.capture.services import attempts, forms, outcomes


@app.task(queue="clock", name="watch_leads", queueing_lock="watch_leads")
def watch_leads(**_: object) -> int:
    """Tell managers of leads that nobody tried to reach in time."""
    return attempts.escalate(at=datetime.now(UTC))


@app.task(queue="clock", name="settle_leads", queueing_lock="settle_leads")
def settle_leads(**_: object) -> dict[str, int]:
    """Note what became of leads, and forget counts of forms that have served their time."""
    at = datetime.now(UTC)
    return outcomes.settle(at=at) | {"form_uses": forms.prune(at=at)}
