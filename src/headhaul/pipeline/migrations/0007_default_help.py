from datetime import UTC, datetime

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from headhaul.pipeline.services.defaults import insert_help


def insert(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Start with the playbooks and value props that the product is delivered with."""
    insert_help(editor.connection, at=datetime.now(UTC))


class Migration(migrations.Migration):
    """What a new installation helps with from the first day."""

    dependencies = [("pipeline", "0006_help_and_close_dates")]

    operations = [migrations.RunPython(insert, migrations.RunPython.noop)]
