"""Finding an account, a contact or a carrier: by number, name, telephone, e-mail or domain, as the words look."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from headhaul.accounts.schemas.accounts import Hit, Search, SearchResult
from headhaul.accounts.selectors import searching_contacts
from headhaul.accounts.selectors.accounts import literal, visible
from headhaul.accounts.selectors.pages import Conditions, fetch
from headhaul.accounts.selectors.words import SHORT, address_in, any_order, close_to, may_be_misspelt, within_typos
from headhaul.kernel import Actor
from headhaul.kernel.addresses import domain_of
from headhaul.kernel.schemas import MAX_DOT_NUMBER

CANDIDATES = 200  # names are ranked among the first so many: a common word has a hundred thousand

LAST = "\U0010fffd"  # sorts behind every letter

_ACCOUNTS = """
with hit as ({hits})
select hit.*, x.score_hundredths from hit join accounts_accountscore x on x.account_id = hit.id
order by {exact}, x.rank desc, hit.id limit %s
"""
_ACCOUNT = """
    (select a.id, a.dot_number, a.name, a.city, a.state, a.segment
     from accounts_account a where {condition} limit %s)
"""
_CARRIERS = """
with hit as ({hits})
select hit.dot_number, coalesce(nullif(hit.dba_name, ''), hit.legal_name) as name, hit.phy_city as city,
       hit.phy_state as state, hit.segment, s.score_hundredths
from hit
left join carriers_signal s
    on s.day = (select day from carriers_signalday where is_current) and s.dot_number = hit.dot_number
where not exists (select 1 from accounts_account a where a.dot_number = hit.dot_number)
order by {exact}, s.score_hundredths desc nulls last, hit.dot_number limit %s
"""


_CARRIER = """
    (select c.dot_number, c.legal_name, c.dba_name, c.phy_city, c.phy_state, c.segment
     from carriers_carrier c where {condition} limit %s)
"""


@dataclass(frozen=True, slots=True)
class Place:
    """Where to look: the query, one look into the table, and what they call the number and the names."""

    sql: str
    look: str
    number: str
    whole: str  # what the trigram index is over
    shown: str  # the name of a hit
    beginning: str  # what an ordered index is over; "" where there is none


ACCOUNTS = Place(_ACCOUNTS, _ACCOUNT, "a.dot_number", "a.name", "hit.name", "lower(a.name)")
CARRIERS = Place(
    _CARRIERS,
    _CARRIER,
    "c.dot_number",
    "(c.legal_name || ' ' || c.dba_name)",
    "coalesce(nullif(hit.dba_name, ''), hit.legal_name)",
    "",
)


def search(*, asked: Search, by: Actor) -> SearchResult:
    """Accounts first, then contacts, then carriers without an account; what is exactly or begins with the words leads.

    Words that can only be an address are looked up as one, in one query. What nothing is called may be a typo.
    """
    seen = Conditions()
    visible(seen, by=by)
    if key := address_in(asked.q):
        return SearchResult(items=[_hit(row["kind"], row["id"], row) for row in _of_address(key, asked.limit, seen)])
    items = _called(asked, seen)
    if not items and may_be_misspelt(asked.q):
        items = _nearly(asked, seen)
        return SearchResult(items=items, is_close=bool(items))
    return SearchResult(items=items)


def _called(asked: Search, seen: Conditions) -> list[Hit]:
    contacts = searching_contacts.named(asked.q, asked.limit, seen)
    return _laid_out(
        _find(ACCOUNTS, asked, seen), contacts, lambda: _find(CARRIERS, asked, Conditions()), limit=asked.limit
    )


def _nearly(asked: Search, seen: Conditions) -> list[Hit]:
    """What is called nearly so, in the order of `_called`, each kind by how near it is."""
    near = "word_similarity(%s, {}) desc".format

    def among(place: Place, scope: Conditions) -> list[dict[str, Any]]:
        look = Look(*close_to(place.whole, asked.q), order=near(place.whole), ordered_by=[asked.q])
        return _ask(place, scope, [look], near(place.shown), [asked.q], asked.limit)

    with within_typos():
        contacts = searching_contacts.nearly(asked.q, asked.limit, seen)
        return _laid_out(among(ACCOUNTS, seen), contacts, lambda: among(CARRIERS, Conditions()), limit=asked.limit)


Found = list[dict[str, Any]]


def _laid_out(accounts: Found, contacts: Found, carriers: Callable[[], Found], *, limit: int) -> list[Hit]:
    """Accounts, then contacts; carriers only where there is room. People are not crowded out by companies."""
    room = max(limit - min(len(contacts), limit // 3), limit - len(contacts))
    items = [_hit("account", row["id"], row) for row in accounts[:room]]
    items += [_hit("contact", row["id"], row) for row in contacts[: limit - len(items)]]
    if len(items) < limit:
        items += [_hit("carrier", row["dot_number"], row) for row in carriers()]
    return items[:limit]


def _of_address(key: tuple[str, str], limit: int, seen: Conditions) -> list[dict[str, Any]]:
    found = searching_contacts.addressed(*key, limit=limit, seen=seen)
    kind, word = key
    if found or kind != "email":
        return found
    return searching_contacts.addressed("domain", domain_of(word), limit=limit, seen=seen) if domain_of(word) else []


def _find(place: Place, asked: Search, seen: Conditions) -> list[dict[str, Any]]:
    """By number where it can be one, else or besides by name."""
    found: list[dict[str, Any]] = []
    if asked.q.isascii() and asked.q.isdigit() and int(asked.q) <= MAX_DOT_NUMBER:
        ranges = starting_with(int(asked.q))
        condition = " or ".join(f"{place.number} between {first} and {last}" for first, last in ranges)
        found = _ask(place, seen, [Look(condition, [])], "hit.dot_number <> %s", [asked.q], asked.limit)
    first, start = asked.q.lower(), f"{literal(asked.q)}%"
    exact = f"(lower({place.shown}) = %s) is not true, ({place.shown} ilike %s) is not true"
    looks: list[Look] = []
    if place.beginning:  # apart and in order, so that the name itself is among them however many hold the words
        begins = f"{place.beginning} >= %s and {place.beginning} < %s"
        looks.append(Look(begins, [first, first + LAST], order=place.beginning))
    if len(asked.q) >= SHORT:
        looks.append(Look(f"{place.whole} ilike %s", [f"%{start}"]))
        known = {row["dot_number"] for row in found}
        named = _ask(place, seen, looks, exact, [first, start], asked.limit)
        found += [row for row in named if not known or row["dot_number"] not in known]
    elif looks and not found:
        found = _ask(place, seen, looks, exact, [first, start], asked.limit)
    if len(found) < asked.limit and len(asked.q.split()) > 1:  # those that have the words together lead
        anyhow = [Look(*any_order(place.whole, asked.q))]
        more = _ask(place, seen, anyhow, exact, [first, start], asked.limit + len(found))
        found += [row for row in more if row not in found]
    return found[: asked.limit]


@dataclass(frozen=True, slots=True)
class Look:
    """A condition with its parameters; `CANDIDATES` rows that meet it are taken, the first of an order if named."""

    condition: str
    given: list[str]
    order: str = ""
    ordered_by: list[str] = field(default_factory=list)


def _ask(
    place: Place, seen: Conditions, looks: list[Look], exact: str, ranked_by: list[str], limit: int
) -> list[dict[str, Any]]:
    parts, parameters = [], []
    for look in looks:
        ordered = f" order by {look.order}" if look.order else ""
        parts.append(place.look.format(condition=f"({look.condition}) and {seen.where}{ordered}"))
        parameters += [*look.given, *seen.parameters, *look.ordered_by, CANDIDATES]
    sql = place.sql.format(hits=" union ".join(parts), exact=exact)
    return fetch(sql, [*parameters, *ranked_by, limit])


def starting_with(digits: int) -> list[tuple[int, int]]:
    """The ranges of USDOT numbers whose decimal form begins with these digits, shortest first."""
    ranges, first, last = [], digits, digits
    while first and first <= MAX_DOT_NUMBER:
        ranges.append((first, min(last, MAX_DOT_NUMBER)))
        first, last = first * 10, last * 10 + 9
    return ranges or [(0, 0)]


def _hit(kind: str, key: int, row: dict[str, Any]) -> Hit:
    hundredths = row["score_hundredths"]
    return Hit.model_validate(
        {
            "kind": kind,
            "id": key,
            "dot_number": row["dot_number"],
            "name": row["name"],
            "place": ", ".join(part for part in (row["city"], row["state"]) if part),
            "segment": row["segment"],
            "score": None if hundredths is None else hundredths / 100,
            "account_id": row.get("account_id") or (key if kind == "account" else None),
            "account_name": row.get("account_name", ""),
            "detail": row.get("detail", ""),
        }
    )
