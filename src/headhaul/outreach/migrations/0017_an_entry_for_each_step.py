"""Each call step has an entry of its own in a queue, beside the one that a list has."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("outreach", "0016_a_step_asks_once"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="calltarget", name="call_targets_once"),
        migrations.AddConstraint(
            model_name="calltarget",
            constraint=models.UniqueConstraint(
                condition=models.Q(("enrolment_id", None)),
                fields=("campaign", "contact"),
                name="call_targets_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="calltarget",
            constraint=models.UniqueConstraint(
                condition=models.Q(("enrolment_id__isnull", False)),
                fields=("enrolment_id", "step_key"),
                name="call_targets_once_a_step",
            ),
        ),
        migrations.AddIndex(
            model_name="calltarget",
            index=models.Index(
                models.F("taken_until"), condition=models.Q(("state", "taken")), name="call_targets_taken"
            ),
        ),
    ]
