"""Lists as files: sent while they are read, or fetched when they are ready."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse

from headhaul.accounts.services import export_files
from headhaul.console.accounts.listing.state import page_of
from headhaul.console.ui.bridge import render, run
from headhaul.console.ui.files import KINDS, list_file
from headhaul.kernel.actions import find
from headhaul.security.actors import actor_of


@login_required
def take(request: HttpRequest, entity: str, file_format: str) -> StreamingHttpResponse:
    """The list as it is seen, as a file. That it was taken is written down."""
    page = page_of(request, entity)
    given = {
        "entity": entity,
        "filters": page.filters,
        "sort": page.sort,
        "direction": page.direction,
        "columns": [column.key for column in page.columns],
        "format": file_format,
        "zone": page.zone,
    }
    return list_file(request, given)


@login_required
def show(request: HttpRequest, export_id: UUID) -> HttpResponse:
    """How far an export is that was asked for over the API."""
    export = run(request, "getExport", export_id=export_id)
    return render(request, "console_accounts/lists/export.html", {"export": export})


@login_required
def fetch(request: HttpRequest, export_id: UUID) -> FileResponse:
    """The file of a finished export."""
    found, path = export_files.fetched(export_id=export_id, by=actor_of(request.user), action=find("exportRecords"))
    return FileResponse(path.open("rb"), as_attachment=True, filename=found.file_name, content_type=KINDS[found.format])
