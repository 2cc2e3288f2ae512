"""Background work of this room."""

from __future__ import annotations

from datetime import UTC, datetime

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from headhaul.carriers.services.enrichment.refresh import NotAnsweredError, enrich_all
from headhaul.kernel import SYSTEM

_LATER = RetryStrategy(max_attempts=4, wait=15 * 60, retry_exceptions={NotAnsweredError})


@app.task(queue="lookups", name="enrich_carriers", retry=_LATER, pass_context=False)  # type: ignore[untyped-decorator]
def enrich_carriers(*, dot_numbers: list[int], **_: object) -> dict[str, int]:
    """Ask FMCSA about some carriers; again in a quarter of an hour when it does not answer."""
    return enrich_all(dot_numbers=dot_numbers, at=datetime.now(UTC), by=SYSTEM)
