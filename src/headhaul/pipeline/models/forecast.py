"""Quotas, and what reps and managers called."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q

from headhaul.pipeline.choices import Period, SubmissionKind
from headhaul.pipeline.models.common import BLANK, USER
from headhaul.security.models import Team


class Quota(models.Model):
    """What a person or a team is to win in a period."""

    period = models.TextField()
    starts_on = models.DateField()
    user = models.ForeignKey(USER, models.CASCADE, null=True, blank=True, related_name="quotas")
    team = models.ForeignKey(Team, models.CASCADE, null=True, blank=True, related_name="quotas")
    amount_cents = models.BigIntegerField()
    version = models.IntegerField(default=1)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["period", "starts_on", "user"], condition=Q(user__isnull=False), name="quota_of_a_person_once"
            ),
            models.UniqueConstraint(
                fields=["period", "starts_on", "team"], condition=Q(team__isnull=False), name="quota_of_a_team_once"
            ),
            models.UniqueConstraint(
                fields=["period", "starts_on"],
                condition=Q(team__isnull=True, user__isnull=True),
                name="quota_of_the_firm_once",
            ),
            models.CheckConstraint(condition=Q(user__isnull=True) | Q(team__isnull=True), name="quota_of_one"),
            models.CheckConstraint(condition=Q(amount_cents__gte=0), name="quota_amount"),
            models.CheckConstraint(condition=Q(period__in=[str(p) for p in Period]), name="quota_known_period"),
        ]

    def __str__(self) -> str:
        return f"{self.amount_cents} from {self.starts_on}"


class ForecastSubmission(models.Model):
    """A call on a period, by a rep for themselves or by a manager for somebody. Append-only: the latest counts."""

    kind = models.TextField()
    period = models.TextField()
    starts_on = models.DateField()
    user = models.ForeignKey(USER, models.CASCADE, null=True, related_name="forecast_calls")  # whose deals it speaks of
    team = models.ForeignKey(Team, models.CASCADE, null=True, related_name="+")
    commit_cents = models.BigIntegerField()
    best_case_cents = models.BigIntegerField()
    note = models.TextField(**BLANK)
    computed: models.JSONField[Any, Any] = models.JSONField(default=dict)  # what the pipeline said at that moment
    submitted_at = models.DateTimeField()
    submitted_by = models.ForeignKey(USER, models.SET_NULL, null=True, related_name="+")

    class Meta:
        indexes = [
            models.Index("period", "starts_on", "kind", "user", F("id").desc(), name="forecast_calls_latest"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=[str(k) for k in SubmissionKind]), name="call_known_kind"),
            models.CheckConstraint(condition=Q(period__in=[str(p) for p in Period]), name="call_known_period"),
            models.CheckConstraint(
                condition=Q(commit_cents__gte=0, best_case_cents__gte=F("commit_cents")), name="call_best_case_is_more"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.commit_cents} for {self.starts_on}"
