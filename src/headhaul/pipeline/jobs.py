"""Background work of this room."""

from __future__ import annotations

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from headhaul.pipeline.services.rules import passes, working


@app.task(queue="clock", name="ask_rules", queueing_lock="ask_rules")
def ask_rules(**_: object) -> dict[str, int]:
    """Find what time brought about, and let the rules act on everything that waits."""
    at = datetime.now(UTC)
    found = passes.run(at=at)
    return found | working.work_off(at=at)
