import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("outreach", "0007_facts_keep_themselves"),
    ]

    operations = [
        migrations.AddField(
            model_name="call",
            name="enrolment_id",
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="call",
            name="step_key",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.AddField(
            model_name="callcampaign",
            name="sequence",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="call_campaign",
                to="outreach.sequence",
            ),
        ),
        migrations.AddField(
            model_name="calltarget",
            name="say",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.AddField(
            model_name="calltarget",
            name="step_key",
            field=models.TextField(blank=True, default=""),
        ),
    ]
