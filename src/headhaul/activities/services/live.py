"""Telling open pages that something changed, by PostgreSQL's NOTIFY: news and change arrive together."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.db import connection

CHANNEL = "headhaul_live"
LONGEST = 7_900  # PostgreSQL carries at most 8,000 bytes


def publish(topic: str, data: Mapping[str, Any] | None = None) -> None:
    """Send `{topic, ...data}` to every listener when the transaction commits, and never when it rolls back.

    The data are ids and counts, not rows: whoever listens reads what it may see through its own actions.
    """
    message = json.dumps({"topic": topic, **(data or {})}, separators=(",", ":"), default=str)
    if len(message.encode()) > LONGEST:
        message = json.dumps({"topic": topic})
    with connection.cursor() as cursor:
        cursor.execute("select pg_notify(%s, %s)", [CHANNEL, message])
