"""The lists of accounts and contacts."""

from __future__ import annotations

from headhaul.accounts.schemas.lists import AccountsPage, ContactsPage, ListAccounts, ListContacts
from headhaul.accounts.selectors.lists import accounts, contacts
from headhaul.kernel import Call, Role, action


@action("listAccounts", reply="accountsLoaded", role=Role.VIEWER)
def list_accounts(call: Call, data: ListAccounts) -> AccountsPage:
    """Accounts, filtered and sorted, a page at a time."""
    return accounts.list_page(asked=data, by=call.actor, at=call.at)


@action("listContacts", reply="contactsListed", role=Role.VIEWER)
def list_contacts(call: Call, data: ListContacts) -> ContactsPage:
    """People at all accounts one sees, filtered and sorted, a page at a time."""
    return contacts.list_page(asked=data, by=call.actor, at=call.at)
