"""Accounts and people in few words, for tests about what looks alike and what becomes one."""

from __future__ import annotations

from typing import Any

from headhaul.accounts.choices import AccountSource
from headhaul.accounts.models import Account, AccountPulse, AccountScore, Contact, ContactEmail, ContactPhone
from tests.factories.market import NOON


def account(name: str, **values: Any) -> Account:
    """An account in Dallas unless said otherwise, with what belongs to every account."""
    given = {"city": "Dallas", "state": "TX", "created_at": NOON, "updated_at": NOON, "source": AccountSource.MANUAL}
    made = Account.objects.create(name=name, **given | values)
    AccountScore.objects.create(account=made)
    AccountPulse.objects.create(account=made, last_activity_at=made.created_at)
    return made


def contact(
    of: Account, name: str, *, emails: tuple[str, ...] = (), phones: tuple[str, ...] = (), **values: Any
) -> Contact:
    """Somebody at an account; the first address of each kind is the primary one."""
    made = Contact.objects.create(account=of, name=name, **{"created_at": NOON, "updated_at": NOON} | values)
    for number, address in enumerate(emails):
        ContactEmail.objects.create(contact=made, address=address, is_primary=number == 0)
    for number, phone in enumerate(phones):
        ContactPhone.objects.create(contact=made, number=phone, is_primary=number == 0)
    return made
