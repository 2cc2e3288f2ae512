from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations

CREATE = """
create index carriers_carrier_names on carriers_carrier
using gin ((legal_name || ' ' || dba_name) gin_trgm_ops) with (fastupdate = off)
"""


class Migration(migrations.Migration):
    """One trigram index over both names. Without a pending list: a search must not pay for the night's import."""

    dependencies = [("carriers", "0002_signal_partitions")]

    operations = [TrigramExtension(), migrations.RunSQL(CREATE, "drop index carriers_carrier_names")]
