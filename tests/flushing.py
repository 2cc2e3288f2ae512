"""A test that really commits ends by emptying what it filled: faster than Django would, and past the triggers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.management.commands.flush import Command as Flush
from django.db import connection

from headhaul.capture.services.defaults import insert_sources
from headhaul.pipeline.selectors import stages
from headhaul.pipeline.services.defaults import insert_help, insert_pipeline

AUDIT = frozenset({"actions_auditentry", "actions_auditseal", "compliance_suppression", "compliance_receipt"})
QUEUE = frozenset({"procrastinate_jobs", "procrastinate_periodic_defers", "procrastinate_events"})
FIXED = frozenset({"django_migrations", "django_content_type", "auth_permission"})


def empty_tables(*_: object, **__: Any) -> None:
    """Empty every table that holds rows, but for those that migrations fill."""
    tables = (set(connection.introspection.django_table_names(only_existing=True)) | QUEUE) - FIXED
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in tables))
        filled = {name for (name,) in cursor.fetchall()}
        if not filled:
            return
        for table in AUDIT:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER never_emptied")
        try:
            cursor.execute(f"TRUNCATE {', '.join(sorted(filled))} CASCADE")
        finally:
            for table in AUDIT:
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER never_emptied")
    insert_pipeline(connection)
    insert_help(connection, at=datetime.now(UTC))
    insert_sources(connection, at=datetime.now(UTC))
    stages.forget()


@pytest.fixture(autouse=True, scope="session")
def audit_may_be_emptied() -> Iterator[None]:
    """Puts `empty_tables` in the place of Django's flush."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Flush, "handle", empty_tables)
        yield
