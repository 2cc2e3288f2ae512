"""A third kind of alert: a carrier that turned out to be no prospect."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("activities", "0001_alerts")]

    operations = [
        migrations.RemoveConstraint(model_name="alert", name="alert_of_a_known_kind"),
        migrations.AddConstraint(
            model_name="alert",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["signal_spike", "account_opened", "carrier_risk"])),
                name="alert_of_a_known_kind",
            ),
        ),
    ]
