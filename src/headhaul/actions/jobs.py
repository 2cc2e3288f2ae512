"""What the door does in the background: seal the audit, forget what has served its time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from procrastinate.contrib.django import app

from headhaul import preferences
from headhaul.actions.preferences import Limits
from headhaul.actions.services import idempotency, limits, sealing, undoing, uploads


@app.task(queue="clock", name="seal_audit")
def seal_audit(**_: object) -> int:
    """Seal the audit entries that came in since the last time."""
    return sealing.seal_pending(at=datetime.now(UTC))


@app.task(queue="clock", name="prune_door")
def prune_door(**_: object) -> dict[str, int]:
    """Remove old replies, counts and uploads."""
    at = datetime.now(UTC)
    kept_for = timedelta(days=preferences.get(Limits).upload_days)
    return {
        "replies": idempotency.prune(at=at),
        "counts": limits.prune(at=at),
        "reversals": undoing.prune(at=at),
        "uploads": uploads.prune(at=at, kept_for=kept_for),
    }
