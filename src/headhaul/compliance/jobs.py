"""What compliance does in the background: seal the receipts, and notice when the database is another one."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from procrastinate.contrib.django import app

from headhaul.compliance.services import instance, sealing


@app.task(queue="clock", name="seal_receipts")
def seal_receipts(**_: object) -> int:
    """Tie the receipts that came in since the last time to the chain."""
    at = datetime.now(UTC)
    instance.check(home=Path(settings.HEADHAUL_HOME), at=at)
    return sealing.seal_pending(at=at)
