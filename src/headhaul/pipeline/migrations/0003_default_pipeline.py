from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from headhaul.pipeline.services.defaults import insert_pipeline


def insert(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Start with the pipeline that the product is delivered with."""
    insert_pipeline(editor.connection)


class Migration(migrations.Migration):
    """The stages a new installation sells with."""

    dependencies = [("pipeline", "0002_history_is_append_only")]

    operations = [migrations.RunPython(insert, migrations.RunPython.noop)]
