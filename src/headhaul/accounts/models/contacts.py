"""People at accounts, with as many addresses as they have."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from headhaul.accounts.choices import (
    AccountSource,
    BuyingRole,
    Channel,
    ContactRole,
    Validity,
    ZoneConfidence,
    ZoneSource,
)
from headhaul.accounts.models.accounts import Account
from headhaul.accounts.models.common import A_FEW_AT_A_TIME, BLANK, among


class Contact(models.Model):
    """A person at an account. Whether they may be reached is kept by address, in compliance."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="contacts")
    name = models.TextField()
    first_name = models.TextField(**BLANK)  # how a message greets them
    title = models.TextField(**BLANK)  # as on the card
    role = models.TextField(default=ContactRole.UNKNOWN)
    buying_role = models.TextField(default=BuyingRole.UNKNOWN)
    is_decision_maker = models.BooleanField(default=False)
    preferred_channel = models.TextField(**BLANK)
    timezone = models.TextField(**BLANK)
    timezone_source = models.TextField(**BLANK)
    timezone_confidence = models.TextField(**BLANK)
    linkedin = models.TextField(**BLANK)
    notes = models.TextField(**BLANK)
    has_left = models.BooleanField(default=False)
    erased_at = models.DateTimeField(null=True, blank=True)  # at their wish: what is left has no name and no address
    custom: models.JSONField[Any, Any] = models.JSONField(default=dict, blank=True)
    source = models.TextField(default=AccountSource.MANUAL)
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index("account", Lower("name"), "id", name="contacts_of_account"),
            models.Index(Lower("name"), "id", name="contacts_by_name"),
            models.Index(F("created_at").desc(), F("id").desc(), name="contacts_newest"),
            GinIndex(OpClass(F("name"), name="gin_trgm_ops"), name="contacts_names", **A_FEW_AT_A_TIME),
            GinIndex(OpClass(F("custom"), name="jsonb_path_ops"), name="contacts_custom", fastupdate=False),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="contacts_have_a_name"),
            models.CheckConstraint(condition=among("role", ContactRole), name="contacts_known_role"),
            models.CheckConstraint(condition=among("buying_role", BuyingRole), name="contacts_known_buying_role"),
            models.CheckConstraint(
                condition=among("preferred_channel", Channel, or_blank=True), name="contacts_known_channel"
            ),
            models.CheckConstraint(
                condition=Q(timezone="", timezone_source="", timezone_confidence="")
                | (
                    ~Q(timezone="")
                    & among("timezone_source", ZoneSource)
                    & among("timezone_confidence", ZoneConfidence)
                ),
                name="contacts_zone_has_a_source",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ContactEmail(models.Model):
    """One of a contact's e-mail addresses, in one spelling."""

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="emails")
    address = models.TextField()
    label = models.TextField(**BLANK)
    is_primary = models.BooleanField(default=False)
    validity = models.TextField(default=Validity.UNKNOWN)
    validity_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index("address", name="contacts_by_email")]
        constraints = [
            models.UniqueConstraint(fields=["contact", "address"], name="contacts_email_once"),
            models.UniqueConstraint(fields=["contact"], condition=Q(is_primary=True), name="contacts_one_first_email"),
            models.CheckConstraint(condition=among("validity", Validity), name="contacts_email_validity"),
        ]

    def __str__(self) -> str:
        return self.address


class ContactPhone(models.Model):
    """One of a contact's telephone numbers, in E.164."""

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="phones")
    number = models.TextField()
    extension = models.TextField(**BLANK)
    label = models.TextField(**BLANK)
    is_primary = models.BooleanField(default=False)
    validity = models.TextField(default=Validity.UNKNOWN)
    validity_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index("number", name="contacts_by_phone")]
        constraints = [
            models.UniqueConstraint(fields=["contact", "number", "extension"], name="contacts_phone_once"),
            models.UniqueConstraint(fields=["contact"], condition=Q(is_primary=True), name="contacts_one_first_phone"),
            models.CheckConstraint(condition=among("validity", Validity), name="contacts_phone_validity"),
        ]

    def __str__(self) -> str:
        return self.number
