from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("outreach", "0017_an_entry_for_each_step"),
    ]

    operations = [
        migrations.AddField(
            model_name="providerevent",
            name="sender_id",
            field=models.BigIntegerField(default=0),
        ),
        migrations.RemoveConstraint(
            model_name="providerevent",
            name="provider_events_once",
        ),
        migrations.AddConstraint(
            model_name="providerevent",
            constraint=models.UniqueConstraint(
                fields=("provider", "event_id", "sender_id"), name="provider_events_once"
            ),
        ),
    ]
