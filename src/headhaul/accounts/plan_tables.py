"""Which table of the plan is what here, and why some are nothing yet."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

SOURCE = Path(__file__).parent / "data" / "airtable.toml"
ID_COLUMN = "Airtable record ID"
CREATED_COLUMN = "Airtable created time"
_IDS = (ID_COLUMN, "Record ID", "record_id", "RecordID", "_id", "id")


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the plan. `entity` is the importer's key; without one `why_not` says why it does not come in.

    `leaves_as` names what an export writes where nothing comes in. `created` is the field that takes the moment at
    which Airtable made the record. `out` are the columns of a file whose rows do not all have every column.
    """

    name: str
    entity: str = ""
    why_not: str = ""
    leaves_as: str = ""
    created: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    out: Sequence[str] = ()

    @property
    def outgoing(self) -> str:
        """What an export writes; "" when it writes nothing."""
        return self.leaves_as or self.entity


@cache
def tables() -> tuple[Table, ...]:
    """All 21, in the order in which they come in."""
    return tuple(Table(**each) for each in tomllib.loads(SOURCE.read_text(encoding="utf-8"))["tables"])


def id_column(columns: list[str]) -> str:
    """The column of a CSV export that holds the record's id; "" when there is none."""
    return next((name for name in _IDS if name in columns), "")
