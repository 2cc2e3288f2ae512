import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_every_account_has_a_pulse"),
        ("activities", "0003_activities_notifications"),
        ("security", "0002_teams"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Digest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("state", models.TextField()),
                ("attempts", models.SmallIntegerField(default=0)),
                ("claimed_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                ("error", models.TextField(blank=True, default="")),
            ],
            options={
                "indexes": [
                    models.Index(models.OrderBy(models.F("claimed_at"), descending=True), name="digests_lately"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["sending", "sent", "nothing", "refused", "unknown"])),
                        name="digest_known_state",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DigestChoice",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("is_on", models.BooleanField(default=True)),
                ("hour", models.SmallIntegerField(blank=True, null=True)),
                ("version", models.IntegerField(default=1)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("hour__isnull", True), models.Q(("hour__gte", 0), ("hour__lte", 23)), _connector="OR"
                        ),
                        name="digest_hour_of_a_day",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RemovedActivity",
            fields=[
                ("activity_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("row", models.JSONField()),
                ("notifications", models.JSONField(default=list)),
                ("removed_at", models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name="ScoreMove",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("score_hundredths", models.SmallIntegerField()),
                ("before_hundredths", models.SmallIntegerField(null=True)),
                ("driver_count", models.IntegerField(null=True)),
                ("noted_at", models.DateTimeField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="activity",
            name="activity_only_tasks_are_due",
        ),
        migrations.RemoveIndex(
            model_name="activity",
            name="activities_of_contact",
        ),
        migrations.RemoveIndex(
            model_name="activity",
            name="activities_of_opportunity",
        ),
        migrations.AddField(
            model_name="activity",
            name="due_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="activity",
            name="edited_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name="activity",
            index=models.Index(
                models.F("contact"),
                models.OrderBy(models.F("happened_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("contact__isnull", False)),
                name="activities_of_contact",
            ),
        ),
        migrations.AddIndex(
            model_name="activity",
            index=models.Index(
                models.F("opportunity_id"),
                models.OrderBy(models.F("happened_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("opportunity_id__isnull", False)),
                name="activities_of_opportunity",
            ),
        ),
        migrations.AddIndex(
            model_name="activity",
            index=models.Index(
                models.F("account"),
                models.OrderBy(models.F("completed_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("completed_at__isnull", False)),
                name="tasks_done_of_account",
            ),
        ),
        migrations.AddIndex(
            model_name="activity",
            index=models.Index(
                models.F("owner"),
                models.F("due_on"),
                models.F("id"),
                condition=models.Q(("completed_at__isnull", True), ("type", "task"), ("due_on__isnull", False)),
                name="tasks_open_by_day",
            ),
        ),
        migrations.AddIndex(
            model_name="activity",
            index=models.Index(
                models.F("due_at"),
                models.F("id"),
                condition=models.Q(("completed_at__isnull", True), ("type", "task")),
                name="tasks_open_of_all",
            ),
        ),
        migrations.AddIndex(
            model_name="activity",
            index=models.Index(
                models.F("due_on"),
                models.F("id"),
                condition=models.Q(("completed_at__isnull", True), ("type", "task"), ("due_on__isnull", False)),
                name="tasks_open_of_all_by_day",
            ),
        ),
        migrations.AddIndex(
            model_name="activity",
            index=models.Index(
                models.F("owner"),
                models.OrderBy(models.F("completed_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("completed_at__isnull", False)),
                name="tasks_done",
            ),
        ),
        migrations.AddIndex(
            model_name="activity",
            index=models.Index(
                models.OrderBy(models.F("completed_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("completed_at__isnull", False)),
                name="tasks_done_of_all",
            ),
        ),
        migrations.AddIndex(
            model_name="alert",
            index=models.Index(
                models.F("account"),
                models.OrderBy(models.F("created_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("account__isnull", False)),
                name="alerts_of_account",
            ),
        ),
        migrations.AddConstraint(
            model_name="activity",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("type", "task"),
                    models.Q(
                        ("completed_at__isnull", True),
                        ("due_at__isnull", True),
                        ("due_on__isnull", True),
                        ("remind_at__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="activity_only_tasks_are_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="activity",
            constraint=models.CheckConstraint(
                condition=models.Q(("due_at__isnull", True), ("due_on__isnull", True), _connector="OR"),
                name="activity_due_at_a_time_or_on_a_day",
            ),
        ),
        migrations.AddField(
            model_name="digest",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="removedactivity",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.account"
            ),
        ),
        migrations.AddField(
            model_name="removedactivity",
            name="contact",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="accounts.contact",
            ),
        ),
        migrations.AddField(
            model_name="scoremove",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="score_moves", to="accounts.account"
            ),
        ),
        migrations.AddConstraint(
            model_name="digest",
            constraint=models.UniqueConstraint(fields=("user", "day"), name="digest_once_a_day"),
        ),
        migrations.AddIndex(
            model_name="scoremove",
            index=models.Index(
                models.F("account"),
                models.OrderBy(models.F("noted_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                name="score_moves_of_account",
            ),
        ),
        migrations.AddConstraint(
            model_name="scoremove",
            constraint=models.UniqueConstraint(fields=("account", "day"), name="score_move_once_a_day"),
        ),
    ]
