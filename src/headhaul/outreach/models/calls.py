"""Calls, and campaigns of them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from headhaul.accounts.models import Account, Contact
from headhaul.outreach.choices import CampaignState, Disposition, TargetState
from headhaul.outreach.models.common import BLANK, among
from headhaul.outreach.models.messages import Message
from headhaul.outreach.models.sequences import Sequence


class CallCampaign(models.Model):
    """A list of people to call, and what to say to them."""

    name = models.TextField()
    campaign = models.TextField(**BLANK)  # what reports group it under
    state = models.TextField(default=CampaignState.DRAFT)
    script = models.TextField(**BLANK)
    script_version = models.IntegerField(default=1)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    sequence = models.OneToOneField(
        Sequence, models.SET_NULL, null=True, blank=True, related_name="call_campaign"
    )  # whose call steps land here
    options: models.JSONField[Any, Any] = models.JSONField(default=dict, blank=True)  # tries, hours between tries
    version = models.IntegerField(default=1)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("name"), name="call_campaigns_once"),
            models.CheckConstraint(condition=among("state", CampaignState), name="call_campaigns_known_state"),
            models.CheckConstraint(condition=~Q(name=""), name="call_campaigns_have_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class CallScript(models.Model):
    """A script as it was on the day it was read out: kept for years, never changed."""

    campaign = models.ForeignKey(CallCampaign, models.PROTECT, related_name="scripts")
    number = models.IntegerField()
    text = models.TextField()
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "number"], name="call_scripts_once")]

    def __str__(self) -> str:
        return f"{self.campaign_id} v{self.number}"


class CallTarget(models.Model):
    """Somebody to be called in a campaign, once on its list and once for each step that asks. One rep takes it."""

    campaign = models.ForeignKey(CallCampaign, models.CASCADE, related_name="targets")
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="+")
    account = models.ForeignKey(Account, models.CASCADE, related_name="+")
    enrolment_id = models.BigIntegerField(null=True, blank=True)  # where a sequence's call step asked for it
    step_key = models.TextField(**BLANK)
    say = models.TextField(**BLANK)  # what that step wants said; else the campaign's script
    state = models.TextField(default=TargetState.QUEUED)
    score_hundredths = models.IntegerField(default=0)
    due_at = models.DateTimeField()  # not before: the time of a call-back, or of the next try
    tries = models.IntegerField(default=0)
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    taken_until = models.DateTimeField(null=True, blank=True)
    last_disposition = models.TextField(**BLANK)
    added_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index("campaign", "state", F("score_hundredths").desc(), "id", name="call_targets_in_order"),
            models.Index("due_at", name="call_targets_due", condition=Q(state__in=["queued", "callback"])),
            models.Index("contact", name="call_targets_of_contact"),
            models.Index("taken_until", name="call_targets_taken", condition=Q(state="taken")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "contact"], condition=Q(enrolment_id=None), name="call_targets_once"
            ),
            models.UniqueConstraint(
                fields=["enrolment_id", "step_key"],
                condition=Q(enrolment_id__isnull=False),
                name="call_targets_once_a_step",
            ),
            models.CheckConstraint(condition=among("state", TargetState), name="call_targets_known_state"),
        ]

    def __str__(self) -> str:
        return f"{self.contact_id} in {self.campaign_id}"


class Call(models.Model):
    """A call that was made, or noted. Evidence of telemarketing: kept for five years (16 CFR 310.5)."""

    contact = models.ForeignKey(Contact, models.SET_NULL, null=True, blank=True, related_name="+")
    account = models.ForeignKey(Account, models.SET_NULL, null=True, blank=True, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    message = models.OneToOneField(
        Message, models.SET_NULL, null=True, blank=True, related_name="call"
    )  # where we dialled
    target = models.ForeignKey(CallTarget, models.SET_NULL, null=True, blank=True, related_name="calls")
    campaign = models.ForeignKey(CallCampaign, models.SET_NULL, null=True, blank=True, related_name="+")
    enrolment_id = models.BigIntegerField(null=True, blank=True)
    step_key = models.TextField(**BLANK)
    number = models.TextField()
    direction = models.TextField(default="out")
    script_version = models.IntegerField(null=True, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    seconds = models.IntegerField(null=True, blank=True)
    disposition = models.TextField(**BLANK)
    notes = models.TextField(**BLANK)
    callback_at = models.DateTimeField(null=True, blank=True)
    recording_url = models.TextField(**BLANK)
    recording_consent: models.JSONField[Any, Any] = models.JSONField(default=dict, blank=True)  # how, when, by whom
    transcript = models.TextField(**BLANK)
    receipt_id = models.BigIntegerField(null=True, blank=True)
    activity_id = models.BigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(F("started_at").desc(), F("id").desc(), name="calls_newest"),
            models.Index("contact", F("started_at").desc(), name="calls_of_contact"),
            models.Index("account", F("started_at").desc(), name="calls_of_account"),
            models.Index("campaign", "started_at", name="calls_of_campaign"),
            models.Index("user", "started_at", name="calls_of_user"),
            models.Index("activity_id", name="calls_of_activity", condition=Q(activity_id__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(condition=among("disposition", Disposition, or_blank=True), name="calls_known_end"),
            models.CheckConstraint(condition=Q(direction__in=["in", "out"]), name="calls_known_direction"),
            models.CheckConstraint(
                condition=Q(recording_url="") | ~Q(recording_consent={}), name="calls_recorded_only_with_consent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.started_at}"
