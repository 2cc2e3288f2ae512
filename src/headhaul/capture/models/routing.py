"""Who gets which lead: the rules in versions, whose turn it is, who is away, and every decision with its why."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q

from headhaul.capture.models.common import BLANK, USER
from headhaul.capture.models.leads import Lead


class RoutingVersion(models.Model):
    """All routing rules as they were saved once. The highest number is in force."""

    number = models.IntegerField(unique=True)
    rules: models.JSONField[Any, Any] = models.JSONField()  # validated by schemas/routing.py; each has a stable `key`
    note = models.TextField(**BLANK)
    saved_by = models.ForeignKey(USER, models.SET_NULL, null=True, blank=True, related_name="+")
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(number__gte=1), name="routing_version_number")]

    def __str__(self) -> str:
        return f"routing v{self.number}"


class RoutingTurn(models.Model):
    """When somebody last got a lead by a rule: the turn goes to whom it is longest ago."""

    rule_key = models.TextField()
    user = models.ForeignKey(USER, models.CASCADE, related_name="+")
    last_at = models.DateTimeField()
    given = models.IntegerField(default=0)
    serial = models.BigIntegerField(default=0)  # rises with every lead given: the order, also within one instant

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rule_key", "user"], name="routing_turn_once")]

    def __str__(self) -> str:
        return f"{self.rule_key}: {self.user_id}"


class RoutingDecision(models.Model):
    """Why a lead went to somebody. Never changed: a new decision is a new row."""

    lead = models.ForeignKey(Lead, models.CASCADE, related_name="decisions")
    version_number = models.IntegerField(null=True, blank=True)  # None: no rules were asked
    rule_key = models.TextField(**BLANK)
    by = models.TextField()  # a word of RoutedBy
    owner = models.ForeignKey(USER, models.SET_NULL, null=True, blank=True, related_name="+")
    why = models.TextField()
    passed_over: models.JSONField[Any, Any] = models.JSONField(default=list, blank=True)  # who was not taken, and why
    case: models.JSONField[Any, Any] = models.JSONField(null=True)  # what it rests on: routing.choosing.Circumstances
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(USER, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        indexes = [
            models.Index("lead", F("id").desc(), name="routing_of_lead"),
            models.Index("owner", F("decided_at").desc(), name="routing_to_owner"),
        ]

    def __str__(self) -> str:
        return self.why


class OutOfOffice(models.Model):
    """Somebody is away: from one day to another, both included, and who stands in."""

    user = models.ForeignKey(USER, models.CASCADE, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField()
    stand_in = models.ForeignKey(USER, models.SET_NULL, null=True, blank=True, related_name="+")
    note = models.TextField(**BLANK)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(USER, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        indexes = [models.Index("user", "ends_on", name="away_of_user")]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="away_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(stand_in__isnull=True) | ~Q(stand_in=F("user")), name="away_stand_in_is_another"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} from {self.starts_on} to {self.ends_on}"
