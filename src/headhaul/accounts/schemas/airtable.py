"""Airtable: what comes in from where, what goes out, and what has no home here."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from headhaul.accounts.choices import ImportState
from headhaul.accounts.schemas.imports import ImportView
from headhaul.kernel import Payload, Result

TableName = Annotated[str, StringConstraints(max_length=100, pattern=r"^[^\x00-\x1f]*$")]
Tables = Annotated[list[TableName], Field(max_length=50)]


class GetAirtable(Payload):
    """Nothing to say."""


class ImportAirtable(Payload):
    """From where: the base of the settings (nothing given), an uploaded ZIP of CSV exports, or, on the server's command
    line alone, a folder of them. `tables` names those that are wanted; all that have a home when left out."""

    upload_id: uuid.UUID | None = None
    path: Annotated[str, StringConstraints(max_length=4_000, pattern=r"^[^\x00]*$")] = ""
    tables: Tables = []


class ExportAirtable(Payload):
    """To where: the base of the settings, or CSV files. `path` is for the command line on the server alone."""

    target: Literal["api", "csv"] = "api"
    path: Annotated[str, StringConstraints(max_length=4_000, pattern=r"^[^\x00]*$")] = ""
    tables: Tables = []


class NotImported(Result):
    """A table of the plan without a home here."""

    table: str
    reason: str


class PlanTable(Result):
    """A table of the plan and what its records are here; empty when they are nothing."""

    name: str
    entity: str
    reason: str


class ExportedTable(Result):
    """What was written of a table."""

    table: str
    created: int
    updated: int
    refused: int


class ExportView(Result):
    """An export."""

    id: int
    target: str
    state: ImportState
    error: str
    tables: list[ExportedTable]
    problems: list[str]
    has_file: bool
    by: str
    created_at: dt.datetime
    finished_at: dt.datetime | None


class AirtableView(Result):
    """Whether a base is set, the plan's tables, and the latest imports and exports."""

    is_configured: bool
    base_id: str
    tables: list[PlanTable]
    imports: list[ImportView]
    exports: list[ExportView]


class AirtableImported(Result):
    """The imports that were begun, one for each table, in their order, and what has no home here."""

    imports: list[ImportView]
    not_imported: list[NotImported]
