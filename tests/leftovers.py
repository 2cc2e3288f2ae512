"""Everything that the database holds, to see whether something is left of somebody."""

from __future__ import annotations

from django.db import connection


def everything() -> str:
    """All rows of all tables, as text."""
    tables = [name for name in connection.introspection.table_names() if not name.startswith(("django_", "procrast"))]
    with connection.cursor() as cursor:
        parts = []
        for table in tables:
            cursor.execute(f'select to_jsonb(t)::text from "{table}" t')
            parts += [f"{table}: {row}" for (row,) in cursor.fetchall()]
    return "\n".join(parts)
