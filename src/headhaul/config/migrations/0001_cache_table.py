"""The shared cache's table. Unlogged: a cache may be empty after a crash, and writes to it are cheap."""

from __future__ import annotations

from django.db import migrations

CREATE = """
create unlogged table config_cache (
    cache_key varchar(255) primary key,
    value text not null,
    expires timestamptz not null
);
create index config_cache_expires on config_cache (expires);
"""


class Migration(migrations.Migration):
    initial = True
    operations = [migrations.RunSQL(CREATE, "drop table config_cache")]
