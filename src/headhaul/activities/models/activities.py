"""What happened with accounts and what is to be done."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from headhaul.accounts.models import BLANK, Account, Contact
from headhaul.activities.choices import ActivityType, Direction, Outcome, Priority

IS_OPEN_TASK = Q(type="task", completed_at__isnull=True)
IS_TOUCH = Q(type__in=["call", "email", "meeting", "sms"])


class Activity(models.Model):
    """One thing that happened with an account, or, for a task, that is to happen."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="activities")
    contact = models.ForeignKey(Contact, models.SET_NULL, null=True, blank=True, related_name="activities")
    opportunity_id = models.BigIntegerField(null=True, blank=True)  # of the pipeline, a floor above: named, not tied
    type = models.TextField()
    direction = models.TextField(**BLANK)
    outcome = models.TextField(**BLANK)
    subject = models.TextField(**BLANK)
    body = models.TextField(**BLANK)
    data: models.JSONField[Any, Any] = models.JSONField(default=dict, blank=True)  # what a kind needs beside
    happened_at = models.DateTimeField()  # of a task: when it was set
    duration_seconds = models.IntegerField(null=True, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="activities"
    )
    due_on = models.DateField(null=True, blank=True)  # due some time that day, wherever the reader is
    due_at = models.DateTimeField(null=True, blank=True)
    remind_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    priority = models.TextField(default=Priority.NORMAL)
    source = models.TextField(**BLANK)  # the door, or what brought it: import, rule
    version = models.IntegerField(default=1)
    edited_at = models.DateTimeField(null=True, blank=True)  # when what it says was changed
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        indexes = [
            models.Index("account", F("happened_at").desc(), F("id").desc(), name="activities_of_account"),
            models.Index(
                "contact",
                F("happened_at").desc(),
                F("id").desc(),
                condition=Q(contact__isnull=False),
                name="activities_of_contact",
            ),
            models.Index(
                "opportunity_id",
                F("happened_at").desc(),
                F("id").desc(),
                condition=Q(opportunity_id__isnull=False),
                name="activities_of_opportunity",
            ),
            models.Index("owner", F("happened_at").desc(), name="activities_of_owner"),
            models.Index(
                "account",
                F("completed_at").desc(),
                F("id").desc(),
                condition=Q(completed_at__isnull=False),
                name="tasks_done_of_account",
            ),
            models.Index(
                "happened_at", condition=IS_TOUCH, include=["type", "owner", "account"], name="touches_by_time"
            ),  # reports count them by kind and person without reading a row
            models.Index("owner", "due_at", "id", condition=IS_OPEN_TASK, name="tasks_open"),
            models.Index(
                "owner", "due_on", "id", condition=IS_OPEN_TASK & Q(due_on__isnull=False), name="tasks_open_by_day"
            ),
            models.Index("due_at", "id", condition=IS_OPEN_TASK, name="tasks_open_of_all"),
            models.Index(
                "due_on", "id", condition=IS_OPEN_TASK & Q(due_on__isnull=False), name="tasks_open_of_all_by_day"
            ),
            models.Index(
                "owner",
                F("completed_at").desc(),
                F("id").desc(),
                condition=Q(completed_at__isnull=False),
                name="tasks_done",
            ),
            models.Index(
                F("completed_at").desc(),
                F("id").desc(),
                condition=Q(completed_at__isnull=False),
                name="tasks_done_of_all",
            ),
            models.Index(
                "remind_at",
                condition=Q(remind_at__isnull=False, reminded_at__isnull=True, completed_at__isnull=True),
                name="tasks_to_remind",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(type__in=[str(t) for t in ActivityType]), name="activity_of_a_known_type"
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=["", *(str(o) for o in Outcome)]), name="activity_known_outcome"
            ),
            models.CheckConstraint(
                condition=Q(direction__in=["", *(str(d) for d in Direction)]), name="activity_known_direction"
            ),
            models.CheckConstraint(
                condition=Q(priority__in=[str(p) for p in Priority]), name="activity_known_priority"
            ),
            models.CheckConstraint(
                condition=Q(type="task")
                | Q(due_at__isnull=True, due_on__isnull=True, remind_at__isnull=True, completed_at__isnull=True),
                name="activity_only_tasks_are_due",
            ),
            models.CheckConstraint(
                condition=Q(due_at__isnull=True) | Q(due_on__isnull=True), name="activity_due_at_a_time_or_on_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.subject}"


class RemovedActivity(models.Model):
    """An activity that somebody removed, kept whole for as long as removing can be taken back."""

    activity_id = models.BigIntegerField(primary_key=True)
    account = models.ForeignKey(Account, models.CASCADE, related_name="+")  # followed when accounts are merged
    contact = models.ForeignKey(Contact, models.SET_NULL, null=True, blank=True, related_name="+")
    row: models.JSONField[Any, Any] = models.JSONField()
    notifications: models.JSONField[Any, Any] = models.JSONField(default=list)
    removed_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return str(self.activity_id)
