"""Stops of sending: the switch for everything, one for each part, and the bans of an emergency."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from headhaul.compliance.choices import HoldScope


class SendingHold(models.Model):
    """Nothing leaves while it is open. Lifting closes the row; it is never removed."""

    scope = models.TextField()
    key = models.TextField(blank=True, default="")  # the channel's word, or the id; empty for all
    reason = models.TextField()
    since = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        indexes = [models.Index(F("since").desc(), name="holds_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=["scope", "key"], condition=Q(lifted_at=None), name="holds_one_open_of_a_scope"
            ),
            models.CheckConstraint(condition=Q(scope__in=[str(s) for s in HoldScope]), name="holds_known_scope"),
            models.CheckConstraint(
                condition=Q(scope="all", key="") | (~Q(scope="all") & ~Q(key="")), name="holds_scope_has_its_key"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="holds_say_why"),
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.key}"


class EmergencyBan(models.Model):
    """A state's ban on solicitation during an emergency, as an administrator entered it, with its source."""

    state = models.TextField()
    channels = models.JSONField(default=list)
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    cite = models.TextField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    ended_early_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index("state", F("ends_at").desc(), name="bans_of_a_state")]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("begins_at")), name="bans_end_after_they_begin"),
            models.CheckConstraint(condition=~Q(cite=""), name="bans_name_their_source"),
        ]

    def __str__(self) -> str:
        return f"{self.state} until {self.ends_at}"
