"""What was read from which file, and what became of it."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from headhaul.carriers.choices import ImportState
from headhaul.carriers.models.carrier import BLANK, UNKNOWN


class ImportRun(models.Model):
    """One import. read = inserted + updated + unchanged + older + duplicates + rejected."""

    kind = models.TextField()  # carriers or drivers
    layout = models.TextField(**BLANK)
    file_name = models.TextField()
    file_size = models.BigIntegerField(**UNKNOWN)
    sha256 = models.TextField(**BLANK)
    source_date = models.DateField(**UNKNOWN)
    state = models.TextField(default=ImportState.RUNNING)
    error = models.TextField(**BLANK)
    progress = models.SmallIntegerField(default=0)  # percent of the bytes read
    rows_read = models.BigIntegerField(default=0)
    inserted = models.BigIntegerField(default=0)
    updated = models.BigIntegerField(default=0)
    unchanged = models.BigIntegerField(default=0)
    older = models.BigIntegerField(default=0)  # newer facts were already there
    duplicates = models.BigIntegerField(default=0)  # the same key again in the same file
    rejected = models.BigIntegerField(default=0)
    removed = models.BigIntegerField(default=0)  # drivers no longer in a replaced pool
    rejects_path = models.TextField(**BLANK)
    notes: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    options: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    started_by = models.TextField(**BLANK)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(**UNKNOWN)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[str(s) for s in ImportState]), name="carriers_importrun_known_state"
            ),
            models.CheckConstraint(condition=Q(kind__in=["carriers", "drivers"]), name="carriers_importrun_known_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.state})"
