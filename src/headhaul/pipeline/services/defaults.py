"""The pipeline a new installation starts with. Written in SQL alone, because the first migration uses it too."""

from __future__ import annotations

import json
import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

SOURCE = Path(__file__).parents[1] / "data" / "defaults.toml"
HELP = SOURCE.with_name("help.toml")

_PIPELINE = """
insert into pipeline_pipeline (name, position, is_default, is_active, version)
select %s, 0, true, true, 1 where not exists (select from pipeline_pipeline) returning id
"""
_STAGE = """
insert into pipeline_stage (
    pipeline_id, key, label, position, kind, probability, sla_days, category, required, exit_criteria, is_active,
    version)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, true, 1)
"""


def defaults() -> dict[str, Any]:
    """What the data file says."""
    return tomllib.loads(SOURCE.read_text(encoding="utf-8"))


def insert_pipeline(connection: BaseDatabaseWrapper) -> bool:
    """Insert the default pipeline with its stages where there is none at all. Returns whether it did."""
    given = defaults()
    with connection.cursor() as cursor:
        cursor.execute(_PIPELINE, [given["pipeline"]["name"]])
        row = cursor.fetchone()
        if row is None:
            return False
        for position, stage in enumerate(given["stages"]):
            facts = [stage["key"], stage["label"], position, stage["kind"], stage["probability"], stage.get("sla_days")]
            facts += [stage["category"], stage.get("required", []), stage.get("exit_criteria", "")]
            cursor.execute(_STAGE, [row[0], *facts])
    return True


_PLAYBOOK = """
insert into pipeline_playbook (name, description, stage_key, segment, steps, is_active, position, version, updated_at)
values (%s, %s, %s, %s, %s::jsonb, true, %s, 1, %s)
"""
_VALUE_PROP = """
insert into pipeline_valueprop (name, segment, region, message, supporting_data, is_active, version, updated_at)
values (%s, %s, %s, %s, '{}'::jsonb, true, 1, %s)
"""


def insert_help(connection: BaseDatabaseWrapper, *, at: datetime) -> bool:
    """Insert the delivered playbooks and value props, each kind where there is none at all. Whether it did."""
    given, done = tomllib.loads(HELP.read_text(encoding="utf-8")), False
    with connection.cursor() as cursor:
        if _is_empty(cursor, "pipeline_playbook"):
            for position, book in enumerate(given["playbooks"]):
                where = [book.get("stage", ""), book.get("segment", "")]
                steps = json.dumps(book["steps"])
                cursor.execute(_PLAYBOOK, [book["name"], book["description"], *where, steps, position, at])
            done = True
        if _is_empty(cursor, "pipeline_valueprop"):
            for prop in given["value_props"]:
                where = [prop.get("segment", ""), prop.get("region", "")]
                cursor.execute(_VALUE_PROP, [prop["name"], *where, prop["message"], at])
            done = True
    return done


def _is_empty(cursor: Any, table: str) -> bool:
    cursor.execute(f"select not exists (select from {table})")
    return bool(cursor.fetchone()[0])
