"""A test that really commits ends by emptying the tables; the audit's triggers refuse that to everybody else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management.commands.flush import Command as Flush
from django.db import connection

AUDIT = ("actions_auditentry", "actions_auditseal")


def _with_trigger(state: str) -> None:
    with connection.cursor() as cursor:
        for table in AUDIT:
            cursor.execute(f"ALTER TABLE {table} {state} TRIGGER never_emptied")


@pytest.fixture(autouse=True, scope="session")
def audit_may_be_emptied() -> Iterator[None]:
    """Lets the flush between transactional tests pass, and clears the queue, which Django does not know as ours."""
    flush = Flush.handle

    def lenient(self: Flush, **options: Any) -> None:
        _with_trigger("DISABLE")
        try:
            flush(self, **options)
        finally:
            _with_trigger("ENABLE")
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_periodic_defers CASCADE")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Flush, "handle", lenient)
        yield
