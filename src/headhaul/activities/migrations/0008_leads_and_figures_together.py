from django.db import migrations


class Migration(migrations.Migration):
    """What leads and what figures needed was written side by side: from here on it is one line again."""

    dependencies = [
        ("activities", "0006_leads_are_told"),
        ("activities", "0007_touches_by_time"),
    ]

    operations = []
