"""Reading contacts: with every address, and what each said about being reached."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from headhaul.accounts.choices import CustomEntity, MergeEntity
from headhaul.accounts.deriving import Zone, plausible, zones_of_account
from headhaul.accounts.schemas.contacts import (
    Consent,
    ContactChange,
    ContactDetail,
    ContactRow,
    ContactsPage,
    EmailView,
    GetContacts,
    PhoneView,
    Reach,
)
from headhaul.accounts.selectors import merged
from headhaul.accounts.selectors.accounts import visible
from headhaul.accounts.selectors.custom import shown
from headhaul.accounts.selectors.pages import Conditions, Sort, fetch, page
from headhaul.compliance.choices import ConsentChannel
from headhaul.compliance.schemas import ConsentStanding
from headhaul.compliance.selectors import denials, standing
from headhaul.kernel import Actor

Standings = Mapping[str, Mapping[ConsentChannel, ConsentStanding]]

_KEPT = (
    "id", "version", "account_id", "name", "first_name", "title", "role", "buying_role", "is_decision_maker",
    "preferred_channel", "timezone", "timezone_source", "timezone_confidence", "linkedin", "has_left", "source",
    "created_at", "updated_at",
)  # fmt: skip
COLUMNS = f"""
    {", ".join(f"c.{name}" for name in _KEPT)}, c.erased_at, a.name as account_name, a.dot_number,
    (select coalesce(json_agg(json_build_object('address', e.address, 'label', e.label, 'is_primary', e.is_primary,
            'validity', e.validity, 'validity_at', e.validity_at) order by e.is_primary desc, e.id), '[]')::text
     from accounts_contactemail e where e.contact_id = c.id) as emails,
    (select coalesce(json_agg(json_build_object('number', p.number, 'extension', p.extension, 'label', p.label,
            'is_primary', p.is_primary, 'validity', p.validity, 'validity_at', p.validity_at)
            order by p.is_primary desc, p.id), '[]')::text
     from accounts_contactphone p where p.contact_id = c.id) as phones
"""
SOURCE = "accounts_contact c join accounts_account a on a.id = c.account_id"
_OF_ONE = """
    c.notes, c.custom::text as custom, a.timezone as account_zone, a.timezone_source as account_zone_source, a.zip,
    a.state, a.phone_key
"""
_BY_NAME = Sort(
    "name", ("lower(c.name)", "c.id"), (str, int), lambda row: [row["sort_name"], row["id"]], descending=False
)
_CHANGES = """
select f.field, f.old::text as old, f.new::text as new, f.valid_from as at, f.source,
       coalesce(nullif(u.name, ''), u.email, 'Headhaul') as by
from accounts_fieldchange f left join security_user u on u.id = f.changed_by_id
where f.contact_id = %s order by f.recorded_at desc, f.id desc limit 50
"""


def of_account(*, asked: GetContacts, by: Actor, at: datetime) -> ContactsPage:
    """The people at an account, by name."""
    seen = Conditions()
    visible(seen, by=by)
    seen.add("a.id = %s", asked.account_id)
    if not fetch(f"select 1 from accounts_account a where {seen.where}", seen.parameters):
        raise merged.missing(entity=MergeEntity.ACCOUNT, record_id=asked.account_id, by=by)
    narrowed = Conditions()
    narrowed.add("c.account_id = %s", asked.account_id)
    found = page(
        columns=f"{COLUMNS}, lower(c.name) as sort_name",
        source=SOURCE,
        counted_in="accounts_contact c",
        conditions=narrowed,
        sort=_BY_NAME,
        cursor=asked.cursor,
        limit=asked.limit,
    )
    return ContactsPage(
        items=rows(found.rows, at=at),
        next_cursor=found.next_cursor,
        total=found.total,
        total_is_exact=found.total_is_exact,
    )


def detail(*, contact_id: int, by: Actor, at: datetime) -> ContactDetail:
    """One contact with notes, custom fields and history."""
    row = _one(f"{COLUMNS}, {_OF_ONE}", contact_id, by=by)
    fields, opened = _fields([row], at=at)[0], row["phones"]
    return ContactDetail(
        **fields,
        notes=row["notes"],
        zones=list(_zones(row, [phone["number"] for phone in opened])),
        custom=shown(CustomEntity.CONTACT, row["custom"]),
        changes=_changes(contact_id),
    )


def row(*, contact_id: int, by: Actor, at: datetime) -> ContactRow:
    """One contact as lists show it."""
    return rows([_one(COLUMNS, contact_id, by=by)], at=at)[0]


def rows(found: list[dict[str, Any]], *, at: datetime) -> list[ContactRow]:
    """Contacts read with COLUMNS, and the standing of all their addresses from one query."""
    return [ContactRow(**fields) for fields in _fields(found, at=at)]


def _one(columns: str, contact_id: int, *, by: Actor) -> dict[str, Any]:
    narrowed = Conditions()
    visible(narrowed, by=by)
    narrowed.add("c.id = %s", contact_id)
    found = fetch(f"select {columns} from {SOURCE} where {narrowed.where}", narrowed.parameters)
    if not found:
        raise merged.missing(entity=MergeEntity.CONTACT, record_id=contact_id, by=by)
    return found[0]


def _fields(found: list[dict[str, Any]], *, at: datetime) -> list[dict[str, Any]]:
    for row in found:
        row["emails"], row["phones"] = json.loads(row["emails"]), json.loads(row["phones"])
    addresses = {address for row in found for address in _addresses(row)}
    said = standing(addresses, at=at)
    denied = denials.Standing.load(
        addresses=addresses,
        contacts=[row["id"] for row in found],
        accounts={row["account_id"] for row in found},
        dots={row["dot_number"] for row in found} - {None},
        at=at,
    )
    return [_row(row, said, denied) for row in found]


def _addresses(row: Mapping[str, Any]) -> Iterable[str]:
    yield from (line["address"] for line in row["emails"])
    yield from (line["number"] for line in row["phones"])


def _row(row: dict[str, Any], said: Standings, denied: denials.Standing) -> dict[str, Any]:
    ways: dict[ConsentChannel, list[str]] = {channel: [] for channel in ConsentChannel}

    def consent(address: str, channel: ConsentChannel) -> Consent:
        is_denied = denied.hits(address, channel.value, row["id"], row["account_id"], row["dot_number"])
        shown = _consent(said[address][channel], is_denied=is_denied)
        ways[channel].append(_way(shown, is_denied=is_denied))
        return shown

    emails = [EmailView(**line, email=consent(line["address"], ConsentChannel.EMAIL)) for line in row["emails"]]
    phones = [
        PhoneView(
            **line,
            sms=consent(line["number"], ConsentChannel.SMS),
            call=consent(line["number"], ConsentChannel.CALL),
        )
        for line in row["phones"]
    ]
    return {name: row[name] for name in _KEPT} | {
        "account_name": row["account_name"],
        "is_erased": row["erased_at"] is not None,
        "emails": emails,
        "phones": phones,
        "reach": Reach(
            email=_best(ways[ConsentChannel.EMAIL]),
            sms=_best(ways[ConsentChannel.SMS]),
            call=_best(ways[ConsentChannel.CALL]),
        ),
    }


def _consent(said: ConsentStanding, *, is_denied: bool) -> Consent:
    return Consent(
        status=said.status,
        is_allowed=said.is_allowed and not is_denied,
        do_not_contact=said.do_not_contact,
        source=said.source,
        captured_at=said.captured_at,
        expires_at=said.expires_at,
    )


def _way(said: Consent, *, is_denied: bool) -> str:
    if is_denied or said.do_not_contact or said.status.denies:
        return "denied"
    return "allowed" if said.is_allowed else "unknown"


def _best(ways: list[str]) -> str:
    return next((way for way in ("allowed", "unknown", "denied") if way in ways), "none")


def _zones(row: dict[str, Any], numbers: list[str]) -> tuple[str, ...]:
    of_account = zones_of_account(
        zone=Zone(row["account_zone"], row["account_zone_source"], ""),
        zip_code=row["zip"],
        state=row["state"],
        phone=row["phone_key"],
    )
    zone = Zone(row["timezone"], row["timezone_source"], row["timezone_confidence"])
    return plausible(zone=zone, phones=numbers, account_zones=of_account)


def _changes(contact_id: int) -> list[ContactChange]:
    opened = [{**row, "old": _json(row["old"]), "new": _json(row["new"])} for row in fetch(_CHANGES, [contact_id])]
    return [ContactChange(**row) for row in opened]


def _json(text: str | None) -> Any:
    return None if text is None else json.loads(text)
