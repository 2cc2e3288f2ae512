"""What reports read of messages: a narrow row each, kept by the database beside the wide ones."""

from __future__ import annotations

from django.db import models

from headhaul.outreach.choices import Channel, Fate, Grade
from headhaul.outreach.models.common import BLANK, among
from headhaul.outreach.models.messages import Message


class MessageFact(models.Model):
    """What became of a message of outreach. Triggers write it whenever the message or its events change; nobody else.

    `at` is when it left, or is to leave. Numbers without a foreign key are those of the message.
    """

    message = models.OneToOneField(
        Message, models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="fact"
    )
    at = models.DateTimeField()
    fate = models.TextField()
    is_confirmed = models.BooleanField()  # the provider said that it was delivered
    channel = models.TextField()
    user_id = models.BigIntegerField(null=True)
    account_id = models.BigIntegerField(null=True)
    contact_id = models.BigIntegerField(null=True)
    sequence_id = models.BigIntegerField(null=True)
    version_number = models.IntegerField(null=True)
    step_key = models.TextField(**BLANK)
    campaign = models.TextField(**BLANK)
    enrolment_id = models.BigIntegerField(null=True)
    enrolled_at = models.DateTimeField(null=True)
    click = models.TextField(**BLANK)  # the best grade of its clicks
    is_opened = models.BooleanField()
    is_replied = models.BooleanField()
    is_auto_replied = models.BooleanField()
    is_complained = models.BooleanField()
    is_unsubscribed = models.BooleanField()
    replied_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index("at", name="message_facts_by_time"),
            models.Index("sequence_id", "at", name="message_facts_of_sequence"),
            models.Index("user_id", "at", name="message_facts_of_user"),
            models.Index(
                "account_id", "at", name="message_facts_of_account", condition=models.Q(account_id__isnull=False)
            ),
            models.Index("enrolled_at", name="message_facts_by_cohort", condition=models.Q(enrolled_at__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(condition=among("fate", Fate), name="message_facts_known_fate"),
            models.CheckConstraint(condition=among("channel", Channel), name="message_facts_known_channel"),
            models.CheckConstraint(condition=among("click", Grade, or_blank=True), name="message_facts_known_grade"),
        ]

    def __str__(self) -> str:
        return f"{self.message_id} {self.fate}"
