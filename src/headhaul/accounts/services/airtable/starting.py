"""Imports of all tables that have a home, one after the other, each a run of its own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from headhaul.accounts.choices import ImportMode
from headhaul.accounts.models import ImportRun
from headhaul.accounts.plan_tables import Table, tables
from headhaul.accounts.services.importing import runs
from headhaul.kernel import Actor, ActorKind

SOURCE = "airtable"


def start(*, fetch: Mapping[str, Any], only: list[str], by: Actor, at: datetime) -> list[ImportRun]:
    """A run for each table; each begins when the one before it has ended."""
    begun: list[ImportRun] = []
    for table in homed(only):
        importer = runs.importer_of(table.entity)
        after = begun[-1].pk if begun else None
        options: dict[str, Any] = {
            "fetch": {**fetch, "table": table.name},
            "match_on": [key.key for key in importer.match_keys],
            "consent_source": f"Airtable, {table.name}",
            "creates_accounts": True,
            **({"after": after} if after else {}),
            **({"by_system": True} if by.kind is ActorKind.SYSTEM else {}),
        }
        begun.append(
            runs.create(
                entity=table.entity, file_name=table.name, path="", by=by, at=at, source=SOURCE, mode=ImportMode.BOTH,
                options=options,
            )
        )  # fmt: skip
    return begun


def homed(only: list[str]) -> list[Table]:
    """The tables that have a home, or those of them that are wanted."""
    return [table for table in tables() if table.entity and (not only or table.name in only)]


def leaving(only: list[str]) -> list[Table]:
    """The tables that an export fills, or those of them that are wanted."""
    return [table for table in tables() if table.outgoing and (not only or table.name in only)]


def folder_of(path: Path) -> dict[str, Any]:
    """A folder of CSV exports as where to fetch from."""
    return {"from": "folder", "path": str(path)}
