"""Finding what looks like a record, by look-ups in indexes alone: one query, however many records there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from headhaul.accounts.likeness import POSSIBLE, Firm, Person, firms, people
from headhaul.accounts.selectors.accounts import visible
from headhaul.accounts.selectors.pages import Conditions, fetch
from headhaul.kernel import Actor

MOST = 20  # under one key: what more share says nothing
IN_AN_ACCOUNT = 500  # contacts whose names are compared


@dataclass(frozen=True, slots=True)
class Candidate:
    """A record that may be the same one."""

    id: int
    name: str
    place: str  # city and state, or the account
    score: int
    reasons: list[str]
    dot_number: int | None = None
    account_id: int | None = None


_LIMIT = f"limit {MOST}"
_BY_NAME = f"""
(select id from accounts_account where replace(name_core, ' ', '') = (select block from asked) {_LIMIT})
"""
_BY_PLACE = f"""
(select id from accounts_account where state = %(state)s
 and left(replace(name_core, ' ', ''), 5) = (select left(block, 5) from asked) {{in_town}} {_LIMIT})
union
(select id from accounts_account where state = %(state)s
 and right(replace(name_core, ' ', ''), 5) = (select right(block, 5) from asked) {{in_town}} {_LIMIT})
"""
_IN_TOWN = "and lower(city) = any(array['', lower(%(city)s::text)])"
_ACCOUNTS = """
with asked as (
    select accounts_name_core(%(name)s) as core, accounts_name_full(%(name)s) as full_name,
           accounts_name_block(%(name)s) as block
), hit as ({hits})
select a.id, a.name, a.dot_number, a.phone_key, a.domain, lower(a.email) as email, a.city, a.state,
       accounts_alike(a.name_core, asked.core) as core,
       accounts_alike(a.name_full, asked.full_name) as full_alike
from hit join accounts_account a on a.id = hit.id cross join asked
where a.id <> %(own)s and {visible}
"""


def of_account(*, name: str, firm: Firm, by: Actor, own_id: int = 0) -> list[Candidate]:
    """Accounts this actor sees that may be the named one, the likeliest first; not those with the id `own_id`."""
    hits = [
        f"(select id from accounts_account where {column} = %({key})s and {column} <> '' {_LIMIT})"
        for column, key, value in (
            ("phone_key", "phone", firm.phone),
            ("domain", "domain", firm.domain),
            ("lower(email)", "email", firm.email),
        )
        if value
    ]
    hits += [_BY_NAME] if name else []
    hits += [_BY_PLACE.format(in_town=_IN_TOWN if firm.city else "")] if name and firm.state else []
    if not hits:
        return []
    where, seen = _visible(by)
    given = {"name": name, "own": own_id, "phone": firm.phone, "domain": firm.domain, "email": firm.email} | seen
    given |= {"city": firm.city, "state": firm.state}
    rows = fetch(_ACCOUNTS.format(hits=" union ".join(hits), visible=where), given)
    return _ranked(_account(row, firm) for row in rows)


def _account(row: dict[str, Any], firm: Firm) -> Candidate:
    score, reasons = firms(firm, firm_of(row), core=row["core"], full=row["full_alike"])
    place = ", ".join(part for part in (row["city"], row["state"]) if part)
    return Candidate(row["id"], row["name"], place, score, reasons, row["dot_number"], row["id"])


def firm_of(row: dict[str, Any], end: str = "") -> Firm:
    """What is compared of an account, from a row whose columns may have an ending."""
    return Firm(
        dot_number=row[f"dot_number{end}"],
        phone=row[f"phone_key{end}"],
        domain=row[f"domain{end}"],
        email=row[f"email{end}"],
        city=row[f"city{end}"],
        state=row[f"state{end}"],
    )


_COMPANY = """
with asked as (
    select lower(%(name)s::text) as name,
           (select replace(name_core, ' ', '') from accounts_account where id = %(account)s) as company
), hit as (
    (select contact_id as id from accounts_contactemail where address = any(%(emails)s) {limit})
    union (select contact_id from accounts_contactphone where number = any(%(phones)s) {limit})
    union (select c.id from (select id, name from accounts_contact where account_id = %(account)s limit {most}) c
           where similarity(lower(c.name), lower(%(name)s)) >= 0.45)
    union (select c.id from accounts_account f join accounts_contact c on c.account_id = f.id
           where replace(f.name_core, ' ', '') = (select company from asked)
             and lower(c.name) = (select name from asked) {limit})
)
select c.id, c.name, c.account_id, a.name as account, replace(a.name_core, ' ', '') as company,
       asked.company as asked_company, lower(c.name) = asked.name as same_name,
       accounts_alike(lower(c.name), asked.name) as likeness,
       array(select address from accounts_contactemail e where e.contact_id = c.id and address = any(%(emails)s))
           as emails,
       array(select number from accounts_contactphone p where p.contact_id = c.id and number = any(%(phones)s))
           as phones
from hit join accounts_contact c on c.id = hit.id join accounts_account a on a.id = c.account_id cross join asked
where c.id <> %(own)s and {visible}
"""


def of_contact(
    *, account_id: int, name: str, emails: Sequence[str], phones: Sequence[str], by: Actor, own_id: int = 0
) -> list[Candidate]:
    """Contacts this actor sees that may be the named one, the likeliest first; not the one with the id `own_id`."""
    where, seen = _visible(by)
    given = {"name": name, "account": account_id, "own": own_id, "emails": list(emails), "phones": list(phones)}
    rows = fetch(_COMPANY.format(limit=_LIMIT, most=IN_AN_ACCOUNT, visible=where), given | seen)
    asked = Person(name=name, account_id=account_id, company=rows[0]["asked_company"] or "" if rows else "")
    return _ranked(_contact(row, asked) for row in rows)


def _contact(row: dict[str, Any], asked: Person) -> Candidate:
    score, reasons = people(
        asked,
        Person(name=row["name"], account_id=row["account_id"], company=row["company"]),
        emails=row["emails"],
        phones=row["phones"],
        likeness=row["likeness"],
        same_name=row["same_name"],
    )
    return Candidate(row["id"], row["name"], row["account"], score, reasons, account_id=row["account_id"])


def _ranked(found: Any) -> list[Candidate]:
    return sorted((one for one in found if one.score >= POSSIBLE), key=lambda one: (-one.score, one.id))


def _visible(by: Actor) -> tuple[str, dict[str, Any]]:
    """The condition on accounts `a` with its parameters by name."""
    narrowed = Conditions()
    visible(narrowed, by=by)
    clause, seen = narrowed.where, {}
    for number, value in enumerate(narrowed.parameters):
        clause = clause.replace("%s", f"%(seen{number})s", 1)
        seen[f"seen{number}"] = value
    return clause, seen
