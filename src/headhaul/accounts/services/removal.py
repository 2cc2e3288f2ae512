"""Accounts and contacts that go, and come back."""

from __future__ import annotations

from datetime import datetime

from headhaul.accounts.errors import AccountExists
from headhaul.accounts.models import Account, Contact, Removed
from headhaul.accounts.ports import leaving
from headhaul.accounts.services import contacts, editing, removing
from headhaul.kernel import Actor, NotFound


def remove_account(*, account_id: int, at: datetime, by: Actor, version: int | None = None) -> Account:
    """Remove an account that nothing hangs on. Raises HasRecords naming what does."""
    account = editing.lock(account_id, by=by, version=version)
    removing.remove(account, entity="account", account_id=account_id, at=at, by=by, keeps=True)
    return account


def restore_account(*, account_id: int, by: Actor) -> Account:
    """Bring an account back under its id, unless another one has taken its USDOT number."""
    kept = Removed.objects.filter(entity="account", record_id=account_id).first()
    dot_number = kept.rows[0][1]["dot_number"] if kept else None
    if dot_number is not None and (other := Account.objects.filter(dot_number=dot_number).first()):
        raise AccountExists("Another account has its USDOT number now.", fields={"dotNumber": f"account {other.pk}"})
    removing.restore(entity="account", record_id=account_id)
    return editing.lock(account_id, by=by)


def remove_contact(*, contact_id: int, at: datetime, by: Actor, version: int | None = None) -> Contact:
    """Remove a contact. What they said about being contacted stays, by address."""
    contact = contacts.lock(contact_id, by=by, version=version)
    leaving.tell(leaving.REMOVED, contact_id, at=at, by=by)
    removing.remove(contact, entity="contact", account_id=contact.account_id, at=at, by=by, keeps=False)
    return contact


def restore_contact(*, contact_id: int, by: Actor) -> Contact:
    """Bring a contact back under its id, with its addresses and history."""
    kept = Removed.objects.filter(entity="contact", record_id=contact_id).first()
    if kept is not None and not Account.objects.visible_to(by).filter(pk=kept.account_id).exists():
        raise NotFound("The account of this contact is not there any more.")
    removing.restore(entity="contact", record_id=contact_id)
    return contacts.lock(contact_id, by=by)
