"""The search for pairs that look like one: what changed since the last search is compared with everything, in pieces.

Every comparison is a look-up in an index, and a key that more than a few records share is passed over: a dispatch
service's number says nothing about its clients.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from headhaul.accounts.choices import MergeEntity
from headhaul.accounts.likeness import POSSIBLE, Person, Verdict, firms, people
from headhaul.accounts.models import DuplicateScan
from headhaul.accounts.selectors.likeness import IN_AN_ACCOUNT, MOST, firm_of
from headhaul.accounts.selectors.pages import fetch

PIECE = 20_000  # ids looked at in one transaction
OVERLAP = timedelta(minutes=15)  # a change may be committed later than it says
ALWAYS = datetime(1, 1, 2, tzinfo=UTC)

Beat = Callable[[str], None]

_ALIKE = f"""
select c.id as one, other.id as other from changed c
cross join lateral (
    select array_agg(few.id) as ids from (select {{found}} limit {MOST + 1}) few having count(*) <= {MOST}
) found cross join unnest(found.ids) as other(id) where {{known}} and other.id <> c.id
"""


def _keyed(column: str, key: str, extra: str = "") -> str:
    found = f"x.id from accounts_account x where {column} = c.{key}{extra}"
    return _ALIKE.format(found=found, known=f"c.{key} <> ''")


_IN_TOWN = " and x.state = c.state and lower(x.city) = c.city"
_ACCOUNTS = f"""
with changed as materialized (
    select id, name, state, lower(city) as city, phone_key, domain, lower(email) as email,
           replace(name_core, ' ', '') as block, left(replace(name_core, ' ', ''), 5) as head,
           right(replace(name_core, ' ', ''), 5) as tail
    from accounts_account t where {{some}}
), found as (
    {_keyed("x.phone_key", "phone_key", " and x.phone_key <> ''")} union
    {_keyed("x.domain", "domain", " and x.domain <> ''")} union
    {_keyed("lower(x.email)", "email", " and x.email <> ''")} union
    {_keyed("replace(x.name_core, ' ', '')", "block")} union
    {_keyed("left(replace(x.name_core, ' ', ''), 5)", "head", _IN_TOWN)} and c.state <> '' union
    {_keyed("right(replace(x.name_core, ' ', ''), 5)", "tail", _IN_TOWN)} and c.state <> ''
), pair as (select distinct least(one, other) as first_id, greatest(one, other) as second_id from found)
select p.first_id, p.second_id,
       a.dot_number, a.phone_key, a.domain, lower(a.email) as email, a.city, a.state,
       b.dot_number as dot_number_b, b.phone_key as phone_key_b, b.domain as domain_b, lower(b.email) as email_b,
       b.city as city_b, b.state as state_b,
       accounts_alike(a.name_core, b.name_core) as core,
       accounts_alike(a.name_full, b.name_full) as full_alike
from pair p join accounts_account a on a.id = p.first_id join accounts_account b on b.id = p.second_id
"""
_CONTACTS = f"""
with changed as materialized (
    select t.id, t.account_id, lower(t.name) as name, replace(a.name_core, ' ', '') as company
    from accounts_contact t join accounts_account a on a.id = t.account_id where {{some}}
), found as (
    {
    _ALIKE.format(
        found="x.contact_id as id from accounts_contactemail e join accounts_contactemail x"
        " on x.address = e.address where e.contact_id = c.id",
        known="true",
    )
} union
    {
    _ALIKE.format(
        found="x.contact_id as id from accounts_contactphone e join accounts_contactphone x"
        " on x.number = e.number where e.contact_id = c.id",
        known="true",
    )
} union
    {
    _ALIKE.format(
        found="x.id from accounts_account f join accounts_contact x on x.account_id = f.id"
        " where replace(f.name_core, ' ', '') = c.company and lower(x.name) = c.name",
        known="true",
    )
} union
    select c.id, x.id from changed c cross join lateral (
        select id, name from accounts_contact y where y.account_id = c.account_id limit {IN_AN_ACCOUNT}
    ) x where x.id <> c.id and similarity(lower(x.name), c.name) >= 0.45
), pair as (select distinct least(one, other) as first_id, greatest(one, other) as second_id from found)
select p.first_id, p.second_id, a.account_id, b.account_id as account_id_b, a.name, b.name as name_b,
       replace(f.name_core, ' ', '') as company, replace(g.name_core, ' ', '') as company_b,
       lower(a.name) = lower(b.name) as same_name, accounts_alike(lower(a.name), lower(b.name)) as likeness,
       array(select e.address from accounts_contactemail e join accounts_contactemail x on x.address = e.address
             where e.contact_id = a.id and x.contact_id = b.id order by 1) as emails,
       array(select distinct e.number from accounts_contactphone e join accounts_contactphone x on x.number = e.number
             where e.contact_id = a.id and x.contact_id = b.id order by 1) as phones
from pair p join accounts_contact a on a.id = p.first_id join accounts_contact b on b.id = p.second_id
join accounts_account f on f.id = a.account_id join accounts_account g on g.id = b.account_id
"""
_KEEP = """
with fresh as (
    select * from unnest(%(firsts)s::bigint[], %(seconds)s::bigint[], %(scores)s::smallint[], %(reasons)s::text[])
        as f(first_id, second_id, score, reasons)
), gone as (
    delete from accounts_duplicatepair p using {table} t
    where p.entity = %(entity)s and p.state = 'open' and t.id in (p.first_id, p.second_id)
      and {some}
      and (p.first_id, p.second_id) not in (select first_id, second_id from fresh)
)
insert into accounts_duplicatepair (entity, first_id, second_id, score, reasons, state, found_at)
select %(entity)s, first_id, second_id, score, reasons::jsonb, 'open', %(at)s from fresh
on conflict (entity, first_id, second_id) do update set score = excluded.score, reasons = excluded.reasons
where accounts_duplicatepair.state = 'open'
  and (accounts_duplicatepair.score, accounts_duplicatepair.reasons) is distinct from (excluded.score, excluded.reasons)
"""
_FORGET = """
delete from accounts_duplicatepair p where p.entity = %s and p.state <> 'merged'
and (select count(*) from {table} t where t.id in (p.first_id, p.second_id)) < 2
"""
_TABLES = {MergeEntity.ACCOUNT: "accounts_account", MergeEntity.CONTACT: "accounts_contact"}


_CHANGED = "t.id > %(after)s and t.id <= %(upto)s and t.updated_at >= %(since)s"
_NAMED = "t.id = any(%(ids)s)"


def _silent(_: str) -> None:
    """Nobody is watching."""


def scan(*, entity: MergeEntity, at: datetime, everything: bool = False, beat: Beat = _silent) -> DuplicateScan:
    """Bring the queue up to date. What somebody dismissed stays dismissed; a pair that is none any more leaves."""
    last = None if everything else DuplicateScan.objects.filter(entity=entity).first()
    since = last.seen_until - OVERLAP if last else ALWAYS
    compared = found = 0
    for after, upto, count in _pieces(entity, since):
        with transaction.atomic():
            found += _renew(entity, _CHANGED, {"after": after, "upto": upto, "since": since}, at=at)
        compared += count
        beat(f"{found:,} pairs among {compared:,} that changed")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_FORGET.format(table=_TABLES[entity]), [entity.value])
        state = {"seen_until": at, "finished_at": at, "compared": compared, "found": found}
        done, _ = DuplicateScan.objects.update_or_create(entity=entity.value, defaults=state)
    return done


def scan_some(*, entity: MergeEntity, ids: Sequence[int], at: datetime) -> None:
    """Bring the pairs of a few records up to date at once."""
    if ids:
        _renew(entity, _NAMED, {"ids": list(ids)}, at=at)


def _pieces(entity: MergeEntity, since: datetime) -> Iterator[tuple[int, int, int]]:
    """Ranges of ids, each with at most PIECE records that changed, and how many they are."""
    step = (
        f"select max(id) as upto, count(*) as n from (select id from {_TABLES[entity]} where id > %s"
        f" and updated_at >= %s order by id limit {PIECE}) piece"
    )
    after = 0
    while (piece := fetch(step, [after, since])[0])["n"]:
        yield after, piece["upto"], piece["n"]
        after = piece["upto"]


def _renew(entity: MergeEntity, some: str, given: dict[str, Any], *, at: datetime) -> int:
    """Compare some records with all, and make their pairs what was found; how many that is."""
    sql, judged = (_ACCOUNTS, _judged_accounts) if entity is MergeEntity.ACCOUNT else (_CONTACTS, _judged_contacts)
    found = [(row["first_id"], row["second_id"], judged(row)) for row in fetch(sql.format(some=some), given)]
    pairs = [pair for pair in found if pair[2].score >= POSSIBLE]
    kept = {
        "entity": entity.value,
        "firsts": [first for first, _, _ in pairs],
        "seconds": [second for _, second, _ in pairs],
        "scores": [verdict.score for _, _, verdict in pairs],
        "reasons": [json.dumps(verdict.reasons) for _, _, verdict in pairs],
        "at": at,
    }
    with connection.cursor() as cursor:
        cursor.execute(_KEEP.format(table=_TABLES[entity], some=some), given | kept)
    return len(pairs)


def _judged_accounts(row: dict[str, Any]) -> Verdict:
    return firms(firm_of(row), firm_of(row, "_b"), core=row["core"], full=row["full_alike"])


def _judged_contacts(row: dict[str, Any]) -> Verdict:
    return people(
        Person(name=row["name"], account_id=row["account_id"], company=row["company"]),
        Person(name=row["name_b"], account_id=row["account_id_b"], company=row["company_b"]),
        emails=row["emails"],
        phones=row["phones"],
        likeness=row["likeness"],
        same_name=row["same_name"],
    )
