"""What people are told, and how they want to be told by mail."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from headhaul.accounts.models import BLANK, Account
from headhaul.activities.choices import DigestState, NotificationKind
from headhaul.activities.models.activities import Activity


class Notification(models.Model):
    """Something one person is told: in the console, and by digest if they did not look."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications")
    kind = models.TextField()
    text = models.TextField()
    account = models.ForeignKey(Account, models.CASCADE, null=True, blank=True, related_name="notifications")
    activity = models.ForeignKey(Activity, models.CASCADE, null=True, blank=True, related_name="notifications")
    target_type = models.TextField(**BLANK)  # what it leads to when that is neither: opportunity, import, rule
    target_id = models.BigIntegerField(null=True, blank=True)
    key = models.TextField(**BLANK)  # the same key is said to a person once
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index("user", F("id").desc(), name="notifications_of_user"),
            models.Index("user", F("id").desc(), condition=Q(read_at__isnull=True), name="notifications_unread"),
            models.Index(
                "created_at", condition=Q(read_at__isnull=True, mailed_at__isnull=True), name="notifications_to_mail"
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], condition=~Q(key=""), name="notification_said_once"),
            models.CheckConstraint(
                condition=Q(kind__in=[str(k) for k in NotificationKind]), name="notification_of_a_known_kind"
            ),
        ]

    def __str__(self) -> str:
        return self.text


class DigestChoice(models.Model):
    """Whether and when somebody wants the daily mail; who never chose has no row and gets what the setting says."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+")
    is_on = models.BooleanField(default=True)
    hour = models.SmallIntegerField(null=True, blank=True)  # of the user's own day; none: the setting's
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(hour__isnull=True) | Q(hour__gte=0, hour__lte=23), name="digest_hour_of_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.hour}"


class Digest(models.Model):
    """One user's mail of a kind and day. The row is there before the mail leaves, so that it never leaves twice."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    kind = models.TextField(default="daily")
    day = models.DateField()  # where the user is
    state = models.TextField()
    attempts = models.SmallIntegerField(default=0)
    claimed_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(**BLANK)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "kind", "day"], name="digest_once_a_day"),
            models.CheckConstraint(condition=Q(state__in=[str(s) for s in DigestState]), name="digest_known_state"),
        ]
        indexes = [models.Index(F("claimed_at").desc(), name="digests_lately")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.day} {self.state}"
