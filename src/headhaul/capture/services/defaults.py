"""The sources a new installation starts with. Written in SQL alone, because a migration uses it too."""

from __future__ import annotations

import tomllib
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

SOURCE = Path(__file__).parents[1] / "data" / "sources.toml"

_INSERT = """
insert into capture_leadsource (key, name, medium, quality, is_active, version, created_at, updated_at)
values (%s, %s, %s, %s, true, 1, %s, %s) on conflict (key) do nothing
"""


@cache
def defaults() -> list[dict[str, Any]]:
    """What the data file says."""
    return list(tomllib.loads(SOURCE.read_text(encoding="utf-8"))["source"])


def key_of_kind(kind: str) -> str:
    """The source that events of this kind count under unless another is named."""
    return next(str(row["key"]) for row in defaults() if row["kind"] == kind)


def insert_sources(connection: BaseDatabaseWrapper, *, at: datetime) -> None:
    """Insert those that are not there."""
    with connection.cursor() as cursor:
        for row in defaults():
            cursor.execute(_INSERT, [row["key"], row["name"], row["medium"], row["quality"], at, at])
