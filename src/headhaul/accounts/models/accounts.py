"""Accounts, and beside them in narrow tables what changes often or grows: scores, pulse, tags, history."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce, Lower

from headhaul.accounts import visibility
from headhaul.accounts.choices import AccountSource, AccountStatus, FleetSource
from headhaul.accounts.models.common import A_FEW_AT_A_TIME, BLANK, EMPTY
from headhaul.carriers.choices import Segment
from headhaul.kernel import Actor
from headhaul.security.models import Team


class AccountQuerySet(models.QuerySet["Account"]):
    """The filters that have a name."""

    def visible_to(self, actor: Actor) -> Self:
        """What this actor may see; `visibility` decides."""
        return self.filter(visibility.scope_of(actor).query())

    def clients(self) -> Self:
        """Companies that have signed."""
        return self.filter(status=AccountStatus.CLIENT)


class Account(models.Model):
    """A company we sell to, or want to. At most one for each USDOT number; a prospect may have none.

    Beside the name the table keeps it as it is compared: `name_core` without the words of the trade, `name_full`
    without legal forms. Only look-ups of likely doubles read these, so they are no fields.
    """

    dot_number = models.IntegerField(unique=True, null=True, blank=True)
    name = models.TextField()
    status = models.TextField(default=AccountStatus.TARGET)
    segment = models.TextField(default=Segment.UNKNOWN)
    region = models.TextField(**BLANK)
    state = models.TextField(**BLANK)
    city = models.TextField(**BLANK)
    street = models.TextField(**EMPTY)
    zip = models.TextField(**EMPTY)
    phone = models.TextField(**BLANK)
    phone_key = models.TextField(**EMPTY)  # E.164, for finding and comparing; "" when it is no number
    email = models.TextField(**EMPTY)
    website = models.TextField(**BLANK)
    domain = models.TextField(**EMPTY)  # of the website or e-mail, lower case, without www; "" for mail providers'
    timezone = models.TextField(**EMPTY)
    timezone_source = models.TextField(**EMPTY)
    timezone_confidence = models.TextField(**EMPTY)
    description = models.TextField(**EMPTY)
    custom: models.JSONField[Any, Any] = models.JSONField(
        default=dict, blank=True, db_default=Value({}, models.JSONField())
    )
    fleet_size = models.IntegerField(null=True, blank=True)
    fleet_source = models.TextField(**BLANK)
    fleet_as_of = models.DateField(null=True, blank=True)
    # Both have an index of their own below, which begins with them.
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="accounts", db_index=False
    )
    team = models.ForeignKey(Team, models.SET_NULL, null=True, blank=True, related_name="accounts", db_index=False)
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
            models.Index("team", F("created_at").desc(), F("id").desc(), name="accounts_of_team"),
            models.Index(F("updated_at").desc(), F("id").desc(), name="accounts_changed_last"),
            models.Index(Coalesce("fleet_size", -1).desc(), F("id").desc(), name="accounts_largest_first"),
            models.Index("state", "city", "id", name="accounts_by_place"),
            models.Index("region", "id", name="accounts_by_region"),
            models.Index("source", "id", name="accounts_by_source"),
            models.Index("phone_key", condition=~Q(phone_key=""), name="accounts_by_phone"),
            models.Index("domain", condition=~Q(domain=""), name="accounts_by_domain"),
            models.Index(Lower("email"), condition=~Q(email=""), name="accounts_by_email"),
            GinIndex(OpClass(F("name"), name="gin_trgm_ops"), name="accounts_names", **A_FEW_AT_A_TIME),
            GinIndex(OpClass(F("custom"), name="jsonb_path_ops"), name="accounts_custom", fastupdate=False),
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
        indexes = [
            models.Index(F("rank").desc(), F("account").desc(), name="accounts_best_first"),
            models.Index(
                F("rank").desc(), F("account").desc(), condition=Q(is_spike=True), name="accounts_spikes_first"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.score_hundredths} on {self.day}"


class AccountPulse(models.Model):
    """When something last happened with an account. Work rewrites these narrow rows and no account."""

    account = models.OneToOneField(Account, models.CASCADE, primary_key=True, related_name="pulse")
    last_activity_at = models.DateTimeField()  # the account's creation, until something happens
    last_touch_at = models.DateTimeField(null=True, blank=True)  # a call, e-mail, text or meeting

    class Meta:
        indexes = [models.Index(F("last_activity_at").desc(), F("account").desc(), name="accounts_lately")]

    def __str__(self) -> str:
        return str(self.last_activity_at)


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
    contact = models.ForeignKey("accounts.Contact", models.CASCADE, null=True, blank=True, related_name="changes")
    field = models.TextField()
    old: models.JSONField[Any, Any] = models.JSONField(null=True)
    new: models.JSONField[Any, Any] = models.JSONField(null=True)
    valid_from = models.DateTimeField()  # since when it is so
    recorded_at = models.DateTimeField()  # when we were told
    source = models.TextField(**EMPTY)  # the door, or what brought it: import, merge, enrichment
    batch_id = models.TextField(**EMPTY)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        indexes = [
            models.Index("account", F("recorded_at").desc(), F("id").desc(), name="accounts_history"),
            models.Index("batch_id", condition=~Q(batch_id=""), name="accounts_history_of_batch"),
            models.Index(
                "contact",
                F("recorded_at").desc(),
                F("id").desc(),
                condition=Q(contact__isnull=False),
                name="contacts_history",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.field}: {self.old} → {self.new}"


class Removed(models.Model):
    """An account or contact that was removed, row by row, so that it can come back as it was under its own id."""

    entity = models.TextField()
    record_id = models.BigIntegerField()
    account_id = models.BigIntegerField()  # of a contact: where it was
    rows: models.JSONField[Any, Any] = models.JSONField()  # (table, row) in the order in which they come back
    ties: models.JSONField[Any, Any] = models.JSONField(default=list)  # (table, column, ids) that pointed at it
    removed_at = models.DateTimeField()
    removed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entity", "record_id"], name="removed_once")]
        indexes = [models.Index("removed_at", name="removed_by_age")]

    def __str__(self) -> str:
        return f"{self.entity} {self.record_id}"
