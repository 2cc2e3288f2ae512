import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("outreach", "0005_messages_are_numbered"),
    ]

    operations = [
        migrations.CreateModel(
            name="MessageFact",
            fields=[
                (
                    "message",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="fact",
                        serialize=False,
                        to="outreach.message",
                    ),
                ),
                ("at", models.DateTimeField()),
                ("fate", models.TextField()),
                ("is_confirmed", models.BooleanField()),
                ("channel", models.TextField()),
                ("user_id", models.BigIntegerField(null=True)),
                ("account_id", models.BigIntegerField(null=True)),
                ("contact_id", models.BigIntegerField(null=True)),
                ("sequence_id", models.BigIntegerField(null=True)),
                ("version_number", models.IntegerField(null=True)),
                ("step_key", models.TextField(blank=True, default="")),
                ("campaign", models.TextField(blank=True, default="")),
                ("enrolment_id", models.BigIntegerField(null=True)),
                ("enrolled_at", models.DateTimeField(null=True)),
                ("click", models.TextField(blank=True, default="")),
                ("is_opened", models.BooleanField()),
                ("is_replied", models.BooleanField()),
                ("is_auto_replied", models.BooleanField()),
                ("is_complained", models.BooleanField()),
                ("is_unsubscribed", models.BooleanField()),
                ("replied_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(models.F("at"), name="message_facts_by_time"),
                    models.Index(models.F("sequence_id"), models.F("at"), name="message_facts_of_sequence"),
                    models.Index(models.F("user_id"), models.F("at"), name="message_facts_of_user"),
                    models.Index(
                        models.F("enrolled_at"),
                        condition=models.Q(("enrolled_at__isnull", False)),
                        name="message_facts_by_cohort",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("fate__in", ["waiting", "not_sent", "delivered", "bounced", "failed", "unknown"])
                        ),
                        name="message_facts_known_fate",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("channel__in", ["email", "sms", "call"])),
                        name="message_facts_known_channel",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("click__in", ["human", "machine", "unknown", ""])),
                        name="message_facts_known_grade",
                    ),
                ],
            },
        ),
    ]
