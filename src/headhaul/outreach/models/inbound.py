"""What comes back: replies, bounces, opt-outs; and the links that messages carry."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from headhaul.accounts.models import Account, Contact
from headhaul.outreach.choices import Channel, Grade, InboundKind
from headhaul.outreach.models.common import BLANK, among
from headhaul.outreach.models.messages import Message
from headhaul.outreach.models.senders import Sender
from headhaul.outreach.models.sequences import Enrolment


class InboundMessage(models.Model):
    """One message that came in. Stored once by its source's key, with the rule that matched it to ours."""

    channel = models.TextField()
    source = models.TextField()  # imap:<sender>, webhook:<provider>
    key = models.TextField()  # uidvalidity:uid, MessageSid, Message-ID
    rfc_id = models.TextField(**BLANK)
    fingerprint = models.TextField(**BLANK)  # the same mail found twice, in two mailboxes or after a renumbering
    from_address = models.TextField()
    to_address = models.TextField(**BLANK)
    subject = models.TextField(**BLANK)
    text = models.TextField(**BLANK)  # what they wrote, without what they quoted
    raw: models.JSONField[Any, Any] = models.JSONField(default=dict, blank=True)  # headers and the whole text
    kind = models.TextField(default=InboundKind.OTHER)
    classified: models.JSONField[Any, Any] = models.JSONField(default=dict, blank=True)  # why it is what it is
    matched_by = models.TextField(**BLANK)  # reply_token, message_id, provider_id, verp, address, none
    is_certain = models.BooleanField(default=False)  # whether the match is more than a guess
    sender = models.ForeignKey(Sender, models.SET_NULL, null=True, blank=True, related_name="+")
    message = models.ForeignKey(Message, models.SET_NULL, null=True, blank=True, related_name="inbound")
    enrolment = models.ForeignKey(Enrolment, models.SET_NULL, null=True, blank=True, related_name="+")
    contact = models.ForeignKey(Contact, models.SET_NULL, null=True, blank=True, related_name="+")
    account = models.ForeignKey(Account, models.SET_NULL, null=True, blank=True, related_name="+")
    returns_on = models.DateField(null=True, blank=True)  # of an absence note
    received_at = models.DateTimeField()
    stored_at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True, blank=True)
    handled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    version = models.IntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(F("received_at").desc(), F("id").desc(), name="inbound_newest"),
            models.Index(F("received_at").desc(), F("id").desc(), name="inbound_open", condition=Q(handled_at=None)),
            models.Index("contact", F("received_at").desc(), name="inbound_of_contact"),
            models.Index("account", F("received_at").desc(), name="inbound_of_account"),
            models.Index("from_address", F("received_at").desc(), name="inbound_of_address"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["source", "key"], name="inbound_once"),
            models.UniqueConstraint(
                fields=["fingerprint"], condition=~Q(fingerprint=""), name="inbound_once_by_fingerprint"
            ),
            models.CheckConstraint(condition=among("channel", Channel), name="inbound_known_channel"),
            models.CheckConstraint(condition=among("kind", InboundKind), name="inbound_known_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} from {self.from_address}"


class TrackedLink(models.Model):
    """A link of a message under a random id. The destination is here, never in the address that is sent."""

    token = models.TextField(unique=True)
    message = models.ForeignKey(Message, models.CASCADE, related_name="links")
    url = models.TextField()
    is_trap = models.BooleanField(default=False)  # nobody sees it: what opens it is a machine
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "url"], name="tracked_links_once_a_message")]

    def __str__(self) -> str:
        return self.url


class UnsubscribeLink(models.Model):
    """Where the link and the header of one message lead. It works for ever, whatever becomes of message and contact.

    Of somebody who asked to be forgotten only the keyed hash of the address is left: enough to keep refusing.
    """

    token = models.TextField(unique=True)
    message = models.OneToOneField(Message, models.SET_NULL, null=True, blank=True, related_name="unsubscribe_link")
    address = models.TextField(**BLANK)
    address_hash = models.TextField(**BLANK)
    contact_id = models.BigIntegerField(null=True, blank=True)
    account_id = models.BigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index("address", name="unsubscribe_links_of_address", condition=~Q(address=""))]
        constraints = [
            models.CheckConstraint(
                condition=~Q(address="") | ~Q(address_hash=""), name="unsubscribe_links_know_an_address"
            )
        ]

    def __str__(self) -> str:
        return self.address or self.address_hash


class LinkHit(models.Model):
    """A tracked link was fetched, or an open picture (`link` empty)."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="+")
    link = models.ForeignKey(TrackedLink, models.CASCADE, null=True, blank=True, related_name="hits")
    at = models.DateTimeField()
    method = models.TextField()
    agent = models.TextField(**BLANK)
    network = models.TextField(**BLANK)  # the address shortened to its network
    grade = models.TextField(default=Grade.UNKNOWN)
    reasons: models.JSONField[Any, Any] = models.JSONField(default=list, blank=True)

    class Meta:
        indexes = [models.Index("message", "at", name="link_hits_of_message")]
        constraints = [models.CheckConstraint(condition=among("grade", Grade), name="link_hits_known_grade")]

    def __str__(self) -> str:
        return f"{self.link_id} {self.grade}"
