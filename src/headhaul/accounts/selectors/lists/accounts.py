"""The list of accounts: filters, orders with an index each, a page, or all of it row by row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from headhaul.accounts.choices import EQUIPMENT_TAG
from headhaul.accounts.schemas.accounts import AccountRow
from headhaul.accounts.schemas.lists import AccountFilters, AccountsPage, ListAccounts
from headhaul.accounts.selectors.lists import conditions as sql
from headhaul.accounts.selectors.lists import custom
from headhaul.accounts.selectors.lists.account_rows import COLUMNS, NAMES, PULSE, SCORE, account_row
from headhaul.accounts.selectors.pages import Conditions, Rows, Sort, both_ways, page, stream
from headhaul.accounts.selectors.scoping import visible
from headhaul.accounts.selectors.words import Named, address_in, exactly_or_nearly, in_name
from headhaul.kernel import Actor
from headhaul.kernel.addresses import domain_of

SORTS = both_ways(
    Sort("score", ("x.rank", "x.account_id"), (int, int), lambda row: [row["rank"], row["id"]]),
    Sort("newest", ("a.created_at", "a.id"), (datetime, int), lambda row: [row["created_at"], row["id"]]),
    Sort("name", ("lower(a.name)", "a.id"), (str, int), lambda row: [row["sort_name"], row["id"]], descending=False),
    Sort(
        "lastActivity",
        ("p.last_activity_at", "p.account_id"),
        (datetime, int),
        lambda row: [row["last_activity_at"], row["id"]],
    ),
    Sort(
        "fleetSize",
        ("coalesce(a.fleet_size, -1)", "a.id"),
        (int, int),
        lambda row: [-1 if row["fleet_size"] is None else row["fleet_size"], row["id"]],
    ),
    Sort("updated", ("a.updated_at", "a.id"), (datetime, int), lambda row: [row["updated_at"], row["id"]]),
    Sort(
        "place",
        ("a.state", "a.city", "a.id"),
        (str, str, int),
        lambda row: [row["state"], row["city"], row["id"]],
        descending=False,
    ),
)
MORE_COLUMNS = {"name": ", lower(a.name) as sort_name"}
_TAGGED = "select 1 from accounts_accounttag t where t.account_id = a.id and t.tag = any(%s)"
_OF_PHONE = """
a.id in (select id from accounts_account where phone_key = %s and phone_key <> ''
         union select c.account_id from accounts_contactphone n join accounts_contact c on c.id = n.contact_id
               where n.number = %s)
"""
# Nobody has the address: then those whose domain it is of.
_OF_EMAIL = """
a.id in (with has as (
    select id from accounts_account where lower(email) = %s and email <> ''
    union select c.account_id from accounts_contactemail e join accounts_contact c on c.id = e.contact_id
          where e.address = %s
) select id from has
  union select id from accounts_account where domain = %s and domain <> '' and not exists (select from has))
"""
_OF_DOMAIN = f"""
a.id in (select id from accounts_account where domain = %s and domain <> ''
         union select c.account_id from accounts_contactemail e join accounts_contact c on c.id = e.contact_id
               where {sql.AT_DOMAIN}
         union select id from accounts_account where {{named}})
"""
_CONTACT = "select 1 from accounts_contact c where c.account_id = a.id"


@dataclass(slots=True)
class Narrowed(Conditions):
    """Conditions on accounts, and the side tables they speak of."""

    sides: set[str] = field(default_factory=set)

    @property
    def counted_in(self) -> str:
        """The tables in which matching rows can be counted."""
        return "accounts_account a" + "".join(f" join {side}" for side in sorted(self.sides))

    def source(self, sort: Sort) -> str:
        """The tables of whole rows. The one that the order goes by is joined fully, so that its index can lead."""
        inner = self.sides | {{"x": SCORE, "p": PULSE}.get(sort.columns[0][0], "")}
        joins = (f"{'' if side in inner else 'left '}join {side}" for side in (SCORE, PULSE))
        return f"accounts_account a {' '.join(joins)} {NAMES}"


def list_page(*, asked: ListAccounts, by: Actor, at: datetime) -> AccountsPage:
    """A page of the accounts this actor may see."""
    sort = SORTS[asked.sort, asked.direction]

    def read(named: Named, cursor: str | None) -> Rows:
        narrowed = narrow(asked, by=by, at=at, named=named)
        return page(
            columns=COLUMNS + MORE_COLUMNS.get(asked.sort, ""),
            source=narrowed.source(sort),
            counted_in=narrowed.counted_in,
            conditions=narrowed,
            sort=sort,
            cursor=cursor,
            limit=asked.limit,
        )

    found, is_close = exactly_or_nearly(asked.q, asked.cursor, read)
    return AccountsPage(
        items=[account_row(row, at=at) for row in found.rows],
        next_cursor=found.next_cursor,
        total=found.total,
        total_is_exact=found.total_is_exact,
        is_close=is_close,
    )


def every(
    *, asked: AccountFilters, sort: str, direction: str | None, by: Actor, at: datetime, zone: tzinfo
) -> Iterator[AccountRow]:
    """All rows of the list in its order, read while they are taken."""
    narrowed, order = narrow(asked, by=by, at=at, zone=zone), SORTS[sort, direction]
    query = f"select {COLUMNS} from {narrowed.source(order)} where {narrowed.where} order by {order.order_by}"
    return (account_row(row, at=at) for row in stream(query, narrowed.parameters))


def narrow(
    asked: AccountFilters, *, by: Actor, at: datetime, zone: tzinfo | None = None, named: Named = in_name
) -> Narrowed:
    """The conditions of what is asked for, within what the actor sees. `named` says when words name an account."""
    narrowed = Narrowed()
    visible(narrowed, by=by)
    _facts(narrowed, asked, by=by)
    _tags(narrowed, asked)
    _sides(narrowed, asked)
    _times(narrowed, asked, by=by, at=at, zone=zone)
    custom.narrow(narrowed, asked.custom, entity="account", column="a.custom")
    if asked.q:
        _found(narrowed, asked.q, named)
    return narrowed


def _facts(narrowed: Narrowed, asked: AccountFilters, *, by: Actor) -> None:
    for column, words in (
        ("a.status", asked.status),
        ("a.segment", asked.segment),
        ("a.state", asked.state),
        ("a.region", asked.region),
        ("a.source", asked.source),
    ):
        sql.any_of(narrowed, column, words)
    if asked.ids:
        narrowed.add("a.id = any(%s)", asked.ids)
    if asked.city:
        narrowed.add("lower(a.city) = lower(%s)", asked.city)
    if asked.zip:
        narrowed.add("a.zip like %s", f"{asked.zip}%")
    sql.keys_or_nobody(narrowed, "a.owner_id", asked.owner, by.user_id)
    sql.keys_or_nobody(narrowed, "a.team_id", asked.team, by.team_id)
    sql.between(narrowed, "a.fleet_size", asked.min_fleet, asked.max_fleet)
    for wanted, column in ((asked.has_phone, "a.phone"), (asked.has_email, "a.email")):
        if wanted is not None:
            narrowed.add(f"{column} {'<>' if wanted else '='} ''")


def _tags(narrowed: Narrowed, asked: AccountFilters) -> None:
    equipment = EQUIPMENT_TAG + asked.equipment if asked.equipment else ""
    for tag in (asked.tag.lower(), equipment, *asked.tags_all):
        if tag:
            narrowed.add(f"exists ({_TAGGED})", [tag])
    if asked.tags_any:
        narrowed.add(f"exists ({_TAGGED})", asked.tags_any)
    if asked.tags_none:
        narrowed.add(f"not exists ({_TAGGED})", asked.tags_none)


def _sides(narrowed: Narrowed, asked: AccountFilters) -> None:
    if asked.min_score is not None:
        narrowed.sides.add(SCORE)
        narrowed.add("x.rank >= %s", round(asked.min_score * 100))
    if asked.is_spike is not None:
        narrowed.sides.add(SCORE)
        narrowed.add("x.is_spike" if asked.is_spike else "not x.is_spike")
    sql.exists(narrowed, asked.has_contact, _CONTACT)


def _times(narrowed: Narrowed, asked: AccountFilters, *, by: Actor, at: datetime, zone: tzinfo | None) -> None:
    first = [day for day in (asked.created_after, asked.created_since) if day]
    lately = (asked.last_activity_after, asked.last_activity_before)
    if not (first or any(lately) or asked.created_before or asked.updated_since):
        return
    zone = zone or sql.reader_zone(asked.zone, by=by)
    for day in first:
        sql.days(narrowed, "a.created_at", first=day, before=None, at=at, zone=zone)
    sql.days(narrowed, "a.created_at", first=None, before=asked.created_before, at=at, zone=zone)
    sql.days(narrowed, "a.updated_at", first=asked.updated_since, before=None, at=at, zone=zone)
    if any(lately):
        narrowed.sides.add(PULSE)
        sql.days(narrowed, "p.last_activity_at", first=lately[0], before=lately[1], at=at, zone=zone)


def _found(narrowed: Narrowed, words: str, named: Named) -> None:
    """By number when it is one: a USDOT number has at most eight digits. By an address also through its people."""
    if words.isascii() and words.isdigit() and len(words) <= 8:
        narrowed.add("a.dot_number = %s", int(words))
    elif address := address_in(words):
        kind, key = address
        if kind == "domain":  # which may as well be a part of a name
            condition, parameters = in_name("name", words)
            narrowed.add(_OF_DOMAIN.format(named=condition), key, *sql.at_domain(key), *parameters)
        elif kind == "phone":
            narrowed.add(_OF_PHONE, key, key)
        else:
            narrowed.add(_OF_EMAIL, key, key, domain_of(key))
    else:
        condition, parameters = named("a.name", words)
        narrowed.add(condition, *parameters)
