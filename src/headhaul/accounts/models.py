"""Accounts, and beside them in narrow tables what changes often or grows: scores, tags, history."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Lower

from headhaul.accounts.choices import AccountSource, AccountStatus, FleetSource
from headhaul.carriers.choices import Segment
from headhaul.kernel import Actor

BLANK: dict[str, Any] = {"blank": True, "default": ""}


class AccountQuerySet(models.QuerySet["Account"]):
    """The filters that have a name."""

    def visible_to(self, actor: Actor) -> Self:
        """What this actor may see, decided here and nowhere else: whoever has a role sees every account."""
        return self if actor.role is not None else self.none()

    def clients(self) -> Self:
        """Companies that have signed."""
        return self.filter(status=AccountStatus.CLIENT)


class Account(models.Model):
    """A company we sell to, or want to. At most one for each USDOT number; a prospect may have none."""

    dot_number = models.IntegerField(unique=True, null=True, blank=True)
    name = models.TextField()
    status = models.TextField(default=AccountStatus.TARGET)
    segment = models.TextField(default=Segment.UNKNOWN)
    region = models.TextField(**BLANK)
    state = models.TextField(**BLANK)
    city = models.TextField(**BLANK)
    phone = models.TextField(**BLANK)
    website = models.TextField(**BLANK)
    fleet_size = models.IntegerField(null=True, blank=True)
    fleet_source = models.TextField(**BLANK)
    fleet_as_of = models.DateField(null=True, blank=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="accounts")
    source = models.TextField(default=AccountSource.MANUAL)
    opened_on = models.DateField(null=True, blank=True)  # the day of the signals that opened it
    opening_score_hundredths = models.SmallIntegerField(null=True, blank=True)  # the score on that day
    enriched_at = models.DateTimeField(null=True, blank=True)
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    updated_at = models.DateTimeField()

    objects = AccountQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(Lower("name"), "id", name="accounts_by_name"),
            models.Index(F("created_at").desc(), F("id").desc(), name="accounts_newest"),
            models.Index("owner", F("created_at").desc(), F("id").desc(), name="accounts_of_owner"),
            models.Index("status", F("created_at").desc(), F("id").desc(), name="accounts_by_status"),
            models.Index("state", F("created_at").desc(), F("id").desc(), name="accounts_by_state"),
            models.Index("segment", F("created_at").desc(), F("id").desc(), name="accounts_by_segment"),
            models.Index("created_at", name="accounts_auto_newest", condition=Q(source=AccountSource.AUTO_PROSPECTED)),
            models.Index("opened_on", condition=Q(opened_on__isnull=False), name="accounts_opened_on"),
            GinIndex(OpClass(F("name"), name="gin_trgm_ops"), name="accounts_names", fastupdate=False),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="accounts_account_has_a_name"),
            models.CheckConstraint(
                condition=Q(dot_number__isnull=True) | Q(dot_number__gte=1),
                name="accounts_account_dot_number",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[str(s) for s in AccountStatus]), name="accounts_account_known_status"
            ),
            models.CheckConstraint(
                condition=Q(source__in=[str(s) for s in AccountSource]), name="accounts_account_known_source"
            ),
            models.CheckConstraint(
                condition=Q(segment__in=[str(s) for s in Segment]), name="accounts_account_known_segment"
            ),
            models.CheckConstraint(
                condition=Q(fleet_size__isnull=True, fleet_source="")
                | Q(fleet_size__gte=0, fleet_source__in=[str(s) for s in FleetSource if s]),
                name="accounts_account_fleet_has_a_source",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_client(self) -> bool:
        """Whether they have signed."""
        return self.status == AccountStatus.CLIENT


class AccountScore(models.Model):
    """What the last signals say about an account. A night rewrites these narrow rows and no account."""

    account = models.OneToOneField(Account, models.CASCADE, primary_key=True, related_name="score")
    day = models.DateField(null=True, blank=True)
    score_hundredths = models.SmallIntegerField(null=True, blank=True)
    driver_count = models.IntegerField(null=True, blank=True)
    confidence = models.SmallIntegerField(null=True, blank=True)
    urgency = models.SmallIntegerField(null=True, blank=True)
    is_spike = models.BooleanField(default=False)
    rank = models.GeneratedField(
        expression=Coalesce("score_hundredths", -1), output_field=models.SmallIntegerField(), db_persist=True
    )

    class Meta:
        indexes = [models.Index(F("rank").desc(), F("account").desc(), name="accounts_best_first")]

    def __str__(self) -> str:
        return f"{self.score_hundredths} on {self.day}"


class AccountTag(models.Model):
    """A word on an account, in one spelling."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="tags")
    tag = models.TextField()
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "tag"], name="accounts_tag_once_an_account"),
            models.CheckConstraint(condition=Q(tag=Lower(F("tag"))) & ~Q(tag=""), name="accounts_tag_is_normal"),
        ]
        indexes = [models.Index("tag", F("account").desc(), name="accounts_of_tag")]

    def __str__(self) -> str:
        return self.tag


class FieldChange(models.Model):
    """What a field was before and became. Never changed afterwards: past days are rebuilt from it."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="changes")
    field = models.TextField()
    old: models.JSONField[Any, Any] = models.JSONField(null=True)
    new: models.JSONField[Any, Any] = models.JSONField(null=True)
    valid_from = models.DateTimeField()  # since when it is so
    recorded_at = models.DateTimeField()  # when we were told
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        indexes = [models.Index("account", F("recorded_at").desc(), F("id").desc(), name="accounts_history")]

    def __str__(self) -> str:
        return f"{self.field}: {self.old} → {self.new}"
