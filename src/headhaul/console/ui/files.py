"""Lists as files, sent while they are read; and small tables as files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone

from headhaul.accounts.schemas.exports import ExportRecords
from headhaul.accounts.services import exporting
from headhaul.console.ui.bridge import perform
from headhaul.kernel.spreadsheets import csv_lines
from headhaul.kernel.xlsx import MEDIA_TYPE
from headhaul.security.actors import actor_of

KINDS = {"csv": "text/csv; charset=utf-8", "xlsx": MEDIA_TYPE}


def list_file(request: HttpRequest, given: Mapping[str, Any]) -> StreamingHttpResponse:
    """The list that `given` asks for, as exportRecords takes it, as a file. That it was taken is written down."""
    asked = {**given, "delivery": "page"}
    file = perform(request, "exportRecords", asked)
    plan = exporting.planned(data=ExportRecords.model_validate(asked), by=actor_of(request.user), at=timezone.now())
    answer = StreamingHttpResponse(exporting.chunks(plan), content_type=KINDS[plan.format])
    answer.headers["Content-Disposition"] = f'attachment; filename="{file.file_name}"'
    return answer


def table_file(name: str, head: Iterable[str], rows: Iterable[Iterable[Any]]) -> HttpResponse:
    """A table of a report as a CSV file; no cell of it runs as a formula."""
    answer = HttpResponse("".join(csv_lines(head, rows)), content_type=KINDS["csv"])
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer
