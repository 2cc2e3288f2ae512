"""The list of contacts: people at accounts that the reader sees, with the first of their addresses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, tzinfo
from typing import Any

from headhaul.accounts.schemas.accounts import Owner
from headhaul.accounts.schemas.lists import ContactFilters, ContactOf, ContactsPage, ListContacts, ListedContact
from headhaul.accounts.selectors.lists import conditions as sql
from headhaul.accounts.selectors.lists import custom
from headhaul.accounts.selectors.pages import Conditions, Rows, Sort, both_ways, page, stream
from headhaul.accounts.selectors.scoping import visible
from headhaul.accounts.selectors.words import Named, address_in, exactly_or_nearly, in_name
from headhaul.kernel import Actor

COLUMNS = """
    c.id, c.version, c.name, c.title, c.role, c.buying_role, c.is_decision_maker, c.has_left, c.preferred_channel,
    c.timezone, c.custom::text as custom, c.source, c.created_at, c.updated_at, lower(c.name) as sort_name,
    a.id as account_id, a.name as account_name, a.status as account_status, a.segment as account_segment,
    a.state as account_state, a.owner_id, coalesce(nullif(u.name, ''), u.email) as owner_name,
    coalesce((select e.address from accounts_contactemail e where e.contact_id = c.id
              order by e.is_primary desc, e.id limit 1), '') as email,
    (select array[n.number, n.extension] from accounts_contactphone n where n.contact_id = c.id
     order by n.is_primary desc, n.id limit 1) as phone
"""
FROM = "accounts_contact c join accounts_account a on a.id = c.account_id"
SOURCE = f"{FROM} left join security_user u on u.id = a.owner_id"
SORTS = both_ways(
    Sort("name", ("lower(c.name)", "c.id"), (str, int), lambda row: [row["sort_name"], row["id"]], descending=False),
    Sort("newest", ("c.created_at", "c.id"), (datetime, int), lambda row: [row["created_at"], row["id"]]),
)
_EMAIL = "select 1 from accounts_contactemail e where e.contact_id = c.id"
_PHONE = "select 1 from accounts_contactphone n where n.contact_id = c.id"
_AT_DOMAIN = f"""
c.id in (select e.contact_id from accounts_contactemail e where {sql.AT_DOMAIN}
         union select id from accounts_contact where {{named}})
"""
_TAG = "select 1 from accounts_accounttag t where t.account_id = a.id and t.tag = %s"
_AS_READ = (
    "id", "version", "name", "title", "role", "buying_role", "is_decision_maker", "has_left", "email",
    "preferred_channel", "timezone", "source", "created_at", "updated_at",
)  # fmt: skip


def list_page(*, asked: ListContacts, by: Actor, at: datetime) -> ContactsPage:
    """A page of the contacts whose accounts this actor may see."""

    def read(named: Named, cursor: str | None) -> Rows:
        return page(
            columns=COLUMNS,
            source=SOURCE,
            counted_in=FROM,
            conditions=narrow(asked, by=by, at=at, named=named),
            sort=SORTS[asked.sort, asked.direction],
            cursor=cursor,
            limit=asked.limit,
        )

    found, is_close = exactly_or_nearly(asked.q, asked.cursor, read)
    return ContactsPage(
        items=[listed(row) for row in found.rows],
        next_cursor=found.next_cursor,
        total=found.total,
        total_is_exact=found.total_is_exact,
        is_close=is_close,
    )


def every(
    *, asked: ContactFilters, sort: str, direction: str | None, by: Actor, at: datetime, zone: tzinfo
) -> Iterator[ListedContact]:
    """All rows of the list in its order, read while they are taken."""
    narrowed, order = narrow(asked, by=by, at=at, zone=zone), SORTS[sort, direction]
    query = f"select {COLUMNS} from {SOURCE} where {narrowed.where} order by {order.order_by}"
    return (listed(row) for row in stream(query, narrowed.parameters))


def narrow(
    asked: ContactFilters, *, by: Actor, at: datetime, zone: tzinfo | None = None, named: Named = in_name
) -> Conditions:
    """The conditions of what is asked for, within what the actor sees. `named` says when words name somebody."""
    narrowed = Conditions()
    visible(narrowed, by=by)
    _person(narrowed, asked)
    _account(narrowed, asked, by=by)
    if asked.created_after or asked.created_before:
        zone = zone or sql.reader_zone(asked.zone, by=by)
        sql.days(narrowed, "c.created_at", first=asked.created_after, before=asked.created_before, at=at, zone=zone)
    custom.narrow(narrowed, asked.custom, entity="contact", column="c.custom")
    if asked.q:
        _found(narrowed, asked.q, named)
    return narrowed


def _person(narrowed: Conditions, asked: ContactFilters) -> None:
    if asked.ids:
        narrowed.add("c.id = any(%s)", asked.ids)
    if asked.account_id is not None:
        narrowed.add("c.account_id = %s", asked.account_id)
    sql.any_of(narrowed, "c.role", asked.role)
    sql.any_of(narrowed, "c.buying_role", asked.buying_role)
    for column, wanted in (("c.is_decision_maker", asked.is_decision_maker), ("c.has_left", asked.has_left)):
        if wanted is not None:
            narrowed.add(column if wanted else f"not {column}")
    sql.exists(narrowed, asked.has_email, _EMAIL)
    sql.exists(narrowed, asked.has_phone, _PHONE)


def _account(narrowed: Conditions, asked: ContactFilters, *, by: Actor) -> None:
    sql.any_of(narrowed, "a.status", asked.account_status)
    sql.any_of(narrowed, "a.segment", asked.account_segment)
    sql.any_of(narrowed, "a.state", asked.account_state)
    sql.keys_or_nobody(narrowed, "a.owner_id", asked.account_owner, by.user_id)
    if asked.account_tag:
        narrowed.add(f"exists ({_TAG})", asked.account_tag.lower())


def _found(narrowed: Conditions, words: str, named: Named) -> None:
    """By an e-mail address, its domain or a telephone number, else by name."""
    kind, key = address_in(words) or ("", "")
    if kind == "email":
        narrowed.add(f"exists ({_EMAIL} and e.address = %s)", key)
    elif kind == "phone":
        narrowed.add(f"exists ({_PHONE} and n.number = %s)", key)
    elif kind == "domain":  # which may as well be a part of a name
        condition, parameters = in_name("name", words)
        narrowed.add(_AT_DOMAIN.format(named=condition), *sql.at_domain(key), *parameters)
    else:
        condition, parameters = named("c.name", words)
        narrowed.add(condition, *parameters)


def listed(row: dict[str, Any]) -> ListedContact:
    """The row on the wire."""
    number, extension = row["phone"] or ("", "")
    owner = row["owner_id"]
    return ListedContact(
        **{name: row[name] for name in _AS_READ},
        phone=number,
        phone_extension=extension,
        custom=json.loads(row["custom"]) if row["custom"] != "{}" else {},
        account=ContactOf(
            id=row["account_id"],
            name=row["account_name"],
            status=row["account_status"],
            segment=row["account_segment"],
            state=row["account_state"],
            owner=Owner(id=owner, name=row["owner_name"]) if owner else None,
        ),
    )
