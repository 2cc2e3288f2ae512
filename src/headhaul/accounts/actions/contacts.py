"""What can be done with contacts."""

from __future__ import annotations

from typing import Any

from headhaul.accounts.choices import CustomEntity
from headhaul.accounts.schemas.contacts import (
    ConsentRetracted,
    ConsentSet,
    ContactDetail,
    ContactId,
    ContactRemoved,
    ContactRow,
    ContactsPage,
    CreateContact,
    GetContacts,
    RemoveContact,
    RetractConsent,
    SetConsent,
    UpdateContact,
)
from headhaul.accounts.schemas.duplicates import ContactEntered, DuplicateCandidate
from headhaul.accounts.schemas.words import given
from headhaul.accounts.selectors import contacts as reading
from headhaul.accounts.services import consents, contacts, custom, duplicates, removal, reversing_contacts
from headhaul.kernel import Call, Role, action


def _of_contact(given: Any, answer: Any) -> tuple[str, str]:
    """The contact an action was about, for the audit."""
    return "contact", str(getattr(given, "contact_id", None) or getattr(answer, "id", ""))


@action("getContacts", reply="contactsLoaded", role=Role.VIEWER)
def get_contacts(call: Call, data: GetContacts) -> ContactsPage:
    """The people at an account, each with all addresses and what they said about being reached."""
    return reading.of_account(asked=data, by=call.actor, at=call.at)


@action("getContact", reply="contactLoaded", role=Role.VIEWER)
def get_contact(call: Call, data: ContactId) -> ContactDetail:
    """One contact with notes, custom fields, time zones and history."""
    return reading.detail(contact_id=data.contact_id, by=call.actor, at=call.at)


@action("createContact", reply="contactCreated", role=Role.REP, writes=True, target=_of_contact, undo="removeContact")
def create_contact(call: Call, data: CreateContact) -> ContactEntered:
    """Enter a person at an account, with as many e-mails and telephone numbers as they have.

    Who looks very much like somebody who is there is refused unless `allowDuplicate` says that it is another one;
    weaker likenesses come back as `possibleDuplicates`.
    """
    custom.validated(CustomEntity.CONTACT, data.custom or {}, is_new=True)
    contact = contacts.create(
        account=contacts.account_for(data.account_id, by=call.actor),
        values=given(data, "account_id", "allow_duplicate"),
        at=call.at,
        by=call.actor,
        source=call.door.value,
        batch_id=call.batch_id or "",
    )
    alike = duplicates.check_entered(duplicates.like_contact(contact, by=call.actor), allowed=data.allow_duplicate)
    call.undo_with("removeContact", {"contactId": contact.pk, "version": contact.version})
    row = reading.row(contact_id=contact.pk, by=call.actor, at=call.at)
    return ContactEntered(**dict(row), possible_duplicates=[DuplicateCandidate.of(one) for one in alike])


@action("updateContact", reply="contactUpdated", role=Role.REP, writes=True, target=_of_contact, undo="updateContact")
def update_contact(call: Call, data: UpdateContact) -> ContactRow:
    """Change fields of a contact, unless somebody changed it since it was read. Lists of addresses are whole lists."""
    contact = contacts.lock(data.contact_id, by=call.actor, version=data.version)
    before = reversing_contacts.values_of(contact)
    contacts.update(
        contact=contact,
        values=given(data, "contact_id", "version"),
        at=call.at,
        by=call.actor,
        source=call.door.value,
        batch_id=call.batch_id or "",
    )
    if contact.version != data.version:
        call.undo_with("updateContact", reversing_contacts.back_to(before, contact))
    return reading.row(contact_id=contact.pk, by=call.actor, at=call.at)


@action("removeContact", reply="contactRemoved", role=Role.REP, writes=True, target=_of_contact, undo="restoreContact")
def remove_contact(call: Call, data: RemoveContact) -> ContactRemoved:
    """Remove a contact. The account's timeline stays, and so does what they said about being contacted."""
    contact = removal.remove_contact(contact_id=data.contact_id, version=data.version, at=call.at, by=call.actor)
    call.undo_with("restoreContact", {"contactId": data.contact_id})
    return ContactRemoved(id=data.contact_id, account_id=contact.account_id, name=contact.name)


@action("restoreContact", reply="contactRestored", role=Role.REP, writes=True, target=_of_contact, undo="removeContact")
def restore_contact(call: Call, data: ContactId) -> ContactRow:
    """Bring back a contact that was removed in the last 30 days, under its id, with addresses and history."""
    contact = removal.restore_contact(contact_id=data.contact_id, by=call.actor)
    call.undo_with("removeContact", {"contactId": contact.pk, "version": contact.version})
    return reading.row(contact_id=contact.pk, by=call.actor, at=call.at)


@action("setConsent", reply="consentSet", role=Role.REP, writes=True, target=_of_contact, undo="retractConsent")
def set_consent(call: Call, data: SetConsent) -> ConsentSet:
    """Note what a contact said about being e-mailed, texted, called, or contacted at all. Nothing is overwritten."""
    contact, event_ids = consents.note(said=data, at=call.at, by=call.actor)
    call.undo_with("retractConsent", {"eventIds": event_ids})
    return ConsentSet(contact=reading.row(contact_id=contact.pk, by=call.actor, at=call.at), event_ids=event_ids)


@action(
    "retractConsent",
    reply="consentRetracted",
    role=Role.REP,
    writes=True,
    target=lambda given, answer: ("consent_event", str(given.event_ids[0])),
    undo="retractConsent",
)
def retract_consent(call: Call, data: RetractConsent) -> ConsentRetracted:
    """Take back consent events that were noted by mistake, as long as nothing was said since: events of their own.

    A refusal is taken back by whoever noted it, within 30 minutes. Otherwise removeSuppression is the way.
    """
    event_ids = consents.retract(event_ids=data.event_ids, at=call.at, by=call.actor)
    call.undo_with("retractConsent", {"eventIds": event_ids})
    return ConsentRetracted(event_ids=event_ids)
