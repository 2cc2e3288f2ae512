"""The importers of this room, made known when it is ready."""

from __future__ import annotations

from headhaul.accounts.ports import imports as ports
from headhaul.accounts.services.importing import outgoing
from headhaul.accounts.services.importing.account_rows import Accounts
from headhaul.accounts.services.importing.contact_rows import AccountsAndContacts, Contacts
from headhaul.accounts.services.importing.keeping import AccountKeeper, ContactKeeper


def register() -> None:
    """Accounts, contacts, and both in one file."""
    ports.register(Accounts(), AccountKeeper())
    ports.register(Contacts(), ContactKeeper())
    ports.register(AccountsAndContacts())
    ports.register_outgoing("accounts", "account", outgoing.accounts)
    ports.register_outgoing("contacts", "contact", outgoing.contacts)
    ports.register_outgoing("matchSignals", "matchSignal", outgoing.match_signals)
