"""What the contacts' actions take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, StringConstraints, field_validator

from headhaul.accounts.choices import AccountSource, BuyingRole, Channel, ContactRole, Validity
from headhaul.accounts.schemas.custom import CustomValue
from headhaul.accounts.schemas.words import Given, Id, Name, Short, Text, Version, ZoneName
from headhaul.compliance.choices import RETRACTION, ConsentChannel, ConsentStatus
from headhaul.kernel import Page, Paged, Payload, Result

Label = Annotated[str, StringConstraints(strip_whitespace=True, max_length=40, pattern=r"^[^\x00-\x1f\x7f]*$")]


class EmailLine(Payload):
    """One e-mail address of a contact. An address that is there already keeps its validity unless one is given."""

    address: Annotated[str, StringConstraints(max_length=254), Field(examples=["joe@example.com"])]
    label: Label = ""
    is_primary: bool = False
    validity: Validity | None = None
    validity_at: datetime | None = None


class PhoneLine(Payload):
    """One telephone number of a contact, in any spelling; an extension may stand in it or apart."""

    number: Annotated[str, StringConstraints(max_length=60), Field(examples=["+12145550100"])]
    extension: Annotated[str, StringConstraints(max_length=8, pattern=r"^[0-9]*$")] = ""
    label: Label = ""
    is_primary: bool = False
    validity: Validity | None = None
    validity_at: datetime | None = None


class ContactFacts(Payload):
    """What people enter about a contact. `emails` and `phones` are whole lists, the first is the primary one
    unless another says so."""

    name: Name | None = None
    first_name: Short | None = None
    title: Short | None = None
    role: ContactRole | None = None
    buying_role: BuyingRole | None = None
    is_decision_maker: bool | None = None
    preferred_channel: Channel | None = None
    timezone: ZoneName | None = Field(
        default=None, description="Left out or null, it is derived: from the number's area code, then the account's"
    )
    linkedin: Short | None = None
    notes: Text | None = None
    has_left: bool | None = None
    emails: Annotated[list[EmailLine], Field(max_length=20)] | None = None
    phones: Annotated[list[PhoneLine], Field(max_length=20)] | None = None
    custom: Given | None = None


class CreateContact(ContactFacts):
    """A new person at an account."""

    account_id: Id
    name: Name
    allow_duplicate: bool = Field(default=False, description="Enter them although they look like somebody who is there")


class UpdateContact(ContactFacts):
    """Fields to change: one that is left out stays, null clears. `version` is the one that was read."""

    contact_id: Id
    version: Version


class ContactId(Payload):
    """Names a contact."""

    contact_id: Id


class RemoveContact(ContactId):
    """The contact to remove; with a version, only if nobody changed it meanwhile."""

    version: Version | None = None


class GetContacts(Page):
    """The people at an account, by name."""

    account_id: Id


class Consent(Result):
    """What an address said about a channel: the last word, and whether it lets us."""

    status: ConsentStatus
    is_allowed: bool
    do_not_contact: bool
    source: str
    captured_at: datetime | None
    expires_at: datetime | None


class EmailView(Result):
    """An e-mail address with its state."""

    address: str
    label: str
    is_primary: bool
    validity: Validity
    validity_at: datetime | None
    email: Consent


class PhoneView(Result):
    """A number with its state."""

    number: str
    extension: str
    label: str
    is_primary: bool
    validity: Validity
    validity_at: datetime | None
    sms: Consent
    call: Consent


class Reach(Result):
    """Whether there is a way to somebody on a channel: allowed, unknown (not asked yet), denied, or none."""

    email: str
    sms: str
    call: str


class ContactRow(Result):
    """A person at an account, with every address and what it said about being reached."""

    id: int
    version: int
    account_id: int
    account_name: str
    name: str
    first_name: str
    title: str
    role: ContactRole
    buying_role: BuyingRole
    is_decision_maker: bool
    preferred_channel: str
    timezone: str
    timezone_source: str
    timezone_confidence: str
    linkedin: str
    has_left: bool
    is_erased: bool
    source: AccountSource
    emails: list[EmailView]
    phones: list[PhoneView]
    reach: Reach
    created_at: datetime
    updated_at: datetime


class ContactChange(Result):
    """A field's former and new value, by which door."""

    field: str
    old: Any
    new: Any
    at: datetime
    by: str
    source: str


class ContactDetail(ContactRow):
    """A contact with what only its own page shows. `zones` are all time zones they may be in."""

    notes: str
    zones: list[str]
    custom: list[CustomValue]
    changes: list[ContactChange]


class ContactsPage(Paged[ContactRow]):
    """A page of contacts."""


class ContactRemoved(Result):
    """The contact that is gone, until it is restored."""

    id: int
    account_id: int
    name: str


class SetConsent(ContactId):
    """What a contact said. Without an address, it is said of all their addresses of that channel; `all` is a
    do-not-contact (opted_out) or takes one back (opted_in, which opens no channel by itself)."""

    channel: ConsentChannel
    status: ConsentStatus
    source: Annotated[Short, Field(min_length=1, examples=["phone call"])]
    address: Annotated[str, StringConstraints(max_length=254)] | None = None
    evidence: Text = Field(default="", description="Their words, a recording, a form; needed to opt in to texts, calls")
    basis: Annotated[str, StringConstraints(max_length=40, pattern=r"^[a-z_]*$")] = ""
    captured_at: datetime | None = Field(default=None, description="When they said it; left out, now")
    expires_at: datetime | None = None

    @field_validator("source")
    @classmethod
    def _is_no_retraction(cls, value: str) -> str:
        """What takes a note back is written by retractConsent alone, which looks at what was said before."""
        if value.strip().casefold() == RETRACTION:
            raise ValueError("take it back with retractConsent")
        return value


class ConsentSet(Result):
    """What now holds for the contact."""

    contact: ContactRow
    event_ids: list[int]


class RetractConsent(Payload):
    """Consent events that were noted by mistake."""

    event_ids: Annotated[list[Id], Field(min_length=1, max_length=100)]


class ConsentRetracted(Result):
    """The events that say so."""

    event_ids: list[int]


class EraseContact(ContactId):
    """The contact to forget, and why: the request, its date."""

    reason: Annotated[Short, Field(min_length=3, examples=["Request by e-mail of 26 November"])]


class ContactErased(Result):
    """What was removed, by kind. Their refusals are kept, or they would be written to again."""

    id: int
    removed: dict[str, int]


class ContactData(Result):
    """Everything known about a person, part by part."""

    id: int
    exported_at: datetime
    parts: dict[str, Any]
