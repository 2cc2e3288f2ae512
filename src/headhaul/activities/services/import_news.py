"""Whoever started an import in the background hears of its end."""

from __future__ import annotations

from headhaul.accounts.choices import ImportState
from headhaul.accounts.models import ImportRun
from headhaul.activities.choices import NotificationKind
from headhaul.activities.models import Notification


def tell(run: ImportRun) -> None:
    """One notification for a run, once."""
    if run.by_id is None or run.finished_at is None or run.state == ImportState.STOPPED:
        return
    Notification.objects.bulk_create(
        [
            Notification(
                user_id=run.by_id,
                kind=NotificationKind.IMPORT_DONE,
                text=_said(run),
                target_type="import",
                target_id=run.pk,
                key=f"import:{run.pk}",
                created_at=run.finished_at,
            )
        ],
        ignore_conflicts=True,
    )


def _said(run: ImportRun) -> str:
    if run.state == ImportState.FAILED:
        return f"The import of {run.file_name} stopped: {run.error}"
    done = "would be" if run.is_dry_run else "were"
    counts = f"{run.created:,} {done} created, {run.updated:,} updated, {run.unchanged:,} unchanged"
    left = f", {run.failed + run.skipped:,} did not come in" if run.failed + run.skipped else ""
    return f"The import of {run.file_name} is done: {counts}{left}."
