"""The timeline asks for the calls behind its entries, to show what was said in them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("outreach", "0019_what_enrolments_were")]
    operations = [
        migrations.AddIndex(
            model_name="call",
            index=models.Index(
                models.F("activity_id"), condition=models.Q(activity_id__isnull=False), name="calls_of_activity"
            ),
        )
    ]
