"""Mailboxes and numbers that messages go from, and texts that are used again."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from headhaul.outreach.choices import Channel, GatewayKind
from headhaul.outreach.models.common import BLANK, among


class Sender(models.Model):
    """A mailbox or a telephone number. `options` are the gateway's; `secret` is encrypted, and never shown."""

    channel = models.TextField()
    address = models.TextField()  # an e-mail address or a number in E.164
    name = models.TextField(**BLANK)  # beside the address in From
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    gateway = models.TextField(default=GatewayKind.SANDBOX)
    options: models.JSONField[Any, Any] = models.JSONField(default=dict, blank=True)
    secret = models.BinaryField(null=True, blank=True)
    inbox: models.JSONField[Any, Any] = models.JSONField(default=dict, blank=True)  # where replies are read (IMAP)
    inbox_secret = models.BinaryField(null=True, blank=True)
    inbox_seen: models.JSONField[Any, Any] = models.JSONField(default=dict, blank=True)  # uidvalidity, last uid, when
    reply_domain = models.TextField(**BLANK)  # replies go to reply+<token>@ this, where it is set
    daily_cap = models.IntegerField(null=True, blank=True)
    warm_up_from = models.DateField(null=True, blank=True)
    spacing_seconds = models.IntegerField(default=30)
    is_default = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    health: models.JSONField[Any, Any] = models.JSONField(default=dict, blank=True)  # what the last check found
    checked_at = models.DateTimeField(null=True, blank=True)
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint("channel", "address", name="senders_once"),
            models.UniqueConstraint(fields=["channel"], condition=Q(is_default=True), name="senders_one_default"),
            models.CheckConstraint(condition=among("channel", Channel), name="senders_known_channel"),
            models.CheckConstraint(condition=among("gateway", GatewayKind), name="senders_known_gateway"),
            models.CheckConstraint(condition=~Q(address=""), name="senders_have_an_address"),
        ]

    def __str__(self) -> str:
        return self.address


class Template(models.Model):
    """A text that is used again, with variables."""

    name = models.TextField()
    channel = models.TextField()
    subject = models.TextField(**BLANK)
    body = models.TextField()
    is_archived = models.BooleanField(default=False)
    version = models.IntegerField(default=1)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("name"), "channel", name="templates_once"),
            models.CheckConstraint(condition=among("channel", Channel), name="templates_known_channel"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(body=""), name="templates_say_something"),
        ]

    def __str__(self) -> str:
        return self.name
