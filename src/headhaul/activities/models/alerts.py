"""What the signals said about carriers that somebody should know."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from headhaul.accounts.models import Account
from headhaul.activities.choices import AlertKind, Severity


class Alert(models.Model):
    """A sentence about a carrier on a day, never said twice, however often a run is repeated."""

    kind = models.TextField()
    dot_number = models.IntegerField()
    day = models.DateField()
    severity = models.TextField()
    text = models.TextField()
    account = models.ForeignKey(Account, models.CASCADE, null=True, blank=True, related_name="alerts")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="alerts")
    created_at = models.DateTimeField()
    dismissed_at = models.DateTimeField(null=True, blank=True)
    dismissed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "dot_number", "day"], name="alert_is_said_once"),
            models.CheckConstraint(condition=Q(kind__in=[str(k) for k in AlertKind]), name="alert_of_a_known_kind"),
            models.CheckConstraint(
                condition=Q(severity__in=[str(s) for s in Severity]), name="alert_of_a_known_severity"
            ),
        ]
        indexes = [
            models.Index(
                "account",
                F("created_at").desc(),
                F("id").desc(),
                name="alerts_of_account",
                condition=Q(account__isnull=False),
            ),
            models.Index(F("day").desc(), F("id").desc(), name="alerts_open", condition=Q(dismissed_at__isnull=True)),
            models.Index(
                "owner",
                F("day").desc(),
                F("id").desc(),
                name="alerts_of_owner",
                condition=Q(dismissed_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.text


class ScoreMove(models.Model):
    """An account's score on a day when it had gone far enough from the last one noted here to be worth a line."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="score_moves")
    day = models.DateField()
    score_hundredths = models.SmallIntegerField()
    before_hundredths = models.SmallIntegerField(null=True)  # none for the first, which is where moves are counted from
    driver_count = models.IntegerField(null=True)
    noted_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "day"], name="score_move_once_a_day")]
        indexes = [models.Index("account", F("noted_at").desc(), F("id").desc(), name="score_moves_of_account")]

    def __str__(self) -> str:
        return f"{self.before_hundredths} → {self.score_hundredths}"
