"""People at accounts: entered, changed, with as many addresses as they have."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from headhaul.accounts.choices import (
    AccountSource,
    BuyingRole,
    ContactRole,
    CustomEntity,
    MergeEntity,
    ZoneConfidence,
    ZoneSource,
)
from headhaul.accounts.deriving import Zone, contact_zone
from headhaul.accounts.errors import IsErased, StaleContact
from headhaul.accounts.models import Account, Contact
from headhaul.accounts.ports import leaving
from headhaul.accounts.selectors import merged
from headhaul.accounts.selectors.accounts import visible
from headhaul.accounts.selectors.pages import Conditions
from headhaul.accounts.services import addresses, custom, editing, history
from headhaul.carriers.selectors.written import read
from headhaul.kernel import Actor, InvalidData
from headhaul.kernel.zones import is_zone

BLANKS = frozenset({"first_name", "title", "preferred_channel", "linkedin", "notes", "timezone"})
USUAL: dict[str, Any] = {"role": ContactRole.UNKNOWN, "buying_role": BuyingRole.UNKNOWN} | dict.fromkeys(
    ("is_decision_maker", "has_left"), False
)
LISTS = ("emails", "phones")


def lock(contact_id: int, *, by: Actor, version: int | None = None) -> Contact:
    """The contact, held until the transaction ends. StaleContact when `version` is given and not current."""
    seen = Conditions()
    visible(seen, by=by)
    found = read(
        Contact,
        f"c.id = %s and exists (select from accounts_account a where a.id = c.account_id and {seen.where}) for update",
        [contact_id, *seen.parameters],
        alias="c",
    )
    if not found:
        raise merged.missing(entity=MergeEntity.CONTACT, record_id=contact_id, by=by)
    contact = found[0]
    if version is not None and contact.version != version:
        raise StaleContact(
            f"{contact.name} was changed meanwhile. Look at it again, then repeat your change.",
            current=contact.version,
        )
    return contact


def create(
    *,
    account: Account,
    values: Mapping[str, Any],
    at: datetime,
    by: Actor,
    source: str = "",
    batch_id: str = "",
    origin: AccountSource = AccountSource.MANUAL,
) -> Contact:
    """Enter a person at an account. `emails` and `phones` in `values` are lists of lines."""
    contact = Contact(account_id=account.pk, source=origin, created_at=at, updated_at=at, created_by_id=by.user_id)
    given = {name: value for name, value in values.items() if value is not None}
    lines = addresses.checked(given)
    for name, value in _completed(given, contact, account, lines).items():
        setattr(contact, name, value)
    contact.save(force_insert=True)
    addresses.write(contact_id=contact.pk, lines=lines, now=addresses.none(), at=at)
    first = {"name": (None, contact.name)} | addresses.first(lines)
    _note(contact, first, at=at, by=by, source=source, batch_id=batch_id)
    return contact


def update(
    *, contact: Contact, values: Mapping[str, Any], at: datetime, by: Actor, source: str = "", batch_id: str = ""
) -> Contact:
    """Write what differs, raise the version once, note each change. None clears; a list of addresses is the whole."""
    if contact.erased_at is not None:
        raise IsErased("This person asked to be forgotten. Enter a new contact if they write again.")
    now = addresses.of_contact(contact.pk)
    lines = addresses.checked(values, kept=now)
    wanted = _completed(values, contact, contact.account, lines)
    changes = history.changed(contact, wanted)
    moved = addresses.changed(now, lines)
    if changes.get("has_left") == (False, True):
        leaving.tell(leaving.LEFT, contact.pk, at=at, by=by)
    if changes or moved:
        for name in history.columns(changes):
            setattr(contact, name, wanted[name])
        contact.version += 1
        contact.updated_at = at
        contact.save(update_fields=[*history.columns(changes), "version", "updated_at"])
        addresses.write(contact_id=contact.pk, lines=lines, now=now, at=at)
        gone = addresses.usable(now) - addresses.usable(lines)
        leaving.tell_unreachable(contact.pk, addresses=sorted(gone), at=at, by=by)
        told = {name: pair for name, pair in changes.items() if not name.startswith("timezone_")}
        if ZoneSource.PERSON not in (wanted["timezone_source"], changes.get("timezone_source", ("",))[0]):
            told.pop("timezone", None)
        _note(contact, told | moved, at=at, by=by, source=source, batch_id=batch_id)
    return contact


def account_for(account_id: int, *, by: Actor) -> Account:
    """The account a new contact is entered at, held so that it is not removed meanwhile."""
    return editing.lock(account_id, by=by)


def _completed(values: Mapping[str, Any], contact: Contact, account: Account, lines: addresses.Lines) -> dict[str, Any]:
    full = {name: value for name, value in values.items() if name not in LISTS}
    if "name" in full and not full["name"]:
        raise InvalidData("A contact needs a name.", fields={"name": "cannot be empty"})
    if full.get("timezone") and not is_zone(full["timezone"]):
        raise InvalidData("There is no such time zone.", fields={"timezone": "for example America/Chicago"})
    for name, value in list(full.items()):
        if value is None:
            full[name] = "" if name in BLANKS else USUAL.get(name)
    if "custom" in full:
        patch = custom.validated(CustomEntity.CONTACT, full["custom"] or {}, before=contact.custom)
        full["custom"] = custom.merged(contact.custom, patch)
    zone = full.get("timezone", contact.timezone)
    if zone and ("timezone" in full or contact.timezone_source == ZoneSource.PERSON):
        found = Zone(zone, ZoneSource.PERSON.value, ZoneConfidence.HIGH.value)
    elif zone and contact.timezone_source == ZoneSource.FILE:
        found = Zone(zone, contact.timezone_source, contact.timezone_confidence)
    else:
        found = contact_zone(phones=[line["number"] for line in lines["phones"]], account=_zone_of(account))
    return full | {"timezone": found.name, "timezone_source": found.source, "timezone_confidence": found.confidence}


def _zone_of(account: Account) -> Zone:
    return Zone(account.timezone, account.timezone_source, account.timezone_confidence)


def _note(
    contact: Contact, changes: Mapping[str, tuple[Any, Any]], *, at: datetime, by: Actor, source: str, batch_id: str
) -> None:
    history.record(
        account_id=contact.account_id,
        contact_id=contact.pk,
        changes=changes,
        at=at,
        by=by,
        source=source,
        batch_id=batch_id,
    )
