"""Background work of this room."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from headhaul.carriers.choices import ImportState
from headhaul.carriers.errors import ImportBusy
from headhaul.carriers.models import ImportRun
from headhaul.carriers.services import signals
from headhaul.carriers.services.drivers.importing import import_drivers
from headhaul.carriers.services.enrichment.refresh import NotAnsweredError, enrich_all
from headhaul.carriers.services.importing.carriers import import_carriers
from headhaul.kernel import SYSTEM, AppError

_WHEN_FREE = RetryStrategy(max_attempts=120, wait=30, retry_exceptions={ImportBusy})
_LATER = RetryStrategy(max_attempts=4, wait=15 * 60, retry_exceptions={NotAnsweredError})


@app.task(queue="lookups", name="enrich_carriers", retry=_LATER, pass_context=False)
def enrich_carriers(*, dot_numbers: list[int], **_: object) -> dict[str, int]:
    """Ask FMCSA about some carriers; again in a quarter of an hour when it does not answer."""
    return enrich_all(dot_numbers=dot_numbers, at=datetime.now(UTC), by=SYSTEM)


@app.task(queue="bulk", name="import_file", retry=_WHEN_FREE, pass_context=False)
def import_file(*, run_id: int, path: str, **_: object) -> str:
    """Do a queued import; while another is under way it waits. What is wrong with the file stands on the run."""
    run = ImportRun.objects.get(pk=run_id)
    if run.state != ImportState.QUEUED:
        return run.state
    common: dict[str, Any] = {
        "path": Path(path),
        "name": run.file_name,
        "by": SYSTEM,
        "at": datetime.now(UTC),
        "reports": Path(settings.HEADHAUL_HOME) / "imports",
        "run_id": run_id,
    }
    try:
        if run.kind == "carriers":
            as_of = run.options.get("as_of")
            import_carriers(**common, as_of=date.fromisoformat(as_of) if as_of else None)
        else:
            import_drivers(**common, mapping=run.options.get("map", {}), replace=bool(run.options.get("replace")))
    except ImportBusy:
        raise
    except AppError as refusal:
        return refusal.message
    return str(ImportState.SUCCEEDED)


@app.task(queue="bulk", name="generate_signals", queueing_lock="generate_signals", pass_context=False)
def generate_signals(**_: object) -> int:
    """Compute the signals of the day anew; how many are kept."""
    at = datetime.now(UTC)
    return signals.compute_day(day=at.date(), at=at).rows
