"""Leads, what was known of them, and the touches that brought them."""

from __future__ import annotations

from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, F, Q, Value, When

from headhaul.accounts.models import Account, Contact
from headhaul.capture.choices import OPEN_STATUSES, Grade, LeadDoor, LeadOutcome, LeadStatus, TouchKind
from headhaul.capture.models.common import BLANK, USER, among
from headhaul.capture.models.events import CaptureEvent, LeadSource
from headhaul.capture.models.scores import LeadModel
from headhaul.pipeline.models import Opportunity

COUNTS = Q(is_spam=False, merged_into__isnull=True)
"""What is a lead of its own: neither junk nor somebody who was taken down twice."""

_RANK = Case(
    When(grade="hot", then=Value(3)),
    When(grade="warm", then=Value(2)),
    When(grade="cold", then=Value(1)),
    default=Value(0),
    output_field=models.SmallIntegerField(),
)


class LeadQuerySet(models.QuerySet["Lead"]):
    """The filters that have a name."""

    def counted(self) -> Self:
        """Leads of their own: every figure counts these."""
        return self.filter(COUNTS)


class Lead(models.Model):
    """Somebody who was taken down as interested: what was said, what it scored, whose it is, what became of it."""

    client_id = models.UUIDField(unique=True)  # made by the device: the same one is the same lead, however often sent
    sent_digest = models.TextField(**BLANK)  # of what was sent under it and by whom: anything else is refused
    event = models.ForeignKey(CaptureEvent, models.PROTECT, null=True, blank=True, related_name="leads")
    source = models.ForeignKey(LeadSource, models.PROTECT, related_name="leads")
    medium = models.TextField(**BLANK)
    campaign = models.TextField(**BLANK)
    captured_at = models.DateTimeField()  # when it happened: as the device says, put right by how wrong its clock was
    received_at = models.DateTimeField()  # when we were told
    clock_note = models.TextField(**BLANK)  # what was put right about the time
    captured_by = models.ForeignKey(USER, models.SET_NULL, null=True, blank=True, related_name="+")
    account = models.ForeignKey(Account, models.SET_NULL, null=True, blank=True, related_name="leads")
    contact = models.ForeignKey(Contact, models.SET_NULL, null=True, blank=True, related_name="leads")
    opportunity = models.ForeignKey(Opportunity, models.SET_NULL, null=True, blank=True, related_name="leads")
    dot_number = models.IntegerField(null=True, blank=True)
    as_given: models.JSONField[Any, Any] = models.JSONField(default=dict, blank=True)  # what was typed, word for word
    note = models.TextField(**BLANK)
    tags = ArrayField(models.TextField(), default=list, blank=True)
    door = models.TextField(default=LeadDoor.CONSOLE)
    consent: models.JSONField[Any, Any] = models.JSONField(default=dict, blank=True)  # channels, wording, event ids
    match: models.JSONField[Any, Any] = models.JSONField(default=dict, blank=True)  # how it was joined, what differed
    status = models.TextField(default=LeadStatus.NEW)
    status_reason = models.TextField(**BLANK)  # why it was disqualified
    score = models.SmallIntegerField(null=True, blank=True)
    grade = models.TextField(default=Grade.UNSCORED)
    rank = models.GeneratedField(expression=_RANK, output_field=models.SmallIntegerField(), db_persist=True)
    p_convert = models.FloatField(null=True, blank=True)  # 0–1; only a model that was fitted on outcomes knows it
    score_model = models.ForeignKey(LeadModel, models.PROTECT, null=True, blank=True, related_name="leads")
    scored_at = models.DateTimeField(null=True, blank=True)
    features: models.JSONField[Any, Any] = models.JSONField(
        default=dict, blank=True
    )  # numbers as of scoring: they stay
    reasons: models.JSONField[Any, Any] = models.JSONField(default=list, blank=True)
    counterfactuals: models.JSONField[Any, Any] = models.JSONField(default=list, blank=True)
    owner = models.ForeignKey(USER, models.SET_NULL, null=True, blank=True, related_name="leads")
    routed_by = models.TextField(**BLANK)  # the rule's key, or a word of RoutedBy
    follow_up_id = models.BigIntegerField(null=True, blank=True)  # the task
    due_at = models.DateTimeField(null=True, blank=True)  # until when a person has to have tried
    came_again_at = models.DateTimeField(
        null=True, blank=True
    )  # the clock runs anew from here; tries before do not count
    first_attempt_at = models.DateTimeField(null=True, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)
    outcome = models.TextField(null=True, blank=True)  # noqa: DJ001 - not known yet is not a word
    outcome_at = models.DateTimeField(null=True, blank=True)
    is_spam = models.BooleanField(default=False)
    spam_reasons = ArrayField(models.TextField(), default=list, blank=True)
    kept_at = models.DateTimeField(null=True, blank=True)  # since when somebody looks into what was held back
    merged_into = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="doubles")
    version = models.IntegerField(default=1)
    updated_at = models.DateTimeField()

    objects = LeadQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                F("rank").desc(), F("captured_at").desc(), F("id").desc(),
                condition=COUNTS & Q(status__in=sorted(OPEN_STATUSES)), name="leads_open_hot_first",
            ),
            models.Index(
                "owner", F("rank").desc(), F("captured_at").desc(), F("id").desc(),
                condition=COUNTS & Q(status__in=sorted(OPEN_STATUSES)), name="leads_open_of_owner",
            ),
            models.Index(F("captured_at").desc(), F("id").desc(), condition=COUNTS, name="leads_newest"),
            models.Index("event", F("captured_at").desc(), F("id").desc(), name="leads_of_event"),
            models.Index("source", F("captured_at").desc(), F("id").desc(), name="leads_of_source"),
            models.Index("account", F("captured_at").desc(), F("id").desc(), name="leads_of_account"),
            models.Index("contact", "id", condition=Q(contact__isnull=False), name="leads_of_contact"),
            models.Index("opportunity", condition=Q(opportunity__isnull=False), name="leads_of_opportunity"),
            models.Index(
                "due_at", "id",
                condition=COUNTS
                & Q(
                    status__in=sorted(OPEN_STATUSES),
                    first_attempt_at__isnull=True,
                    escalated_at__isnull=True,
                    due_at__isnull=False,
                ),
                name="leads_waiting",
            ),
            models.Index(F("received_at").desc(), F("id").desc(), condition=Q(is_spam=True), name="leads_suspicious"),
            models.Index("outcome_at", condition=Q(outcome__isnull=False), name="leads_with_outcome"),
        ]  # fmt: skip
        constraints = [
            models.CheckConstraint(condition=among("status", LeadStatus), name="lead_known_status"),
            models.CheckConstraint(condition=among("grade", Grade), name="lead_known_grade"),
            models.CheckConstraint(condition=among("door", LeadDoor), name="lead_known_door"),
            models.CheckConstraint(
                condition=Q(outcome__isnull=True, outcome_at__isnull=True)
                | Q(outcome__in=[str(word) for word in LeadOutcome], outcome_at__isnull=False),
                name="lead_outcome_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(score__isnull=True, grade="unscored")
                | (Q(score__gte=0, score__lte=100) & ~Q(grade="unscored")),
                name="lead_score_and_grade",
            ),
            models.CheckConstraint(condition=Q(captured_at__lte=F("received_at")), name="lead_not_of_the_future"),
        ]

    def __str__(self) -> str:
        return f"lead {self.pk}"


class LeadTouch(models.Model):
    """A lead met us, by which channel and campaign. What is written stays; merges move it to who remains."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="lead_touches")
    contact = models.ForeignKey(Contact, models.SET_NULL, null=True, blank=True, related_name="lead_touches")
    lead = models.ForeignKey(Lead, models.SET_NULL, null=True, blank=True, related_name="touches")
    channel = models.TextField()  # event, web, referral, phone, …: the medium of the source
    source = models.TextField()  # its key
    medium = models.TextField(**BLANK)
    campaign = models.TextField(**BLANK)
    event = models.ForeignKey(CaptureEvent, models.SET_NULL, null=True, blank=True, related_name="+")
    kind = models.TextField(default=TouchKind.CAPTURE)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name = "lead touch"
        indexes = [
            models.Index("account", "at", "id", name="lead_touches_of_account"),
            models.Index("contact", "at", condition=Q(contact__isnull=False), name="lead_touches_of_contact"),
            models.Index("lead", condition=Q(lead__isnull=False), name="lead_touches_of_lead"),
            models.Index("at", "id", name="lead_touches_by_time"),
        ]
        constraints = [
            models.CheckConstraint(condition=among("kind", TouchKind), name="lead_touch_known_kind"),
            models.UniqueConstraint(fields=["lead", "kind"], condition=Q(lead__isnull=False), name="lead_touch_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.account_id} at {self.at}"
