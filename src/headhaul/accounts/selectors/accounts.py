"""Reading accounts: one, or a page of them in an order that stays fast at a million rows."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import EmptyResultSet

from headhaul.accounts.choices import EQUIPMENT_TAG, AccountSource
from headhaul.accounts.models import Account
from headhaul.accounts.schemas import (
    AccountDetail,
    AccountFilters,
    AccountRow,
    AccountsPage,
    Change,
    ListAccounts,
    Owner,
)
from headhaul.accounts.selectors.pages import Conditions, Sort, fetch, page
from headhaul.carriers.choices import Level
from headhaul.kernel import Actor, NotFound

NEW_FOR = timedelta(days=7)

_COLUMNS = """
    a.id, a.version, a.dot_number, a.name, a.status, a.segment, a.region, a.state, a.city, a.phone,
    a.fleet_size, a.fleet_source, a.owner_id, a.source, a.opened_on, a.created_at, a.updated_at,
    coalesce(nullif(u.name, ''), u.email) as owner_name,
    x.rank, x.score_hundredths, x.driver_count, x.urgency, x.confidence, coalesce(x.is_spike, false) as is_spike,
    array(select t.tag from accounts_accounttag t where t.account_id = a.id order by t.tag) as tags
"""
_OF_ONE = "a.website, a.fleet_as_of, a.opening_score_hundredths, a.enriched_at, x.day as signal_day"
_SCORED = "accounts_account a join accounts_accountscore x on x.account_id = a.id"
_SOURCE = f"{_SCORED} left join security_user u on u.id = a.owner_id"
_CHANGES = """
select c.field, c.old, c.new, c.valid_from as at, coalesce(nullif(u.name, ''), u.email, 'Headhaul') as by
from accounts_fieldchange c left join security_user u on u.id = c.changed_by_id
where c.account_id = %s order by c.recorded_at desc, c.id desc limit 20
"""
_SORTS = {
    "score": Sort("score", ("x.rank", "x.account_id"), (int, int), lambda row: [row["rank"], row["id"]]),
    "newest": Sort("newest", ("a.created_at", "a.id"), (datetime, int), lambda row: [row["created_at"], row["id"]]),
    "name": Sort(
        "name",
        ("lower(a.name)", "a.id"),
        (str, int),
        lambda row: [row["sort_name"], row["id"]],
        descending=False,
    ),
}


def list_page(*, asked: ListAccounts, by: Actor, at: datetime) -> AccountsPage:
    """A page of the accounts this actor may see."""
    found = page(
        columns=f"{_COLUMNS}, lower(a.name) as sort_name" if asked.sort == "name" else _COLUMNS,
        source=_SOURCE,
        counted_in="accounts_account a" if asked.min_score is None else _SCORED,
        conditions=_conditions(asked, by=by),
        sort=_SORTS[asked.sort],
        cursor=asked.cursor,
        limit=asked.limit,
    )
    return AccountsPage(
        items=[AccountRow(**_fields(row, at=at)) for row in found.rows],
        next_cursor=found.next_cursor,
        total=found.total,
        total_is_exact=found.total_is_exact,
    )


def row(*, account_id: int, at: datetime) -> AccountRow:
    """One account as lists show it."""
    narrowed = Conditions()
    narrowed.add("a.id = %s", account_id)
    return AccountRow(**_fields(_one(_COLUMNS, narrowed), at=at))


def detail(*, account_id: int | None = None, dot_number: int | None = None, by: Actor, at: datetime) -> AccountDetail:
    """One account, by id or USDOT number, with its latest changes."""
    narrowed = Conditions()
    visible(narrowed, by=by)
    if account_id is not None:
        narrowed.add("a.id = %s", account_id)
    else:
        narrowed.add("a.dot_number = %s", dot_number)
    found = _one(f"{_COLUMNS}, {_OF_ONE}", narrowed)
    return AccountDetail(
        **_fields(found, at=at),
        website=found["website"],
        fleet_as_of=found["fleet_as_of"],
        opening_score=_score(found["opening_score_hundredths"]),
        enriched_at=found["enriched_at"],
        signal_day=found["signal_day"],
        changes=_changes(found["id"]),
    )


def _one(columns: str, narrowed: Conditions) -> dict[str, Any]:
    rows = fetch(f"select {columns} from {_SOURCE} where {narrowed.where}", narrowed.parameters)
    if not rows:
        raise NotFound("There is no such account.")
    return rows[0]


def _changes(account_id: int) -> list[Change]:
    found = fetch(_CHANGES, [account_id])
    return [Change(**{**each, "old": _json(each["old"]), "new": _json(each["new"])}) for each in found]


def _json(text: str | None) -> Any:
    return None if text is None else json.loads(text)


def visible(narrowed: Conditions, *, by: Actor) -> None:
    """Hand-written SQL sees what the query set's own rule lets through."""
    seen = Account.objects.visible_to(by)
    if seen.query.where:
        try:
            sql, parameters = seen.values("pk").query.sql_with_params()
            narrowed.add(f"a.id in ({sql})", *parameters)
        except EmptyResultSet:
            narrowed.add("false")


def _conditions(asked: AccountFilters, *, by: Actor) -> Conditions:
    narrowed = Conditions()
    visible(narrowed, by=by)
    for column, words in (("a.status", asked.status), ("a.segment", asked.segment)):
        if words:
            narrowed.add(f"{column} = any(%s)", [str(word) for word in words])
    for column, word in (("a.state", asked.state), ("a.region", asked.region), ("a.source", asked.source)):
        if word:
            narrowed.add(f"{column} = %s", str(word))
    _of_owner(narrowed, asked.owner, by=by)
    for tag in (asked.tag.lower(), EQUIPMENT_TAG + asked.equipment if asked.equipment else ""):
        if tag:
            narrowed.add("exists (select 1 from accounts_accounttag t where t.account_id = a.id and t.tag = %s)", tag)
    if asked.min_score is not None:
        narrowed.add("x.rank >= %s", round(asked.min_score * 100))
    if asked.created_since:
        narrowed.add("a.created_at >= %s", asked.created_since)
    if asked.q:
        _named(narrowed, asked.q)
    return narrowed


def _of_owner(narrowed: Conditions, owner: str | int | None, *, by: Actor) -> None:
    if owner == "none":
        narrowed.add("a.owner_id is null")
    elif owner is not None:
        narrowed.add("a.owner_id = %s", by.user_id if owner == "me" else owner)


def _named(narrowed: Conditions, words: str) -> None:
    if words.isascii() and words.isdigit() and len(words) <= 8:
        narrowed.add("a.dot_number = %s", int(words))
    else:
        narrowed.add("a.name ilike %s", f"%{literal(words)}%")


def literal(words: str) -> str:
    """Text in which LIKE finds nothing but itself."""
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _score(hundredths: int | None) -> float | None:
    return None if hundredths is None else hundredths / 100


_LEVELS: dict[int | None, str | None] = {None: None} | {level.value: level.code for level in Level}


_KEPT = (
    "id", "version", "dot_number", "name", "status", "segment", "region", "state", "city", "phone",
    "fleet_size", "fleet_source", "source", "tags", "driver_count", "is_spike", "opened_on",
    "created_at", "updated_at",
)  # fmt: skip


def _fields(row: dict[str, Any], *, at: datetime) -> dict[str, Any]:
    return {name: row[name] for name in _KEPT} | {
        "owner": Owner(id=row["owner_id"], name=row["owner_name"]) if row["owner_id"] else None,
        "score": _score(row["score_hundredths"]),
        "urgency": _LEVELS[row["urgency"]],
        "confidence": _LEVELS[row["confidence"]],
        "is_new_this_week": row["source"] == AccountSource.AUTO_PROSPECTED and row["created_at"] > at - NEW_FOR,
    }
