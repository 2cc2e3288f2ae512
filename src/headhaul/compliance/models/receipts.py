"""The proof of every decision: what was asked, on which facts, by which rules, and what came out. Hash-chained."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q

from headhaul.compliance.choices import Outcome, Purpose


class Receipt(models.Model):
    """One decision. Append-only; only the sealing job may fill the last five columns, once.

    `facts` is everything the decision was made of, so that it can be replayed under these or other rules. What names
    the person or was said to them stands apart in `address` and `content`: at their wish it goes, the proof stays.
    """

    at = models.DateTimeField()
    outcome = models.TextField()
    purpose = models.TextField(default=Purpose.OUTREACH)
    channel = models.TextField()
    address = models.TextField(blank=True)  # empty once the person was forgotten
    address_hash = models.TextField(blank=True, default="")
    content: models.JSONField[Any, Any] = models.JSONField(default=dict)
    contact_id = models.BigIntegerField(null=True, blank=True)
    account_id = models.BigIntegerField(null=True, blank=True)
    sender_id = models.BigIntegerField(null=True, blank=True)
    user_id = models.BigIntegerField(null=True, blank=True)
    message_id = models.UUIDField(null=True, blank=True)  # of the outbox
    attempt_id = models.UUIDField(null=True, blank=True, unique=True)
    action = models.TextField(blank=True, default="")  # the action that asked, where it was one
    until = models.DateTimeField(null=True, blank=True)
    reasons: models.JSONField[Any, Any] = models.JSONField(default=list)
    facts: models.JSONField[Any, Any] = models.JSONField(default=dict)
    rules_hash = models.TextField()
    tzdata = models.TextField()
    body_hash = models.TextField(blank=True, default="")
    sequence = models.BigIntegerField(null=True, blank=True, unique=True)
    previous = models.TextField(blank=True, default="")
    seal = models.TextField(blank=True, default="")
    personal_digest = models.TextField(blank=True, default="")  # what the seal remembers of address and content
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index("message_id", F("id").desc(), name="receipts_of_message"),
            models.Index("contact_id", F("id").desc(), name="receipts_of_contact"),
            models.Index("account_id", F("id").desc(), name="receipts_of_account"),
            models.Index("address_hash", F("id").desc(), name="receipts_of_address"),
            models.Index("outcome", F("id").desc(), name="receipts_by_outcome"),
            models.Index("id", name="receipts_unsealed", condition=Q(sequence=None)),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(outcome__in=[str(o) for o in Outcome]), name="receipts_known_outcome"),
            models.CheckConstraint(condition=Q(purpose__in=[str(p) for p in Purpose]), name="receipts_known_purpose"),
            models.CheckConstraint(
                condition=Q(attempt_id=None) | Q(outcome="allow"), name="receipts_attempts_are_allowed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.address} {self.outcome}"
