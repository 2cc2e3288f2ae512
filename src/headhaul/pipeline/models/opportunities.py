"""Opportunities, the stages of a pipeline, and who sits on the buying side."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce, Lower

from headhaul.accounts.models import Account, Contact
from headhaul.pipeline.choices import ForecastCategory, StageKind
from headhaul.pipeline.models.common import BLANK, USER

CLOSE_KEY = Coalesce("close_on", Value(date(9999, 12, 31)))  # what has no date closes last
AMOUNT_KEY = Coalesce("amount_cents", Value(-1), output_field=models.BigIntegerField())


class Pipeline(models.Model):
    """A way of selling with stages of its own. There is always one that is the default."""

    name = models.TextField()
    position = models.IntegerField(default=0)
    is_default = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("name"), name="pipeline_name_once"),
            models.UniqueConstraint(fields=["is_default"], condition=Q(is_default=True), name="pipeline_one_default"),
        ]

    def __str__(self) -> str:
        return self.name


class Stage(models.Model):
    """A step of a pipeline: how likely it closes from here, how long it may take, what must be known to enter."""

    pipeline = models.ForeignKey(Pipeline, models.CASCADE, related_name="stages")
    key = models.TextField()  # as in the API; never changes
    label = models.TextField()
    position = models.IntegerField()
    kind = models.TextField(default=StageKind.OPEN)
    probability = models.SmallIntegerField()  # percent
    sla_days = models.IntegerField(null=True, blank=True)  # working days one may stay; None: no limit
    category = models.TextField(default=ForecastCategory.PIPELINE)  # of who enters, unless somebody said otherwise
    required = ArrayField(models.TextField(), default=list, blank=True)  # wire names of opportunity fields
    exit_criteria = models.TextField(**BLANK)
    is_active = models.BooleanField(default=True)
    version = models.IntegerField(default=1)

    class Meta:
        indexes = [models.Index("pipeline", "position", name="stages_in_order")]
        constraints = [
            models.UniqueConstraint(fields=["pipeline", "key"], name="stage_key_once"),
            models.CheckConstraint(condition=Q(probability__gte=0, probability__lte=100), name="stage_probability"),
            models.CheckConstraint(condition=Q(kind__in=[str(k) for k in StageKind]), name="stage_known_kind"),
            models.CheckConstraint(
                condition=Q(category__in=[str(c) for c in ForecastCategory]), name="stage_known_category"
            ),
        ]

    def __str__(self) -> str:
        return self.key


class Opportunity(models.Model):
    """A deal that may be made with an account."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="opportunities")
    pipeline = models.ForeignKey(Pipeline, models.PROTECT, related_name="opportunities")
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="opportunities")
    kind = models.TextField(default=StageKind.OPEN)  # the stage's, so that lists of open ones have an index
    name = models.TextField()
    amount_cents = models.BigIntegerField(null=True, blank=True)
    close_on = models.DateField(null=True, blank=True)
    next_step = models.TextField(**BLANK)
    next_step_on = models.DateField(null=True, blank=True)
    decision_maker = models.ForeignKey(Contact, models.SET_NULL, null=True, blank=True, related_name="decides")
    owner = models.ForeignKey(USER, models.SET_NULL, null=True, blank=True, related_name="opportunities")
    category = models.TextField(default=ForecastCategory.PIPELINE)
    category_is_set = models.BooleanField(default=False)  # by a person: moves leave it alone
    source = models.TextField(**BLANK)
    signal_day = models.DateField(null=True, blank=True)  # the signal it was opened on
    signal_score_hundredths = models.SmallIntegerField(null=True, blank=True)
    signal_drivers = models.IntegerField(null=True, blank=True)
    competitor = models.TextField(**BLANK)
    lost_reason = models.TextField(**BLANK)
    close_note = models.TextField(**BLANK)
    pushes = models.IntegerField(default=0)  # how often the close date moved to a later month
    custom: models.JSONField[Any, Any] = models.JSONField(default=dict, blank=True)
    ai_close_probability = models.FloatField(null=True, blank=True)  # percent, written by the advisor
    ai_predicted_at = models.DateTimeField(null=True, blank=True)
    stage_entered_at = models.DateTimeField()
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(USER, models.SET_NULL, null=True, blank=True, related_name="+")
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index("stage", F("stage_entered_at").desc(), F("id").desc(), name="board_column"),
            models.Index("stage", "owner", F("stage_entered_at").desc(), F("id").desc(), name="board_column_of_owner"),
            models.Index("account", F("id").desc(), name="opportunities_of_account"),
            # Figures of a period read these three without reading a row.
            models.Index(
                "close_on",
                "id",
                condition=Q(kind="open"),
                include=["category", "amount_cents", "owner"],
                name="opportunities_closing",
            ),
            models.Index("opened_at", include=["kind", "owner"], name="opportunities_opened"),
            models.Index(
                fields=["-closed_at"],
                condition=Q(closed_at__isnull=False),
                include=["kind", "amount_cents", "opened_at", "owner"],
                name="opportunities_closed",
            ),
            models.Index("owner", "close_on", "id", name="opportunities_of_owner"),
            models.Index(F("updated_at").desc(), F("id").desc(), name="opportunities_changed"),
            models.Index("account", "closed_at", "id", condition=Q(kind="won"), name="opportunities_first_won"),
            GinIndex(OpClass(F("name"), name="gin_trgm_ops"), name="opportunities_names", fastupdate=False),
            models.Index("kind", CLOSE_KEY, "id", name="opportunities_by_close"),
            models.Index("owner", "kind", CLOSE_KEY, "id", name="opportunities_of_owner_close"),
            models.Index("kind", AMOUNT_KEY.desc(), F("id").desc(), name="opportunities_by_amount"),
            models.Index("kind", "stage_entered_at", "id", name="opportunities_by_age"),
            models.Index("kind", Lower("name"), "id", name="opportunities_by_name"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="opportunity_has_a_name"),
            models.CheckConstraint(
                condition=Q(amount_cents__isnull=True) | Q(amount_cents__gte=0), name="opportunity_amount"
            ),
            models.CheckConstraint(condition=Q(kind__in=[str(k) for k in StageKind]), name="opportunity_known_kind"),
            models.CheckConstraint(
                condition=Q(kind="open", closed_at__isnull=True) | (~Q(kind="open") & Q(closed_at__isnull=False)),
                name="opportunity_closed_has_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(kind="lost") | ~Q(lost_reason=""), name="opportunity_lost_has_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(category__in=[str(c) for c in ForecastCategory]), name="opportunity_known_category"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OpportunityContact(models.Model):
    """Somebody who has a part in the deal."""

    opportunity = models.ForeignKey(Opportunity, models.CASCADE, related_name="committee")
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="deals")
    added_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["opportunity", "contact"], name="committee_member_once")]

    def __str__(self) -> str:
        return f"{self.contact_id} in {self.opportunity_id}"
