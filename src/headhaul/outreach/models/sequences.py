"""Sequences, their versions, and who is in them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from headhaul.accounts.models import Account, Contact
from headhaul.outreach.choices import LIVE_ENROLMENTS, ChangeKind, EnrolmentState, SequenceState
from headhaul.outreach.models.common import BLANK, among
from headhaul.outreach.models.senders import Sender


class Sequence(models.Model):
    """A planned series of touches. What it says is in its versions; editing makes a new one."""

    name = models.TextField()
    campaign = models.TextField(**BLANK)  # what reports group it under
    state = models.TextField(default=SequenceState.DRAFT)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    current = models.IntegerField(default=1)  # the number of the version that new people are enrolled in
    version = models.IntegerField(default=1)  # of this row, against lost updates
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("name"), name="sequences_once"),
            models.CheckConstraint(condition=among("state", SequenceState), name="sequences_known_state"),
            models.CheckConstraint(condition=~Q(name=""), name="sequences_have_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class SequenceVersion(models.Model):
    """What a sequence says, as it was saved. Never changed: whoever is half way keeps what was promised."""

    sequence = models.ForeignKey(Sequence, models.PROTECT, related_name="versions")
    number = models.IntegerField()
    steps: models.JSONField[Any, Any] = models.JSONField()  # validated by schemas/steps.py; each has a stable `key`
    options: models.JSONField[Any, Any] = models.JSONField(default=dict)  # window, days, stops
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sequence", "number"], name="sequence_versions_once")]

    def __str__(self) -> str:
        return f"{self.sequence_id} v{self.number}"


class Enrolment(models.Model):
    """Somebody in a sequence. At most one live enrolment of a contact in a sequence."""

    sequence = models.ForeignKey(Sequence, models.PROTECT, related_name="enrolments")
    version_number = models.IntegerField()
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="+")
    account = models.ForeignKey(Account, models.CASCADE, related_name="+")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    sender = models.ForeignKey(Sender, models.SET_NULL, null=True, blank=True, related_name="+")
    state = models.TextField(default=EnrolmentState.ACTIVE)
    step_key = models.TextField(**BLANK)  # the step that comes next; "" when there is none
    next_at = models.DateTimeField(null=True, blank=True)  # when it is due
    held_rule = models.TextField(**BLANK)
    held_reason = models.TextField(**BLANK)
    ended_reason = models.TextField(**BLANK)
    reply_token = models.TextField(unique=True)  # of reply+<token>@; random
    source = models.TextField(**BLANK)  # person, view, filter, rule:<id>, import
    batch_id = models.TextField(**BLANK)  # what was enrolled together can be taken back together
    round = models.IntegerField(default=1)  # the how-manieth time this contact is in it
    tries = models.IntegerField(default=0)  # how often the next step was deferred
    enrolled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    enrolled_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index("next_at", "id", name="enrolments_due", condition=Q(state__in=["active", "waiting", "held"])),
            models.Index("sequence", F("enrolled_at").desc(), F("id").desc(), name="enrolments_of_sequence"),
            models.Index("contact", F("enrolled_at").desc(), name="enrolments_of_contact"),
            models.Index("account", F("enrolled_at").desc(), name="enrolments_of_account"),
            models.Index(F("enrolled_at").desc(), F("id").desc(), name="enrolments_newest"),
            models.Index("batch_id", name="enrolments_of_batch", condition=~Q(batch_id="")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["sequence", "contact"],
                condition=Q(state__in=sorted(str(state) for state in LIVE_ENROLMENTS)),
                name="enrolments_one_live",
            ),
            models.UniqueConstraint(fields=["sequence", "contact", "round"], name="enrolments_once_a_round"),
            models.CheckConstraint(condition=among("state", EnrolmentState), name="enrolments_known_state"),
        ]

    def __str__(self) -> str:
        return f"{self.contact_id} in {self.sequence_id}"


class EnrolmentChange(models.Model):
    """Each move of an enrolment, append-only: a trigger refuses to change it."""

    enrolment = models.ForeignKey(Enrolment, models.CASCADE, related_name="changes")
    kind = models.TextField(default=ChangeKind.MOVED)
    from_state = models.TextField(**BLANK)
    to_state = models.TextField()
    step_key = models.TextField(**BLANK)
    reason = models.TextField(**BLANK)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        indexes = [models.Index("enrolment", "id", name="enrolment_changes_in_order")]
        constraints = [models.CheckConstraint(condition=among("kind", ChangeKind), name="enrolment_changes_known_kind")]

    def __str__(self) -> str:
        return f"{self.enrolment_id} {self.to_state}"


class EnrolmentBefore(models.Model):
    """What an enrolment was when something ended it that can be taken back, one row for each such cause.

    It comes back when all of its causes were taken back. Whatever else would have ended it meanwhile removes the rows.
    """

    enrolment = models.ForeignKey(Enrolment, models.CASCADE, related_name="befores")
    cause = models.TextField()  # opportunity:<id>:<version>, status:<account>:<when>
    returned_by = models.TextField(**BLANK)  # what took the cause back; "" while it stands
    change_id = models.BigIntegerField()  # the line of its history that ended it
    state = models.TextField()
    next_at = models.DateTimeField(null=True, blank=True)
    held_rule = models.TextField(**BLANK)
    held_reason = models.TextField(**BLANK)
    tries = models.IntegerField(default=0)
    ended_at = models.DateTimeField()
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index("cause", name="enrolment_befores_of_cause"),
            models.Index("returned_by", name="enrolment_befores_returned", condition=~Q(returned_by="")),
            models.Index("at", name="enrolment_befores_by_age"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "cause"], name="enrolment_befores_once"),
            models.CheckConstraint(
                condition=Q(state__in=sorted(str(state) for state in LIVE_ENROLMENTS)),
                name="enrolment_befores_were_live",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment_id} before {self.cause}"
