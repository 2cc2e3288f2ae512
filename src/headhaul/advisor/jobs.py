"""Background work of this room."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from procrastinate.contrib.django import app

from headhaul import preferences
from headhaul.actions import dispatch
from headhaul.advisor.preferences import LeadLearning
from headhaul.kernel import SYSTEM, Door


@app.task(queue="night", name="recalibrate_lead_score", queueing_lock="recalibrate_lead_score")
def recalibrate_lead_score(*, timestamp: int | None = None, **_: object) -> dict[str, Any]:
    """Let the lead score learn, unless it is not to do so by the clock. Through the one door: it is audited."""
    if timestamp is not None and not preferences.get(LeadLearning).every_month:
        return {"skipped": "not every month"}
    reply = dispatch("recalibrateLeadScore", {}, actor=SYSTEM, at=datetime.now(UTC), door=Door.JOB)
    return reply.payload.model_dump(mode="json", include={"is_adopted", "mature", "won", "reasons"}, by_alias=False)
