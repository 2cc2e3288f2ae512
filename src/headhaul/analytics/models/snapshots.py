"""Figures as they were."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from headhaul.analytics.choices import SnapshotKind


class AnalyticsSnapshot(models.Model):
    """All figures of some days and of some people's work, as they stood at a moment. Append-only by trigger."""

    name = models.TextField(blank=True, default="")
    kind = models.TextField(default=SnapshotKind.MANUAL)
    label = models.TextField()  # of the period: Q4 2026
    starts_on = models.DateField()
    ends_on = models.DateField()  # the last day
    filters: models.JSONField[Any, Any] = models.JSONField(default=dict)  # owner, teamId, segment; who asked resolved
    team_id = models.BigIntegerField(null=True)  # named, not tied: a snapshot outlives its team
    user_ids = ArrayField(models.BigIntegerField(), null=True)  # whose work it speaks of; none: everybody's
    figures: models.JSONField[Any, Any] = models.JSONField()
    catalogue = models.TextField()  # version of the metrics' definitions
    taken_at = models.DateTimeField()
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, null=True, blank=True, related_name="+", db_constraint=False
    )

    class Meta:
        indexes = [models.Index(F("taken_at").desc(), F("id").desc(), name="analytics_snapshots_latest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[str(kind) for kind in SnapshotKind]), name="analytics_snapshot_known_kind"
            ),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="analytics_snapshot_days"),
            models.UniqueConstraint(
                fields=["starts_on", "team_id"],
                condition=Q(kind=SnapshotKind.MONTHLY),
                nulls_distinct=False,
                name="analytics_snapshot_once_a_month",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} at {self.taken_at}"
