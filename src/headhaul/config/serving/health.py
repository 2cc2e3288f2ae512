"""/healthz: this process answers. /readyz: it can do its work: the database answers and has this version's schema."""

from __future__ import annotations

import asyncio

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor

from headhaul.config.serving.asgi_types import Send, plain

LIVE, READY = "/healthz", "/readyz"
PATHS = (LIVE, READY)
_known = {"schema": False}


async def answer(path: str, send: Send) -> None:
    """200 or 503, and why."""
    if path == LIVE:
        await plain(send, 200, "alive\n")
        return
    problem = await asyncio.to_thread(obstacle)
    await plain(send, 503 if problem else 200, f"{problem or 'ready'}\n")


def obstacle() -> str:
    """What is in the way of working; empty when nothing is."""
    connection = connections[DEFAULT_DB_ALIAS]
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
        if not _known["schema"]:
            missing = unapplied_migrations()
            if missing:
                return f"{len(missing)} migrations are not applied: run headhaul migrate"
            _known["schema"] = True
    except Exception as problem:
        return f"the database does not answer: {type(problem).__name__}"
    finally:
        connection.close()
    return ""


def unapplied_migrations() -> list[str]:
    """Names of migrations this version has and the database does not."""
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]
