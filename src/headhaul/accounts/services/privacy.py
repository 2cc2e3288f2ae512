"""A person's own data: shown as a whole, and forgotten at their wish. Rooms above answer for what they keep."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.db import connection

from headhaul.accounts.choices import MergeEntity
from headhaul.accounts.errors import IsErased
from headhaul.accounts.models import Account, Contact, FieldChange, Removed
from headhaul.accounts.ports import leaving
from headhaul.accounts.ports.people import KeepsPersonalData, Person
from headhaul.accounts.selectors import contacts as reading
from headhaul.accounts.selectors import merged
from headhaul.accounts.selectors.pages import fetch
from headhaul.accounts.services import contacts, history, removing
from headhaul.actions.services import forgetting as door
from headhaul.compliance.selectors import events, personal
from headhaul.compliance.services import forgetting as consent
from headhaul.kernel import Actor, NotFound

ERASED = "Erased contact"

_providers: dict[str, KeepsPersonalData] = {}


def register(provider: KeepsPersonalData) -> None:
    """A room says that it keeps something about people."""
    _providers[provider.part] = provider


def export(*, contact_id: int, at: datetime, by: Actor) -> dict[str, Any]:
    """Everything known about a person, part by part, as JSON."""
    detail = reading.detail(contact_id=contact_id, by=by, at=at)
    person, ids = _person(contact_id), _ids(contact_id)
    parts: dict[str, Any] = {
        "contact": detail.model_dump(mode="json", by_alias=True, exclude={"changes"}),
        "history": [_plain(row) for row in fetch(_HISTORY, [contact_id])],
        "consent": [_plain(row) for row in events(person.addresses)],
        "denials": [_plain(row) for row in personal.denials(addresses=person.addresses, contact_ids=ids)],
        "decisions": [_plain(row) for row in personal.decisions(addresses=person.addresses, contact_ids=ids)],
        "audit": [_plain(row) for row in door.mentions(target=("contact", str(contact_id)))],
    }
    return parts | {part: provider.export(person) for part, provider in sorted(_providers.items())}


_HISTORY = """
select field, old::text as old, new::text as new, valid_from, recorded_at, source from accounts_fieldchange
where contact_id = %s order by recorded_at desc, id desc
"""


def erase(*, contact_id: int, reason: str, at: datetime, by: Actor, source: str = "") -> dict[str, int]:
    """Forget a person everywhere, also one who was removed; what is left says only that there was somebody.

    Their refusals stay, by the hash of each address: without them they would be written to again.
    """
    kept = Removed.objects.filter(entity="contact", record_id=contact_id).first()
    if kept is not None and not Account.objects.filter(pk=kept.account_id).exists():
        return _erase_kept(kept, at=at, by=by)
    if kept is not None:
        removing.restore(entity="contact", record_id=contact_id)
    if contacts.lock(contact_id, by=by).erased_at is not None:
        raise IsErased("This person is forgotten already.")
    leaving.tell(leaving.ERASED, contact_id, at=at, by=by)
    person = _person(contact_id)
    removed = _erased(person, at=at)
    removed["waysBack"] = _forget(person, at=at, by=by)
    removed["history"] = FieldChange.objects.filter(contact_id=contact_id).delete()[0]
    removed["addresses"] = _empty(contact_id, at=at)
    changes = {"erased": (None, reason)}
    history.record(account_id=person.account_id, contact_id=contact_id, changes=changes, at=at, by=by, source=source)
    return removed | {"contact": 1}


def _erased(person: Person, *, at: datetime) -> dict[str, int]:
    return {part: provider.erase(person, at=at) for part, provider in sorted(_providers.items())}


def _ids(contact_id: int) -> list[int]:
    """Theirs, and those of the doubles that became part of them."""
    return [contact_id, *merged.former_ids(entity=MergeEntity.CONTACT, record_id=contact_id)]


def _forget(person: Person, *, at: datetime, by: Actor) -> int:
    consent.forget(addresses=person.addresses, contact_ids=_ids(person.contact_id), at=at, by=by)
    return door.forget(target=("contact", str(person.contact_id)), texts=person.addresses)


def _erase_kept(kept: Removed, *, at: datetime, by: Actor) -> dict[str, int]:
    """Of somebody whose account is gone too there is only what was kept for bringing them back."""
    rows: list[tuple[str, dict[str, Any]]] = kept.rows
    addresses = [row[name] for _, row in rows for name in ("address", "number") if name in row]
    person = Person(kept.record_id, kept.account_id, (rows[0][1]["name"],), tuple(addresses))
    removed = _erased(person, at=at)
    removed["waysBack"] = _forget(person, at=at, by=by)
    kept.delete()
    return removed | {"contact": 1}


def _person(contact_id: int) -> Person:
    found = fetch(_WHO, [contact_id])
    if not found:
        raise NotFound("There is no such contact.")
    row = found[0]
    names = {row["name"], *row["former"]} - {""}
    return Person(
        contact_id,
        row["account_id"],
        tuple(sorted(names, key=len, reverse=True)),
        tuple(dict.fromkeys(row["addresses"])),
    )


_WHO = """
select c.account_id, c.name,
       array(select v #>> '{}' from accounts_fieldchange f, unnest(array[f.old, f.new]) v
             where f.contact_id = c.id and f.field = 'name' and v is not null) as former,
       array(select e.address from accounts_contactemail e where e.contact_id = c.id)
       || array(select p.number from accounts_contactphone p where p.contact_id = c.id)
       || array(select split_part(w, ' ', 1) from accounts_fieldchange f, unnest(array[f.old, f.new]) v,
                jsonb_array_elements_text(case jsonb_typeof(v) when 'array' then v else '[]' end) w
                where f.contact_id = c.id and f.field in ('emails', 'phones') and not exists (
                    select from accounts_contactemail o where o.address = split_part(w, ' ', 1))
                and not exists (select from accounts_contactphone o where o.number = split_part(w, ' ', 1))
       ) as addresses
from accounts_contact c where c.id = %s
"""


def _empty(contact_id: int, *, at: datetime) -> int:
    """The row stays, as what hangs on it stays; nothing in it says who it was."""
    blank = Contact(created_at=at, updated_at=at, name=ERASED)
    kept = {"id", "account", "created_at", "created_by", "source", "version", "erased_at"}
    names = [field.name for field in Contact._meta.concrete_fields if field.name not in kept]
    Contact.objects.filter(pk=contact_id).update(**{name: getattr(blank, name) for name in names}, erased_at=at)
    removed = 0
    with connection.cursor() as cursor:
        for table in ("accounts_contactemail", "accounts_contactphone"):
            cursor.execute(f"delete from {table} where contact_id = %s", [contact_id])
            removed += int(cursor.rowcount)
        cursor.execute("update accounts_contact set version = version + 1 where id = %s", [contact_id])
    return removed


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(json.dumps(row, default=str))
    return plain
