"""Which PostgreSQL is used: the one `DATABASE_URL` names, or the embedded one in HEADHAUL_HOME."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict

from headhaul.config.embedded_postgres.layout import Layout
from headhaul.config.env import SettingError

POOL = {"min_size": 1, "max_size": 8, "timeout": 10, "max_lifetime": 1800}


def from_url(url: str) -> dict[str, Any]:
    """Django's form of any address libpq understands, its options kept."""
    try:
        given = conninfo_to_dict(url)
    except Exception as problem:
        raise SettingError(f"DATABASE_URL is not a PostgreSQL address: {problem}") from problem
    if not given.get("dbname"):
        raise SettingError("DATABASE_URL names no database. Use postgresql://user:password@host/name")
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    return {ours: given.pop(theirs, "") for ours, theirs in names.items()} | {"OPTIONS": given}


# Statements that come again are planned once: half of what a short list costs in the database is planning.
PREPARED = {"server_side_binding": True, "prepare_threshold": 3}


def database_settings(*, url: str, home: Path, cluster: str = "postgres", prepared: bool = True) -> dict[str, Any]:
    """Django's DATABASES. The embedded server is only named here; the first connection starts it."""
    if url:
        chosen = from_url(url) | {"ENGINE": "headhaul.config.database"}
    else:
        place = Layout.of(home / cluster)
        chosen = {
            "ENGINE": "headhaul.config.database",
            "NAME": "headhaul",
            "USER": "postgres",
            "HOST": str(place.socket),
            "OPTIONS": {},
            "EMBEDDED_IN": str(home / cluster),
        }
    ours = {"application_name": "headhaul"} | (PREPARED if prepared else {})
    chosen["OPTIONS"] = {**ours, **chosen["OPTIONS"], "pool": POOL}
    return {"default": chosen | {"CONN_HEALTH_CHECKS": True}}
