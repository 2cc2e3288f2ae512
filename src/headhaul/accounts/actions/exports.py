"""Lists as files."""

from __future__ import annotations

from typing import Any

from headhaul.accounts import jobs
from headhaul.accounts.schemas.exports import Exported, ExportRecords, ExportState, GetExport
from headhaul.accounts.services import export_files, exporting
from headhaul.kernel import Call, Role, action

INLINE_ROWS = 10_000


def _of_list(given: ExportRecords, _: Any) -> tuple[str, str]:
    return "list", given.entity


@action(
    "exportRecords",
    reply="recordsExported",
    role=Role.MANAGER,
    writes=True,
    target=_of_list,
    final="An export changes nothing here, and a file that was taken cannot be called back.",
)
def export_records(call: Call, data: ExportRecords) -> Exported:
    """A list as CSV or workbook: the rows and columns of a view, in its order. Who exports what is written down."""
    plan = exporting.planned(data=data, by=call.actor, at=call.at)
    if data.delivery == "page":
        return Exported(file_name=plan.file_name)
    if data.delivery == "inline" and data.format == "csv":
        text, is_complete = exporting.first_lines(plan, most=INLINE_ROWS)
        if is_complete:
            return Exported(file_name=plan.file_name, csv=text, is_complete=True)
    else:
        text = None
    export = export_files.queue(data=data, file_name=plan.file_name, by=call.actor, at=call.at)
    jobs.write_export.defer(export_id=str(export.pk))
    return Exported(file_name=plan.file_name, csv=text, export_id=export.pk)


@action("getExport", reply="exportLoaded", role=Role.MANAGER)
def get_export(call: Call, data: GetExport) -> ExportState:
    """How far an export is that one asked for, and where the file is fetched."""
    export = export_files.seen(export_id=data.export_id, by=call.actor)
    return ExportState(
        export_id=export.pk,
        entity=export.entity,
        format="xlsx" if export.format == "xlsx" else "csv",
        file_name=export.file_name,
        state=export.state,
        rows=export.rows,
        size=export.size,
        problem=export.problem,
        path=f"/api/exports/{export.pk}" if export.state == export_files.DONE else None,
        created_at=export.created_at,
        finished_at=export.finished_at,
    )
