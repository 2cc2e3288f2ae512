"""What people said about being reached, by address: it outlives contacts, merges and imports."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from headhaul.compliance.choices import ConsentChannel, ConsentStatus


class ConsentEvent(models.Model):
    """Somebody gave or withdrew consent. Never changed or removed: the latest of an address and channel counts."""

    address = models.TextField()  # an e-mail in one spelling, or a telephone number in E.164
    channel = models.TextField()
    status = models.TextField()
    basis = models.TextField(blank=True, default="")  # e.g. express_written, inquiry, existing_business
    source = models.TextField()  # where it was said: a form, a call, an import
    evidence = models.TextField(blank=True, default="")  # the words, a recording, a file
    captured_at = models.DateTimeField()  # when it was said
    recorded_at = models.DateTimeField()  # when we were told
    captured_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index("address", "channel", F("recorded_at").desc(), F("id").desc(), name="consent_of_address")
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(channel__in=[str(c) for c in ConsentChannel]), name="consent_known_channel"
            ),
            models.CheckConstraint(
                condition=Q(status__in=[str(s) for s in ConsentStatus]), name="consent_known_status"
            ),
            models.CheckConstraint(condition=~Q(address="") & ~Q(source=""), name="consent_says_where_from"),
        ]

    def __str__(self) -> str:
        return f"{self.address} {self.channel} {self.status}"
