"""Imports: what to read, and what became of it."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints, WithJsonSchema

from headhaul.carriers.schemas.words import RunId
from headhaul.kernel import Page, Paged, Payload, Result


class ImportCarriers(Payload):
    """An uploaded file of any known layout. `path` is for the command line on the server alone."""

    upload_id: uuid.UUID | None = None
    path: Annotated[str, StringConstraints(max_length=4000)] = ""
    as_of: dt.date | None = Field(default=None, description="The day the file speaks for, when its name does not say.")


class ImportDrivers(Payload):
    """An uploaded pool file; `map` says which column is which field where the names do not."""

    upload_id: uuid.UUID | None = None
    path: Annotated[str, StringConstraints(max_length=4000)] = ""
    map: dict[str, str] = Field(default={}, max_length=20, examples=[{"driver_id": "Candidate #"}])
    replace: bool = Field(default=False, description="Take out everybody whom the file does not name.")


class ImportQueued(Result):
    """The run that will do it; getImports tells how far it is."""

    run_id: int
    file_name: str


def _as_text(value: Any) -> Any:
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else value


Cell = Annotated[
    str,
    BeforeValidator(_as_text),
    StringConstraints(max_length=300),
    WithJsonSchema({"anyOf": [{"type": "string", "maxLength": 300}, {"type": "number"}]}, mode="validation"),
]


class DriverPush(Payload):
    """A driver by the pool's own id. There is no field for a name, a phone or an address, on purpose."""

    driver_id: Cell = Field(min_length=1, examples=["D-1001"])
    home_zip: Cell | None = None
    home_state: Cell | None = None
    cdl_class: Cell | None = Field(default=None, examples=["A"])
    endorsements: list[Cell] | Cell | None = Field(default=None, examples=["HN"])
    years: Cell | None = None
    equipment: list[Cell] | Cell | None = Field(default=None, examples=[["reefer", "dry_van"]])
    jobs: list[Cell] | Cell | None = Field(default=None, examples=[["regional", "otr"]])
    available_from: Cell | None = None
    last_active: Cell | None = None
    status: Cell | None = None


class UpsertDrivers(Payload):
    """A batch of drivers, each told by its id."""

    drivers: list[DriverPush] = Field(min_length=1, max_length=1000)


class RefusedDriver(Result):
    """A driver that was not taken; `index` counts from 0."""

    index: int
    field: str
    reason: str


class UpsertedDrivers(Result):
    """What became of the batch."""

    inserted: int
    updated: int
    unchanged: int
    duplicates: int
    refused: list[RefusedDriver]
    notes: list[str]


class GetImports(Page):
    """Runs, newest first."""

    kind: Literal["carriers", "drivers"] | None = None
    run_id: RunId | None = None


class ImportRow(Result):
    """One run. rowsRead = inserted + updated + unchanged + older + duplicates + rejected."""

    id: int
    kind: str
    layout: str
    layout_title: str
    file_name: str
    file_size: int | None
    sha256: str
    source_date: dt.date | None
    state: str
    error: str
    progress: int
    rows_read: int
    inserted: int
    updated: int
    unchanged: int
    older: int
    duplicates: int
    rejected: int
    removed: int
    has_report: bool
    notes: list[str]
    started_by: str
    started_at: dt.datetime
    finished_at: dt.datetime | None


class Layout(Result):
    """A kind of file that can be imported, told by its columns."""

    key: str
    title: str
    recognised_by: list[str]


class ImportList(Paged[ImportRow]):
    """Runs and what can be imported."""

    layouts: list[Layout] = []


class GetImportRejects(Payload):
    """Whose report, and how much of it."""

    run_id: RunId
    limit: int = Field(default=100, ge=1, le=1000)


class RejectedRow(Result):
    """A row that was not taken."""

    line: str
    row: str
    field: str
    value: str
    reason: str


class ImportRejects(Result):
    """The beginning of a report."""

    run_id: int
    items: list[RejectedRow]
    rejected: int
