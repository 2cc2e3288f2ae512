"""Who must not be reached. Append-only: a lift is a later row, and takes effect after its delay."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from headhaul.compliance.choices import ConsentChannel, Register, Scope, SuppressionReason


class Suppression(models.Model):
    """A denial of a scope and channel, or its lifting. The latest in effect of (scope, key, channel) counts.

    The key is the address, the contact's, account's or DOT number, or the e-mail domain. Addresses are kept by their
    HMAC as well, so that an erased person stays suppressed without being named.
    """

    scope = models.TextField()
    key = models.TextField()
    key_hash = models.TextField(blank=True, default="")
    channel = models.TextField()
    is_lift = models.BooleanField(default=False)
    reason = models.TextField()
    source = models.TextField()
    evidence = models.TextField(blank=True, default="")
    effective_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        indexes = [
            models.Index(
                "scope", "key", "channel", F("effective_at").desc(), F("id").desc(), name="suppression_of_key"
            ),
            models.Index("key_hash", name="suppression_by_hash", condition=~Q(key_hash="")),
            models.Index(F("recorded_at").desc(), F("id").desc(), name="suppression_newest"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(scope__in=[str(s) for s in Scope]), name="suppression_known_scope"),
            models.CheckConstraint(
                condition=Q(channel__in=[str(c) for c in ConsentChannel]), name="suppression_known_channel"
            ),
            models.CheckConstraint(
                condition=Q(reason__in=[str(r) for r in SuppressionReason]), name="suppression_known_reason"
            ),
            models.CheckConstraint(
                condition=(~Q(key="") | ~Q(key_hash="")) & ~Q(source=""), name="suppression_says_whom_and_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.key} {self.channel}{' lifted' if self.is_lift else ''}"


class DncScrub(models.Model):
    """One number held against one version of the national do-not-call list, or against the database of reassigned
    numbers: then `is_listed` says that somebody else has it. Append-only.
    """

    number = models.TextField()
    register = models.TextField(default=Register.DO_NOT_CALL)
    list_version = models.TextField()
    is_listed = models.BooleanField()
    scrubbed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index("number", "register", F("scrubbed_at").desc(), name="scrub_of_number")]
        constraints = [
            models.CheckConstraint(condition=~Q(number=""), name="scrub_has_a_number"),
            models.CheckConstraint(condition=Q(register__in=[str(r) for r in Register]), name="scrub_known_register"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.list_version}"
