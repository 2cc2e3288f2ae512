"""Who wants the figures by mail."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from headhaul.analytics.choices import MailRhythm, MailWhose


class AnalyticsMailChoice(models.Model):
    """How often somebody wants the figures by mail, and whose. Who never chose has no row and gets none."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+")
    rhythm = models.TextField(default=MailRhythm.OFF)
    whose = models.TextField(default=MailWhose.ALL)
    chosen_at = models.DateTimeField()  # the first mail is of what begins after it
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(rhythm__in=[str(r) for r in MailRhythm]), name="analytics_mail_rhythm"),
            models.CheckConstraint(condition=Q(whose__in=[str(w) for w in MailWhose]), name="analytics_mail_whose"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.rhythm}"
