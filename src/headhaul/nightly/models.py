"""The record of runs: what was done, when, for how long, what came out and what was left out."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from headhaul.nightly.choices import RunKind, RunState, StepState, Trigger


class JobRun(models.Model):
    """One run of a job. A run that was killed is taken up again in the same row."""

    kind = models.TextField()
    day = models.DateField()  # the day it speaks for
    trigger = models.TextField()
    state = models.TextField(default=RunState.QUEUED)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    attempts = models.SmallIntegerField(default=0)
    error = models.TextField(blank=True, default="")
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)  # what the steps take as now, also when taken up again
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(F("id").desc(), name="runs_newest_first"),
            models.Index("kind", F("day").desc(), F("id").desc(), name="runs_of_a_day"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=[str(k) for k in RunKind]), name="run_of_a_known_kind"),
            models.CheckConstraint(condition=Q(state__in=[str(s) for s in RunState]), name="run_in_a_known_state"),
            models.CheckConstraint(condition=Q(trigger__in=[str(t) for t in Trigger]), name="run_has_a_known_trigger"),
            models.CheckConstraint(
                condition=Q(finished_at__isnull=False) | ~Q(state__in=[RunState.DONE, RunState.FAILED]),
                name="run_that_ended_has_an_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.day} ({self.state})"


class JobStep(models.Model):
    """One step of a run, with what came out of it."""

    run = models.ForeignKey(JobRun, models.CASCADE, related_name="steps")
    name = models.TextField()
    title = models.TextField(blank=True, default="")
    position = models.SmallIntegerField()
    state = models.TextField(default=StepState.PENDING)
    attempts = models.SmallIntegerField(default=0)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    milliseconds = models.IntegerField(null=True, blank=True)
    counts: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    # how many, by reason
    left_out: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    notes: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    error = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "name"], name="step_once_a_run"),
            models.CheckConstraint(condition=Q(state__in=[str(s) for s in StepState]), name="step_in_a_known_state"),
        ]
        ordering = ["run", "position"]

    def __str__(self) -> str:
        return f"{self.name} ({self.state})"
