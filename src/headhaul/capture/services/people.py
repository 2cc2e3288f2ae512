"""The contact of a lead: joined, with the addresses they did not have yet, or entered."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from headhaul.accounts.choices import AccountSource, ContactRole
from headhaul.accounts.models import Account, Contact, ContactEmail, ContactPhone
from headhaul.accounts.services import addresses, contacts
from headhaul.capture.services.given import Given
from headhaul.capture.services.matching import contact_of
from headhaul.kernel import SYSTEM, Actor

MOST_ADDRESSES = 20


@dataclass(frozen=True, slots=True)
class Joined:
    """The contact, how they were recognised, whether anything is new of them, and what was said otherwise."""

    contact: Contact | None = None
    words: str = ""
    is_filled: bool = False
    differs: list[str] = field(default_factory=list)


def join(*, account: Account, given: Given, at: datetime, by: Actor, source: str) -> Joined:
    """The contact who was found, with what they lacked, or a new one; nobody where nobody is named."""
    if not given.has_person:
        return Joined()
    match = contact_of(given, account_id=account.pk)
    if match.contact_id is None:
        entered = _entered(account, given, at=at, by=by, source=source)
        return Joined(entered, is_filled=True, differs=list(match.elsewhere))
    contact = contacts.lock(match.contact_id, by=SYSTEM)
    values, differs = _lacking(contact, given)
    if values:
        contact = contacts.update(contact=contact, values=values, at=at, by=by, source=source)
    return Joined(contact, match.words, bool(values), differs)


def owners_of(given: Given) -> dict[str, set[int]]:
    """Which contacts have each of the addresses that were given, as long as nobody was entered for them."""
    owners: dict[str, set[int]] = {}
    mails = ContactEmail.objects.filter(address__in=given.emails).values_list("address", "contact_id")
    numbers = ContactPhone.objects.filter(number__in=given.numbers).values_list("number", "contact_id")
    for address, contact_id in [*mails, *numbers]:
        owners.setdefault(address, set()).add(contact_id)
    return owners


def _entered(account: Account, given: Given, *, at: datetime, by: Actor, source: str) -> Contact:
    values: dict[str, Any] = {
        "name": given.person_name,
        "title": given.title or None,
        "role": given.role or None,
        "is_decision_maker": given.is_decision_maker or None,
        "emails": [{"address": email} for email in given.emails],
        "phones": [{"number": phone.number, "extension": phone.extension} for phone in given.phones],
    }
    return contacts.create(account=account, values=values, origin=AccountSource.CAPTURE, at=at, by=by, source=source)


def _lacking(contact: Contact, given: Given) -> tuple[dict[str, Any], list[str]]:
    values: dict[str, Any] = {}
    differs: list[str] = []
    named = " ".join(contact.name.lower().split())
    if given.contact_name and " ".join(given.contact_name.lower().split()) != named:
        differs.append(f"Name: they said “{given.contact_name}”, “{contact.name}” is known and stays.")
    if given.title and not contact.title:
        values["title"] = given.title
    elif given.title and given.title.lower() != contact.title.lower():
        differs.append(f"Title: they said “{given.title}”, “{contact.title}” is known and stays.")
    if given.role and contact.role == ContactRole.UNKNOWN:
        values["role"] = given.role
    if given.is_decision_maker and not contact.is_decision_maker:
        values["is_decision_maker"] = True
    return values | _more_addresses(contact, given, differs), differs


def _more_addresses(contact: Contact, given: Given, differs: list[str]) -> dict[str, Any]:
    """The lists with what is new at their end; the primary one stays."""
    now = addresses.of_contact(contact.pk)
    mails = {line["address"] for line in now["emails"]}
    numbers = {line["number"] for line in now["phones"]}
    new_mails = [{"address": email, "is_primary": False} for email in given.emails if email not in mails]
    new_numbers = [
        {"number": phone.number, "extension": phone.extension, "is_primary": False}
        for phone in given.phones
        if phone.number not in numbers
    ]
    found: dict[str, Any] = {}
    for kind, new in (("emails", new_mails), ("phones", new_numbers)):
        if new and len(now[kind]) + len(new) <= MOST_ADDRESSES:
            found[kind] = [*now[kind], *new]
        elif new:
            differs.append(f"{contact.name} has {len(now[kind])} {kind} already; the new ones are kept with the lead.")
    return found
