"""Automation rules, what they did, and what waits for them."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from headhaul.pipeline.choices import RuleMatch, RuleOutcome, RuleTrigger
from headhaul.pipeline.models.common import BLANK, USER


class AutomationRule(models.Model):
    """When this happens and that is so, do these things."""

    name = models.TextField()
    trigger = models.TextField()
    from_stage = models.TextField(**BLANK)
    to_stage = models.TextField(**BLANK)
    match = models.TextField(default=RuleMatch.ALL)  # of the conditions: all of them or any
    conditions: models.JSONField[Any, Any] = models.JSONField(default=list, blank=True)
    actions: models.JSONField[Any, Any] = models.JSONField(default=list)
    is_active = models.BooleanField(default=False)
    active_since = models.DateTimeField(null=True, blank=True)  # what happened before is left alone
    position = models.IntegerField(default=0)
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    updated_by = models.ForeignKey(USER, models.SET_NULL, null=True, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)  # its firings stay, so it stays too

    class Meta:
        indexes = [models.Index("trigger", condition=Q(is_active=True), name="rules_by_trigger")]
        constraints = [
            models.UniqueConstraint(Lower("name"), condition=Q(removed_at__isnull=True), name="rule_has_its_own_name"),
            models.CheckConstraint(condition=Q(match__in=[str(m) for m in RuleMatch]), name="rule_known_match"),
            models.CheckConstraint(condition=Q(trigger__in=[str(t) for t in RuleTrigger]), name="rule_known_trigger"),
            models.CheckConstraint(
                condition=Q(is_active=False) | Q(active_since__isnull=False, removed_at__isnull=True),
                name="rule_active_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RuleFiring(models.Model):
    """A rule that fired: on what, what it did or why it did not. Kept as it was."""

    rule = models.ForeignKey(AutomationRule, models.CASCADE, related_name="firings")
    rule_version = models.IntegerField()
    trigger = models.TextField(**BLANK)
    event_key = models.TextField()  # the same event fires a rule once
    opportunity_id = models.BigIntegerField(null=True)
    account_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    outcome = models.TextField()  # done, failed, stopped
    done: models.JSONField[Any, Any] = models.JSONField(default=list)
    said = models.TextField(**BLANK)
    depth = models.SmallIntegerField(default=0)
    batch_id = models.TextField(**BLANK)

    class Meta:
        indexes = [
            models.Index("rule", F("id").desc(), name="firings_of_rule"),
            models.Index("outcome", F("id").desc(), name="firings_by_outcome"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["rule", "event_key"], name="rule_fires_once_an_event"),
            models.CheckConstraint(condition=Q(outcome__in=[str(o) for o in RuleOutcome]), name="firing_known_outcome"),
        ]

    def __str__(self) -> str:
        return f"{self.rule_id} on {self.event_key}"


class WaitingEvent(models.Model):
    """An event that the rules get to in the background. What the clock found stays, so that it is not found again."""

    trigger = models.TextField()
    key = models.TextField(unique=True)
    data: models.JSONField[Any, Any] = models.JSONField()
    queued_at = models.DateTimeField()
    attempts = models.SmallIntegerField(default=0)
    error = models.TextField(**BLANK)  # why it was put aside after the last attempt
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index("attempts", "id", condition=Q(error="", done_at__isnull=True), name="events_waiting"),
            models.Index("id", condition=~Q(error=""), name="events_put_aside"),
        ]

    def __str__(self) -> str:
        return self.key
