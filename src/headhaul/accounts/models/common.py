"""What the tables of this room share."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from django.db.models import Q

BLANK: dict[str, Any] = {"blank": True, "default": ""}
EMPTY: dict[str, Any] = BLANK | {"db_default": ""}  # where rows are written by SQL that does not name the column

A_FEW_AT_A_TIME: dict[str, Any] = {"fastupdate": True, "gin_pending_list_limit": 256}
"""Of a GIN index over names: what is written waits in a list of at most 256 kB and goes in at once, some hundred rows.

With the list of 4 MB that PostgreSQL has by default each search would read through thousands of rows.
"""


def among(field: str, words: type[StrEnum], *, or_blank: bool = False) -> Q:
    """The condition that a column holds one of a closed list, or nothing."""
    known = [str(word) for word in words]
    return Q(**{f"{field}__in": [*known, ""] if or_blank else known})
