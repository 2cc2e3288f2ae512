"""What was proposed to whom, what they did about it, and how that went."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F

from headhaul.accounts.models import Account


class ProposedAction(models.Model):
    """One proposal that somebody snoozed, skipped, took or that came to something. Kept with what stood beside it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    account = models.ForeignKey(Account, models.CASCADE, related_name="proposals")
    key = models.TextField()  # what it proposes, as getNextActions names it
    kind = models.TextField()
    reasons: models.JSONField[Any, Any] = models.JSONField(default=list)
    rank = models.IntegerField(null=True)  # where it stood in the list
    of = models.IntegerField(null=True)  # how long the list was
    snoozed_until = models.DateTimeField(null=True, blank=True)
    skipped_at = models.DateTimeField(null=True, blank=True)
    taken_at = models.DateTimeField(null=True, blank=True)
    activity_id = models.BigIntegerField(null=True, blank=True)
    outcome = models.TextField(blank=True, default="")
    outcome_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index("account", F("id").desc(), name="proposals_of_account")]
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="one_word_on_a_proposal")]

    def __str__(self) -> str:
        return self.key
