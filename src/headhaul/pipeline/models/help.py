"""What helps to sell: playbooks and value props."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from headhaul.pipeline.models.common import BLANK, USER
from headhaul.pipeline.models.opportunities import Opportunity


class Playbook(models.Model):
    """What to do in a stage, step by step."""

    name = models.TextField()
    description = models.TextField(**BLANK)
    stage_key = models.TextField(**BLANK)  # "": every stage
    segment = models.TextField(**BLANK)
    steps: models.JSONField[Any, Any] = models.JSONField(default=list)  # [{key, title, help}]
    is_active = models.BooleanField(default=True)
    position = models.IntegerField(default=0)
    version = models.IntegerField(default=1)
    updated_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)  # kept, with what was done of it, so it can come back

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("name"), condition=Q(removed_at__isnull=True), name="playbook_name_once")
        ]

    def __str__(self) -> str:
        return self.name


class PlaybookStepDone(models.Model):
    """A playbook's step that was done for an opportunity."""

    opportunity = models.ForeignKey(Opportunity, models.CASCADE, related_name="steps_done")
    playbook = models.ForeignKey(Playbook, models.CASCADE, related_name="+")
    step_key = models.TextField()
    done_at = models.DateTimeField()
    done_by = models.ForeignKey(USER, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["opportunity", "playbook", "step_key"], name="playbook_step_done_once")
        ]

    def __str__(self) -> str:
        return f"{self.step_key} of {self.playbook_id}"


class ValueProp(models.Model):
    """What we say we are worth to a kind of carrier."""

    name = models.TextField()
    segment = models.TextField(**BLANK)  # "": any
    region = models.TextField(**BLANK)  # "": any
    message = models.TextField()
    supporting_data: models.JSONField[Any, Any] = models.JSONField(default=dict, blank=True)
    is_active = models.BooleanField(default=True)
    version = models.IntegerField(default=1)
    updated_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("name"), condition=Q(removed_at__isnull=True), name="value_prop_name_once")
        ]

    def __str__(self) -> str:
        return self.name
