"""What winning clients costs."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from headhaul.capture.models import CaptureEvent, LeadSource

USER = settings.AUTH_USER_MODEL
BLANK: dict[str, Any] = {"blank": True, "default": ""}


class Spend(models.Model):
    """Money spent over some days, spread evenly by day. A source or event is named by its row, so that it may get
    another name and stays the same.

    Spend of the channel `general` belongs to no line: salaries, tools, rent. Rows of overlapping days add up; the same
    row twice is refused.
    """

    channel = models.TextField()
    source = models.ForeignKey(LeadSource, models.PROTECT, null=True, blank=True, related_name="spend")
    campaign = models.TextField(**BLANK)
    event = models.ForeignKey(CaptureEvent, models.PROTECT, null=True, blank=True, related_name="spend")
    starts_on = models.DateField()
    ends_on = models.DateField()  # with it
    amount_cents = models.BigIntegerField()
    note = models.TextField(**BLANK)
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(USER, models.SET_NULL, null=True, blank=True, related_name="+")
    updated_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)  # kept, so that it can come back

    class Meta:
        indexes = [
            models.Index(F("starts_on").desc(), F("id").desc(), name="spend_newest"),
            models.Index("ends_on", "starts_on", condition=Q(removed_at__isnull=True), name="spend_by_days"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="spend_is_something"),
            models.CheckConstraint(condition=~Q(channel=""), name="spend_has_a_channel"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="spend_ends_after_it_starts"),
            models.UniqueConstraint(
                fields=["channel", "source", "campaign", "event", "starts_on", "ends_on", "amount_cents"],
                condition=Q(removed_at__isnull=True),
                nulls_distinct=False,
                name="spend_is_entered_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount_cents} for {self.channel}"
