"""What FMCSA's look-up service answered, and how each carrier's last enrichment went."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q


class FmcsaLookup(models.Model):
    """An answer kept for a while, so that the same question is not asked twice. Never holds an employer number."""

    path = models.TextField(primary_key=True)  # below the service's address, without the key: "158121/basics"
    content: models.JSONField[Any, Any] = models.JSONField(null=True)  # null: FMCSA does not know it
    retrieved_at = models.DateTimeField()
    keep_until = models.DateTimeField(db_index=True)


class CarrierEnrichment(models.Model):
    """The newest live facts of one carrier, and the last try to refresh them.

    Authority, insurance, orders and safety live in their own tables under the source "QCMobile"; here is what
    only the main record says.
    """

    dot_number = models.IntegerField(primary_key=True)
    tried_at = models.DateTimeField()
    tried_by = models.TextField()
    trouble = models.TextField(blank=True, default="")  # why the last try brought no live facts; "" when it did
    trouble_code = models.TextField(blank=True, default="")  # no_key, fmcsa_unavailable, fmcsa_unknown_carrier, …
    retrieved_at = models.DateTimeField(null=True, blank=True)  # when FMCSA gave the facts below; null: never
    allowed_to_operate = models.BooleanField(null=True, blank=True)
    facts: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    missing: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict)  # part → reason

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(trouble="", trouble_code="") | ~Q(trouble="") & ~Q(trouble_code=""),
                name="carriers_carrierenrichment_trouble_has_a_code",
            ),
        ]
