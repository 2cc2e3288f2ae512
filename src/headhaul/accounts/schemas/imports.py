"""Imports of records: what to read and how, what would become of it, and what became of it."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from headhaul.accounts.choices import ImportMode, ImportState, OnDuplicate, RowResult
from headhaul.accounts.schemas.words import Id
from headhaul.kernel import Page, Paged, Payload, Result

_PLAIN = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f]*$"
Column = Annotated[str, StringConstraints(max_length=300, pattern=_PLAIN)]
FieldKey = Annotated[str, StringConstraints(max_length=120, pattern=r"^[A-Za-z0-9_.]*$")]
Word = Annotated[str, StringConstraints(max_length=300, pattern=_PLAIN)]
Entity = Annotated[str, StringConstraints(max_length=40, pattern=r"^[a-zA-Z]+$"), Field(examples=["accounts"])]
Line = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00-\x1f]*$")]


class WhatToImport(Payload):
    """An uploaded file, or up to 1,000 rows that come with the call, and how they are to be read.

    `mapping` says column → field; a column that is "" or left out is not imported. Without it the mapping that was
    used for these headers last is taken, or what the headers suggest.
    """

    entity: Entity
    upload_id: uuid.UUID | None = None
    rows: Annotated[list[dict[Column, Any]], Field(max_length=1_000)] | None = Field(
        default=None, examples=[[{"Carrier name": "Blue Mesa Freight", "USDOT #": "158121"}]]
    )
    sheet: Line = Field(default="", description="Of a workbook; its first one when left out.")
    mapping: Annotated[dict[Column, FieldKey], Field(max_length=500)] | None = None
    mode: ImportMode = ImportMode.BOTH
    match_on: Annotated[list[FieldKey], Field(max_length=10)] | None = Field(
        default=None,
        description="How a record is found again, in this order; all that the columns allow when left out.",
    )
    on_duplicate: OnDuplicate = Field(
        default=OnDuplicate.SKIP, description="With mode create: what becomes of a row whose record exists."
    )
    fills_only: bool = Field(default=False, description="Write only what is empty in a record that exists.")
    clear_blanks: bool = Field(default=False, description="A blank cell empties the field; otherwise it says nothing.")
    creates_accounts: bool = Field(default=True, description="Make accounts that rows of contacts name and we lack.")
    date_orders: Annotated[dict[Column, Literal["mdy", "dmy"]], Field(max_length=100)] = {}
    value_fixes: Annotated[dict[Column, Annotated[dict[Word, Word], Field(max_length=500)]], Field(max_length=100)] = (
        Field(default={}, description="Column → what stands there → what is meant, for all rows.")
    )
    consent_source: Line = Field(default="", description="Where consent was given, when no column says so.")
    external_source: Annotated[str, StringConstraints(max_length=40, pattern=r"^[a-z0-9_-]+$")] = Field(
        default="file", description="The other system whose ids the rows carry."
    )
    timezone: Annotated[str, StringConstraints(max_length=64, pattern=r"^[A-Za-z0-9_+/-]*$")] = Field(
        default="", description="Of times without one; UTC when left out."
    )


class PreviewImport(WhatToImport):
    """What to look at before it is imported."""


class ImportRecords(WhatToImport):
    """What to import. A dry run reports what the import would do, row by row, and writes nothing."""

    dry_run: bool = False


class FieldChoice(Result):
    """A field that a column can be."""

    key: str
    label: str
    group: str
    kind: str
    hint: str
    choices: dict[str, str]


class PreviewColumn(Result):
    """A column, what stands in it, and what it would be."""

    column: str
    field: str
    samples: list[str]
    blank: int
    problems: int
    date_order: str = Field(description="iso, mdy, dmy; unclear when somebody has to say which; empty for no dates")


class Misfit(Result):
    """A value that does not fit, and in how many rows of the sample."""

    column: str
    field: str
    value: str
    reason: str
    rows: int
    choices: dict[str, str]


class PreviewRow(Result):
    """What would become of a row."""

    line: int
    result: RowResult
    name: str
    values: dict[str, str]
    reasons: list[str]


class MatchChoice(Result):
    """A way to find a record again, and whether the mapped columns allow it."""

    key: str
    label: str
    is_possible: bool
    is_chosen: bool


class ImportPreview(Result):
    """How a file would be read and what would become of its first rows."""

    entity: str
    title: str
    file_name: str
    sheets: list[str]
    sheet: str
    columns: list[PreviewColumn]
    fields: list[FieldChoice]
    match_keys: list[MatchChoice]
    remembered: str = Field(description="mine or firm when somebody imported these headers before")
    missing: str = Field(description="What has to be mapped before anything can be imported; empty when nothing")
    rows_looked_at: int
    rows_total: int | None
    counts: dict[str, int]
    rows: list[PreviewRow]
    misfits: list[Misfit]


class ImportView(Result):
    """An import. rowsRead = created + updated + unchanged + skipped + failed."""

    id: int
    entity: str
    title: str
    file_name: str
    source: str
    mode: ImportMode
    is_dry_run: bool
    state: ImportState
    error: str
    rows_read: int
    rows_total: int | None
    percent: int
    created: int
    updated: int
    unchanged: int
    skipped: int
    failed: int
    notes: list[str]
    by: str
    created_at: dt.datetime
    started_at: dt.datetime | None
    finished_at: dt.datetime | None
    last_sign_at: dt.datetime | None = Field(description="When the worker last said that it is alive")
    is_silent: bool = Field(description="Nobody works on it now, though somebody should; it is taken up by itself")
    rows_per_second: float | None
    seconds_left: int | None
    can_be_undone: bool
    reversed: int
    kept: int
    undone_at: dt.datetime | None


class ProblemGroup(Result):
    """One reason why rows did not come in, with a value of theirs."""

    column: str
    value: str
    reason: str
    rows: int


class ImportDetail(ImportView):
    """An import with the commonest reasons for rows that did not come in, and how it was told to read."""

    upload_id: str = Field(description="Of the file, while it is kept; empty when the rows came otherwise")
    problems: list[ProblemGroup]
    mapping: dict[str, str]
    options: dict[str, Any]


class GetRecordImports(Page):
    """Imports, newest first."""

    entity: Annotated[str, StringConstraints(max_length=40, pattern=r"^[a-zA-Z]*$")] = ""


class ImportEntity(Result):
    """What can be imported."""

    key: str
    label: str


class RecordImports(Paged[ImportView]):
    """Imports and what can be imported."""

    entities: list[ImportEntity] = []


class GetImport(Payload):
    """Which import."""

    import_id: Id


class GetImportErrors(Page):
    """Rows of an import that did not come in, in the order of the file."""

    import_id: Id


class ErrorRow(Result):
    """A row that did not come in."""

    row: int
    line: int
    result: RowResult
    column: str
    value: str
    reason: str
    cells: list[str]


class ImportErrors(Paged[ErrorRow]):
    """Such rows, with the columns of the file."""

    columns: list[str] = []


class GetImportKept(Page):
    """Records that an undone import left as they are, all of them or a part."""

    import_id: Id


class KeptRecord(Result):
    """A record that was kept, and why."""

    entity: str
    record_id: int
    name: str
    reason: str


class ImportKept(Paged[KeptRecord]):
    """Such records."""


class StopImport(Payload):
    """Which import."""

    import_id: Id


class UndoImport(Payload):
    """Which import."""

    import_id: Id
