"""The outbox, each attempt to send, and what providers say about it."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from headhaul.accounts.models import Account, Contact
from headhaul.compliance.choices import Purpose
from headhaul.outreach.choices import (
    LIVE_ATTEMPTS,
    AttemptOutcome,
    Channel,
    EventKind,
    GatewayKind,
    Grade,
    MessageState,
)
from headhaul.outreach.models.common import BLANK, among
from headhaul.outreach.models.senders import Sender, Template
from headhaul.outreach.models.sequences import Enrolment, Sequence


class Message(models.Model):
    """One message or call to one address, from plan to result. `dedupe_key` lets each be planned once, ever.

    The database refuses a state that NEXT_STATES does not lead to, and to leave without an attempt that a receipt
    allows. It numbers the rows in `serial`, by which the timeline pages.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dedupe_key = models.TextField(unique=True)  # e.g. enrolment:12:<step>:email:<address>
    channel = models.TextField()
    purpose = models.TextField(default=Purpose.OUTREACH)
    state = models.TextField(default=MessageState.QUEUED)
    contact = models.ForeignKey(Contact, models.SET_NULL, null=True, blank=True, related_name="+")
    account = models.ForeignKey(Account, models.SET_NULL, null=True, blank=True, related_name="+")
    address = models.TextField()
    sender = models.ForeignKey(Sender, models.SET_NULL, null=True, blank=True, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    enrolment = models.ForeignKey(Enrolment, models.SET_NULL, null=True, blank=True, related_name="messages")
    sequence = models.ForeignKey(Sequence, models.SET_NULL, null=True, blank=True, related_name="+")
    version_number = models.IntegerField(null=True, blank=True)
    step_key = models.TextField(**BLANK)
    template = models.ForeignKey(Template, models.SET_NULL, null=True, blank=True, related_name="+")
    campaign = models.TextField(**BLANK)
    call_campaign_id = models.BigIntegerField(null=True, blank=True)
    subject = models.TextField(**BLANK)
    text = models.TextField(**BLANK)
    html = models.TextField(**BLANK)
    headers: models.JSONField[Any, Any] = models.JSONField(default=dict, blank=True)  # In-Reply-To, References
    body_hash = models.TextField(**BLANK)
    approved_hash = models.TextField(**BLANK)
    in_reply_to = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")
    due_at = models.DateTimeField()
    not_after = models.DateTimeField(null=True, blank=True)
    lease_owner = models.TextField(**BLANK)
    lease_until = models.DateTimeField(null=True, blank=True)
    tries = models.IntegerField(default=0)
    held_rule = models.TextField(**BLANK)  # the rule that deferred it last
    held_reason = models.TextField(**BLANK)
    gateway = models.TextField(**BLANK)  # what carried it
    provider_id = models.TextField(**BLANK)
    rfc_id = models.TextField(**BLANK)  # our Message-ID
    provider_rfc_id = models.TextField(**BLANK)  # the one the provider gave it instead
    sent_at = models.DateTimeField(null=True, blank=True)
    activity_id = models.BigIntegerField(null=True, blank=True)  # the touch that it is
    delivered_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    result_code = models.TextField(**BLANK)
    result_text = models.TextField(**BLANK)
    segments = models.IntegerField(null=True, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index("due_at", "id", name="outbox_due", condition=Q(state="queued")),
            models.Index("due_at", "id", name="outbox_notices", condition=Q(state="queued", purpose="notice")),
            models.Index("lease_until", name="outbox_leased", condition=Q(state__in=["claimed", "dispatching"])),
            models.Index("updated_at", name="outbox_unknown", condition=Q(state="unknown")),
            models.Index("id", name="outbox_parked", condition=Q(state="queued", held_rule="parked")),
            models.Index("contact", F("created_at").desc(), name="outbox_of_contact"),
            models.Index("account", F("created_at").desc(), name="outbox_of_account"),
            models.Index("enrolment", "created_at", name="outbox_of_enrolment"),
            models.Index("sequence", "step_key", name="outbox_of_step"),
            models.Index("address", F("sent_at").desc(), name="outbox_of_address"),
            models.Index("sender", F("sent_at").desc(), name="outbox_of_sender", condition=~Q(sent_at=None)),
            models.Index("sent_at", name="outbox_sent", condition=~Q(sent_at=None)),
            models.Index("rfc_id", name="outbox_by_rfc_id", condition=~Q(rfc_id="")),
            models.Index("provider_rfc_id", name="outbox_by_their_rfc_id", condition=~Q(provider_rfc_id="")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["gateway", "provider_id"], condition=~Q(provider_id=""), name="outbox_provider_id_once"
            ),
            models.CheckConstraint(condition=among("channel", Channel), name="outbox_known_channel"),
            models.CheckConstraint(condition=among("state", MessageState), name="outbox_known_state"),
            models.CheckConstraint(condition=among("gateway", GatewayKind, or_blank=True), name="outbox_known_gateway"),
            models.CheckConstraint(condition=~Q(address=""), name="outbox_has_an_address"),
            models.CheckConstraint(
                condition=~Q(state__in=["claimed", "dispatching"]) | (~Q(lease_owner="") & ~Q(lease_until=None)),
                name="outbox_claims_have_a_lease",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} to {self.address}"


class SendAttempt(models.Model):
    """One call to a provider: written and committed before the first byte, with the receipt that allowed it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    message = models.ForeignKey(Message, models.CASCADE, related_name="attempts")
    number = models.IntegerField()
    outcome = models.TextField(default=AttemptOutcome.STARTED)
    receipt_id = models.BigIntegerField()
    gateway = models.TextField()
    sender_id = models.BigIntegerField(null=True, blank=True)
    buckets: models.JSONField[Any, Any] = models.JSONField(default=list)  # the caps that it reserved
    body_hash = models.TextField(**BLANK)  # of the bytes that were handed over
    started_at = models.DateTimeField()
    deadline_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    provider_id = models.TextField(**BLANK)
    error = models.TextField(**BLANK)
    looks = models.IntegerField(default=0)  # how often the provider was asked what became of it
    next_look_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index("next_look_at", name="attempts_to_look_up", condition=Q(outcome="unknown")),
            models.Index("provider_id", name="attempts_by_provider_id", condition=~Q(provider_id="")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["message", "number"], name="attempts_in_order"),
            models.UniqueConstraint(
                fields=["message"],
                condition=Q(outcome__in=[str(outcome) for outcome in LIVE_ATTEMPTS]),
                name="attempts_one_live",
            ),
            models.UniqueConstraint(fields=["receipt_id"], name="attempts_each_its_receipt"),
            models.CheckConstraint(condition=among("outcome", AttemptOutcome), name="attempts_known_outcome"),
        ]

    def __str__(self) -> str:
        return f"{self.message_id} #{self.number} {self.outcome}"


class ProviderEvent(models.Model):
    """What a provider told us, raw, before anything is made of it. Each once, however often it is sent.

    `sender_id` is the mailbox or number whose key it was signed with, 0 where there is none: an event is about its
    messages and nobody else's. One event may be sent to several of them, and only one knows the message.
    """

    provider = models.TextField()
    sender_id = models.BigIntegerField(default=0)
    event_id = models.TextField()
    kind = models.TextField(**BLANK)
    attempt_id = models.UUIDField(null=True, blank=True)
    provider_id = models.TextField(**BLANK)
    recipient = models.TextField(**BLANK)
    occurred_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField()
    raw: models.JSONField[Any, Any] = models.JSONField(default=dict)
    applied_at = models.DateTimeField(null=True, blank=True)
    verdict = models.TextField(**BLANK)  # applied, repeated, unknown_message, nothing_to_do

    class Meta:
        indexes = [
            models.Index("id", name="provider_events_waiting", condition=Q(applied_at=None)),
            models.Index(F("received_at").desc(), name="provider_events_newest"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["provider", "event_id", "sender_id"], name="provider_events_once")
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.event_id}"


class MessageEvent(models.Model):
    """What happened to a message, in our words: what reports count. Each fact once."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="events")
    kind = models.TextField()
    grade = models.TextField(**BLANK)
    key = models.TextField()  # what makes it one: the provider's event, the hit, the inbound message
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    data: models.JSONField[Any, Any] = models.JSONField(default=dict, blank=True)

    class Meta:
        indexes = [
            models.Index("message", "kind", name="message_events_of_message"),
            models.Index("kind", "at", name="message_events_by_kind"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["message", "kind", "key"], name="message_events_once"),
            models.CheckConstraint(condition=among("kind", EventKind), name="message_events_known_kind"),
            models.CheckConstraint(condition=among("grade", Grade, or_blank=True), name="message_events_known_grade"),
            models.CheckConstraint(
                condition=~(Q(kind="opened") & Q(grade="human")), name="message_events_opens_are_never_human"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.message_id} {self.kind}"
