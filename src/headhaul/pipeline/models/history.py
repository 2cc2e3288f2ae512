"""What was so on which day: every change, what went before, nightly snapshots, what was removed."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q

from headhaul.accounts.models import Account
from headhaul.pipeline.choices import Tracked
from headhaul.pipeline.models.common import BLANK, USER

NEW_AS_TEXT = Func(F("new"), template="(%(expressions)s #>> '{}')", output_field=models.TextField())


class OpportunityChange(models.Model):
    """What a tracked fact became, since when it is so and when we were told. Append-only by trigger.

    A stage is written as its key, people as their ids, money in cents, days as ISO dates. The latest version whose
    `valid_from` has come is what was so: a later word about the past overrides an earlier one.
    """

    opportunity_id = models.BigIntegerField()  # named, so that history outlives what it is about
    version = models.IntegerField()
    field = models.TextField()
    old: models.JSONField[Any, Any] = models.JSONField(null=True)
    new: models.JSONField[Any, Any] = models.JSONField(null=True)
    valid_from = models.DateTimeField()
    recorded_at = models.DateTimeField()
    changed_by = models.ForeignKey(
        USER, models.DO_NOTHING, null=True, blank=True, related_name="+", db_constraint=False
    )
    batch_id = models.TextField(**BLANK)

    class Meta:
        indexes = [
            models.Index("opportunity_id", "field", "valid_from", "id", name="history_of_opportunity"),
            models.Index("field", "valid_from", "id", include=["opportunity_id"], name="history_by_time"),
            models.Index("recorded_at", name="history_by_telling"),
            models.Index("batch_id", condition=~Q(batch_id=""), name="history_of_batch"),
            models.Index(NEW_AS_TEXT, "opportunity_id", condition=Q(field="close_on"), name="history_of_close_dates"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["opportunity_id", "version", "field"], name="one_change_a_version"),
            models.CheckConstraint(condition=Q(field__in=[str(f) for f in Tracked]), name="history_known_field"),
        ]

    def __str__(self) -> str:
        return f"{self.field}: {self.old} → {self.new}"


class OpportunityBefore(models.Model):
    """What the columns that a version changed held before it, so that it can be taken back exactly."""

    opportunity_id = models.BigIntegerField()
    version = models.IntegerField()
    before: models.JSONField[Any, Any] = models.JSONField()
    batch_id = models.TextField(**BLANK)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index("batch_id", condition=~Q(batch_id=""), name="befores_of_batch"),
            models.Index("at", name="befores_by_age"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["opportunity_id", "version"], name="one_before_a_version"),
        ]

    def __str__(self) -> str:
        return f"{self.opportunity_id} before {self.version}"


class RemovedOpportunity(models.Model):
    """An opportunity that somebody removed, as it was, with what went with it. Its history stays where it is."""

    opportunity_id = models.BigIntegerField(primary_key=True)
    account = models.ForeignKey(Account, models.CASCADE, related_name="removed_opportunities")
    row: models.JSONField[Any, Any] = models.JSONField()
    committee: models.JSONField[Any, Any] = models.JSONField(default=list)
    steps: models.JSONField[Any, Any] = models.JSONField(default=list)  # of playbooks
    removed_at = models.DateTimeField()
    removed_by = models.ForeignKey(USER, models.SET_NULL, null=True, blank=True, related_name="+")

    def __str__(self) -> str:
        return f"{self.opportunity_id}, removed"


class OpportunitySnapshot(models.Model):
    """An open opportunity as it was at the end of a day. Written once by the night, never changed."""

    pk = models.CompositePrimaryKey("day", "opportunity_id")
    day = models.DateField()
    opportunity_id = models.BigIntegerField()
    account_id = models.BigIntegerField()
    pipeline_id = models.BigIntegerField()
    stage_id = models.BigIntegerField()
    stage_key = models.TextField()
    owner_id = models.BigIntegerField(null=True)
    team_id = models.BigIntegerField(null=True)
    amount_cents = models.BigIntegerField(null=True)
    close_on = models.DateField(null=True)
    category = models.TextField()
    probability = models.SmallIntegerField()
    ai_close_probability = models.FloatField(null=True)
    days_in_stage = models.IntegerField()  # working days, as the stage's clock counts
    days_open = models.IntegerField()
    touches_30 = models.IntegerField()  # calls, e-mails, texts and meetings in the 30 days before
    replies_30 = models.IntegerField()
    days_since_touch = models.IntegerField(null=True)
    contacts = models.IntegerField()
    has_decision_maker = models.BooleanField()
    has_next_step = models.BooleanField()
    next_step_on = models.DateField(null=True)
    pushes = models.IntegerField()
    score_hundredths = models.SmallIntegerField(null=True)
    driver_count = models.IntegerField(null=True)
    risks = ArrayField(models.TextField(), default=list)
    taken_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index("opportunity_id", "day", name="snapshots_of_opportunity"),
            models.Index("day", condition=Q(ai_close_probability__isnull=False), name="snapshots_with_a_word_of_ai"),
        ]

    def __str__(self) -> str:
        return f"{self.opportunity_id} on {self.day}"
