from django.db import migrations

NAMES = ("score", "state", "segment", "drivers", "units", "name")


class Migration(migrations.Migration):
    """Only the current day is listed, so only its partition carries list indexes; services.signals_store makes them."""

    dependencies = [("carriers", "0005_voluntary_revocations")]

    operations = [
        migrations.RunSQL(f"drop index if exists carriers_signal_{name}", migrations.RunSQL.noop) for name in NAMES
    ]
