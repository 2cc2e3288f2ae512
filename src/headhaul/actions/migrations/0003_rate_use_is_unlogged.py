"""Counts of a minute are not worth a write-ahead log: after a crash they start at zero."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("actions", "0002_audit_is_append_only")]

    operations = [
        migrations.RunSQL("ALTER TABLE actions_rateuse SET UNLOGGED", "ALTER TABLE actions_rateuse SET LOGGED")
    ]
