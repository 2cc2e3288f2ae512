"""Which table of the plan is what here, and why some are nothing yet."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

SOURCE = Path(__file__).parent / "data" / "airtable.toml"
ID_COLUMN = "Airtable record ID"
_IDS = (ID_COLUMN, "Record ID", "record_id", "RecordID", "_id", "id")


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the plan. `entity` is the importer's key; without one `why_not` says the reason."""

    name: str
    entity: str = ""
    why_not: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)


@cache
def tables() -> tuple[Table, ...]:
    """All 21, in the order in which they come in."""
    return tuple(Table(**each) for each in tomllib.loads(SOURCE.read_text(encoding="utf-8"))["tables"])


def id_column(columns: list[str]) -> str:
    """The column of a CSV export that holds the record's id; "" when there is none."""
    return next((name for name in _IDS if name in columns), "")
