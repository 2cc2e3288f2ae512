"""What there is of Airtable here."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.conf import settings

from headhaul.accounts.gateways import airtable
from headhaul.accounts.models import AirtableExport, ImportRun
from headhaul.accounts.plan_tables import tables
from headhaul.accounts.ports.imports import importers
from headhaul.accounts.schemas.airtable import AirtableView, ExportedTable, ExportView, NotImported, PlanTable
from headhaul.accounts.selectors import imports
from headhaul.kernel import NotFound


def overview(*, at: datetime) -> AirtableView:
    """The base, the tables, the latest work."""
    runs = ImportRun.objects.filter(source="airtable").order_by("-pk")[:20]
    exports = AirtableExport.objects.order_by("-pk")[:5]
    return AirtableView(
        is_configured=airtable.is_configured(),
        base_id=settings.AIRTABLE_BASE_ID,
        tables=[PlanTable(name=each.name, entity=_label(each.entity), reason=each.why_not) for each in tables()],
        imports=[imports.view(run, at=at) for run in runs],
        exports=[export_view(each) for each in exports],
    )


def _label(entity: str) -> str:
    return importers()[entity].label if entity else ""


def not_imported() -> list[NotImported]:
    """Tables of the plan without a home here."""
    return [NotImported(table=each.name, reason=each.why_not) for each in tables() if not each.entity]


def export_view(export: AirtableExport) -> ExportView:
    """An export as pages show it."""
    counted = ("created", "updated", "refused")
    return ExportView(
        id=export.pk,
        target=export.target,
        state=export.state,
        error=export.error,
        tables=[
            ExportedTable(table=name, **{word: counts.get(word, 0) for word in counted})
            for name, counts in export.counts.items()
        ],
        problems=list(export.problems),
        has_file=export.path.endswith(".zip") and Path(export.path).is_file(),
        by=export.by_name,
        created_at=export.created_at,
        finished_at=export.finished_at,
    )


def export_file(export_id: int) -> Path:
    """The archive of an export."""
    export = AirtableExport.objects.filter(pk=export_id, target="csv").first()
    if export is None or not export.path.endswith(".zip") or not Path(export.path).is_file():
        raise NotFound("There is no such file. Export again.")
    return Path(export.path)
