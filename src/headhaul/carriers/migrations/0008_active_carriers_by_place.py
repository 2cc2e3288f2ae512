from django.db import migrations

CREATE = """
create index carriers_carrier_active_by_place on carriers_carrier
    (phy_state, zip3, effective_units, dot_number) where status_code = 'A'
"""


class Migration(migrations.Migration):
    """Which carriers are active around a place, and how large they are, without reading their wide rows."""

    dependencies = [("carriers", "0007_queued_imports")]

    operations = [migrations.RunSQL(CREATE, "drop index carriers_carrier_active_by_place")]
