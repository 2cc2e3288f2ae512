"""Where leads come from: sources, and the events at which they are taken down."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from headhaul.capture.choices import EventKind
from headhaul.capture.models.common import BLANK, USER, among


class LeadSource(models.Model):
    """A kind of place leads come from. Reports go by `key`, which stays; the name may change."""

    key = models.TextField(unique=True)
    name = models.TextField()
    medium = models.TextField(**BLANK)  # the channel it counts under: event, web, referral, phone
    quality = models.SmallIntegerField()  # 0–100: how good its leads are held to be, the prior of the score
    is_active = models.BooleanField(default=True)
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(key="") & ~Q(name=""), name="lead_source_has_a_name"),
            models.CheckConstraint(condition=Q(quality__gte=0, quality__lte=100), name="lead_source_quality"),
        ]

    def __str__(self) -> str:
        return self.name


class CaptureEvent(models.Model):
    """A fair, a referral programme, a page: whatever leads are taken down at, with the words people agree to."""

    name = models.TextField()
    kind = models.TextField(default=EventKind.TRADE_SHOW)
    city = models.TextField(**BLANK)
    state = models.TextField(**BLANK)
    timezone = models.TextField(**BLANK)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)  # with it
    owner = models.ForeignKey(USER, models.SET_NULL, null=True, blank=True, related_name="+")
    campaign = models.TextField(**BLANK)
    source = models.ForeignKey(LeadSource, models.PROTECT, related_name="events")
    consent_wording = models.TextField(**BLANK)
    follow_up_days = models.SmallIntegerField(default=2)  # working days
    is_active = models.BooleanField(default=True)
    public_key = models.TextField(unique=True)  # random: of the QR code and the public form
    form_is_open = models.BooleanField(default=False)
    form_sites = ArrayField(models.TextField(), null=True, blank=True)  # that may show it; none: as settings say
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(USER, models.SET_NULL, null=True, blank=True, related_name="+")
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index("is_active", F("starts_on").desc(nulls_last=True), F("id").desc(), name="events_newest"),
        ]
        constraints = [
            models.CheckConstraint(condition=among("kind", EventKind), name="event_known_kind"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(public_key=""), name="event_has_a_name"),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="event_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(follow_up_days__gte=0, follow_up_days__lte=60), name="event_follow_up_days"
            ),
        ]

    def __str__(self) -> str:
        return self.name
