"""Indexes by which the queue of next actions finds the few rows it speaks of."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("advisor", "0001_proposals"),
        ("accounts", "0006_every_account_has_a_pulse"),
        ("activities", "0003_activities_notifications"),
        ("pipeline", "0001_pipeline"),
    ]

    operations = [
        migrations.RunSQL(
            "create index activities_incoming on activities_activity (happened_at desc)"
            " where direction = 'in' or outcome = 'replied'",
            "drop index activities_incoming",
        ),
        migrations.RunSQL(
            "create index accounts_spiking on accounts_accountscore (account_id) where is_spike",
            "drop index accounts_spiking",
        ),
        migrations.RunSQL(
            "create index opportunities_open_of_owner on pipeline_opportunity (owner_id) where kind = 'open'",
            "drop index opportunities_open_of_owner",
        ),
        migrations.RunSQL(
            "create index proposals_of_user on advisor_proposedaction (user_id, snoozed_until)",
            "drop index proposals_of_user",
        ),
    ]
