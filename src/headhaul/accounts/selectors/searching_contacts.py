"""Finding people by name, and people and companies by an address."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from headhaul.accounts.selectors.accounts import literal
from headhaul.accounts.selectors.pages import Conditions, fetch
from headhaul.accounts.selectors.words import any_order, close_to

CANDIDATES = 200
_JUST_SO = "(lower(hit.name) = %s) is not true, (hit.name ilike %s) is not true, "
_NEAREST = " order by word_similarity(%s, c.name) desc"

_NAMED = """
with hit as ({hits})
select hit.id, hit.name, hit.title as detail, hit.account_id, a.name as account_name, a.dot_number, a.city, a.state,
       a.segment, null::smallint as score_hundredths
from hit join accounts_account a on a.id = hit.account_id
order by {order}lower(hit.name), hit.id limit %s
"""
_HITS = """
    (select c.id, c.name, c.title, c.account_id from accounts_contact c
     {joined} where {condition} and c.erased_at is null and {seen}{order} limit %s)
"""
_COLUMNS = "a.dot_number, a.city, a.state, a.segment, x.score_hundredths"
_ACCOUNT = f"""
    select 'account' as kind, 0 as place, a.id, a.name, a.id as account_id, '' as account_name, {{detail}} as detail,
           x.rank, {_COLUMNS}
    from accounts_account a join accounts_accountscore x on x.account_id = a.id
    where {{condition}} and {{seen}}
"""
_CONTACT = f"""
    select 'contact' as kind, 1 as place, c.id, c.name, a.id, a.name, {{detail}}, x.rank, {_COLUMNS}
    from {{table}} l join accounts_contact c on c.id = l.contact_id join accounts_account a on a.id = c.account_id
    join accounts_accountscore x on x.account_id = a.id
    where {{condition}} and {{seen}}
"""
_PARTS = {
    "phone": (("a.phone", "a.phone_key = %s and a.phone_key <> ''"),
              ("accounts_contactphone", "l.number", "l.number = %s")),
    "email": (("a.email", "lower(a.email) = %s and a.email <> ''"),
              ("accounts_contactemail", "l.address", "l.address = %s")),
    "domain": (("a.domain", "a.domain = %s and a.domain <> ''"), None),
}  # fmt: skip


def named(words: str, limit: int, seen: Conditions) -> list[dict[str, Any]]:
    """People whose name has the words; short ones by its beginning. Whoever is called just so comes first."""
    first, start = words.lower(), f"{literal(words)}%"
    looks = [("lower(c.name) >= %s and lower(c.name) < %s", [first, first + "\U0010fffd"], " order by lower(c.name)")]
    if len(words) >= 3:
        looks.append(("c.name ilike %s", [f"%{start}"], ""))
    found = _ask(looks, seen, _JUST_SO, [first, start], limit)
    if len(found) < limit and len(words.split()) > 1:  # those that have the words together lead
        condition, given = any_order("c.name", words)
        more = _ask([(condition, given, "")], seen, _JUST_SO, [first, start], limit + len(found))
        found += [row for row in more if row not in found]
    return found[:limit]


def nearly(words: str, limit: int, seen: Conditions) -> list[dict[str, Any]]:
    """People whose name comes close to the words, the nearest first; to be asked `within_typos`."""
    condition, given = close_to("c.name", words)
    return _ask([(condition, given, _NEAREST)], seen, "word_similarity(%s, hit.name) desc, ", [words], limit, [words])


def _ask(
    looks: list[tuple[str, list[str], str]],
    seen: Conditions,
    order: str,
    ranked_by: list[str],
    limit: int,
    ordered_by: Sequence[str] = (),
) -> list[dict[str, Any]]:
    joined = "join accounts_account a on a.id = c.account_id" if seen.clauses else ""
    parts = [_HITS.format(joined=joined, condition=each, seen=seen.where, order=first) for each, _, first in looks]
    parameters = [value for _, given, _ in looks for value in (*given, *seen.parameters, *ordered_by, CANDIDATES)]
    return fetch(_NAMED.format(hits=" union ".join(parts), order=order), [*parameters, *ranked_by, limit])


def addressed(kind: str, key: str, *, limit: int, seen: Conditions) -> list[dict[str, Any]]:
    """Accounts, then contacts, that have the address."""
    (detail, condition), people = _PARTS[kind]
    sql = _ACCOUNT.format(detail=detail, condition=condition, seen=seen.where)
    parameters: list[Any] = [key, *seen.parameters]
    if people is not None:
        table, detail, condition = people
        sql += " union all " + _CONTACT.format(table=table, detail=detail, condition=condition, seen=seen.where)
        parameters += [key, *seen.parameters]
    return fetch(f"{sql} order by place, rank desc, id limit %s", [*parameters, limit])
