"""Which triggers any active rule waits for: asked on every write, so it is answered from memory."""

from __future__ import annotations

import threading
import time

from django.db import connection

FRESH_FOR = 1.0  # seconds a process trusts what it has read

_known: tuple[float, frozenset[str]] | None = None
_lock = threading.Lock()


def is_wanted(trigger: str) -> bool:
    """Whether an active rule has this trigger. Knows of rules that other processes switched on after a second."""
    global _known
    known = _known
    if known is None or time.monotonic() - known[0] >= FRESH_FOR:
        known = (time.monotonic(), _read())
        with _lock:
            _known = known
    return trigger in known[1]


def forget() -> None:
    """Read anew next time: after a change here, or between tests."""
    global _known
    with _lock:
        _known = None


def _read() -> frozenset[str]:
    with connection.cursor() as cursor:
        cursor.execute("select distinct trigger from pipeline_automationrule where is_active")
        return frozenset(trigger for (trigger,) in cursor.fetchall())
