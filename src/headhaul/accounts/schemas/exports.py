"""What exports of lists take and give."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from headhaul.accounts.schemas.lists import Entity, Filters
from headhaul.accounts.schemas.views import Key
from headhaul.accounts.schemas.words import Direction, Id
from headhaul.kernel import Payload, Result
from headhaul.kernel.days import ZoneName

Format = Literal["csv", "xlsx"]


class ExportRecords(Payload):
    """A list as a file: a saved view, or filters, order and columns (those of the view where they are left out).

    `inline` gives up to 10,000 rows of CSV in the answer; a larger list, and every workbook, becomes a file in the
    background, named by `exportId`. `file` always does. `page` is for the console, which streams it itself.
    """

    entity: Entity
    view_id: Id | None = None
    filters: Filters | None = None
    sort: Key | None = None
    direction: Direction | None = None
    columns: Annotated[list[Key], Field(max_length=80)] | None = None
    format: Format = "csv"
    delivery: Literal["inline", "file", "page"] = "inline"
    zone: Annotated[ZoneName, Field(description="In which times are written; by default the profile's.")] = ""


class Exported(Result):
    """The file, or the way to it: `getExport` says when the export of that id is ready."""

    file_name: str
    csv: str | None = None
    is_complete: bool = False
    export_id: uuid.UUID | None = None


class GetExport(Payload):
    """Names an export."""

    export_id: uuid.UUID


class ExportState(Result):
    """How far an export is. When it is done, a GET of `path` with the same credentials gives the file."""

    export_id: uuid.UUID
    entity: str
    format: Format
    file_name: str
    state: Literal["queued", "running", "done", "failed"]
    rows: int
    size: int | None
    problem: str
    path: str | None
    created_at: datetime
    finished_at: datetime | None
