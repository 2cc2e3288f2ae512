"""The queue of pairs that look like one, each with what both know about themselves."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from headhaul.accounts.choices import MergeEntity
from headhaul.accounts.models import DuplicateScan
from headhaul.accounts.schemas.duplicates import Compared, DuplicatesPage, ListDuplicates, PairRow, Side
from headhaul.accounts.selectors.pages import Conditions, Sort, fetch, page
from headhaul.accounts.visibility import scope_of
from headhaul.kernel import Actor, NotFound

_BEST = Sort("score", ("p.score", "p.id"), (int, int), lambda row: [row["score"], row["id"]])
_FACTS = {
    MergeEntity.ACCOUNT: (
        "dotNumber", "phone", "website", "email", "street", "city", "state", "zip", "status", "owner", "trucks",
        "contacts",
    ),
    MergeEntity.CONTACT: ("account", "title", "role", "emails", "phones", "decisionMaker", "timezone"),
}  # fmt: skip
_SIDES = {
    MergeEntity.ACCOUNT: """
        {side}.id as {end}_id, {side}.id as {end}_account_id, {side}.name as {end}_name,
        {side}.version as {end}_version, {side}.created_at as {end}_created_at, {side}.dot_number as {end}_dot,
        concat_ws(', ', nullif({side}.city, ''), nullif({side}.state, '')) as {end}_place,
        jsonb_build_object('dotNumber', {side}.dot_number, 'phone', {side}.phone, 'website', {side}.website,
            'email', {side}.email, 'street', {side}.street, 'city', {side}.city, 'state', {side}.state,
            'zip', {side}.zip, 'status', {side}.status, 'trucks', {side}.fleet_size,
            'owner', (select coalesce(nullif(u.name, ''), u.email) from security_user u where u.id = {side}.owner_id),
            'contacts', nullif((select count(*) from accounts_contact c where c.account_id = {side}.id), 0)
        )::text as {end}_facts""",
    MergeEntity.CONTACT: """
        {side}.id as {end}_id, {side}.account_id as {end}_account_id, {side}.name as {end}_name,
        {side}.version as {end}_version, {side}.created_at as {end}_created_at, null::int as {end}_dot,
        {account}.name as {end}_place,
        jsonb_build_object('account', {account}.name, 'title', {side}.title, 'role', nullif({side}.role, 'unknown'),
            'decisionMaker', case when {side}.is_decision_maker then 'yes' end, 'timezone', {side}.timezone,
            'emails', (select string_agg(e.address, ', ' order by e.address) from accounts_contactemail e
                       where e.contact_id = {side}.id),
            'phones', (select string_agg(n.number, ', ' order by n.number) from accounts_contactphone n
                       where n.contact_id = {side}.id)
        )::text as {end}_facts""",
}
_SOURCES = {
    MergeEntity.ACCOUNT: "accounts_duplicatepair p join accounts_account a on a.id = p.first_id"
    " join accounts_account b on b.id = p.second_id",
    MergeEntity.CONTACT: "accounts_duplicatepair p join accounts_contact k on k.id = p.first_id"
    " join accounts_contact l on l.id = p.second_id join accounts_account a on a.id = k.account_id"
    " join accounts_account b on b.id = l.account_id",
}


def list_page(*, asked: ListDuplicates, by: Actor) -> DuplicatesPage:
    """A page of the pairs of which this actor sees both, the likeliest first."""
    narrowed = _seen(by)
    narrowed.add("p.entity = %s and p.state = %s", str(asked.entity), str(asked.state))
    if asked.min_score:
        narrowed.add("p.score >= %s", asked.min_score)
    own = asked.account_id if asked.entity is MergeEntity.ACCOUNT else asked.contact_id
    if own is not None:
        narrowed.add("(p.first_id = %s or p.second_id = %s)", own, own)
    found = page(
        columns=_columns(asked.entity),
        source=_SOURCES[asked.entity],
        counted_in=_SOURCES[asked.entity],
        conditions=narrowed,
        sort=_BEST,
        cursor=asked.cursor,
        limit=asked.limit,
    )
    return DuplicatesPage(
        items=[_row(row, asked.entity) for row in found.rows],
        next_cursor=found.next_cursor,
        total=found.total,
        total_is_exact=found.total_is_exact,
        scanned_at=_scanned_at(asked.entity),
    )


def pairs(pair_ids: list[int], *, entity: MergeEntity, by: Actor) -> list[PairRow]:
    """The pairs with these ids of which this actor sees both, the likeliest first."""
    narrowed = _seen(by)
    narrowed.add("p.entity = %s and p.id = any(%s)", str(entity), pair_ids)
    sql = f"select {_columns(entity)} from {_SOURCES[entity]} where {narrowed.where} order by {_BEST.order_by}"
    return [_row(row, entity) for row in fetch(sql, narrowed.parameters)]


def check_pair_is_seen(pair_id: int, *, by: Actor) -> None:
    """Raise NotFound unless the actor sees both records of the pair."""
    narrowed = _seen(by)
    narrowed.add("p.id = %s", pair_id)
    asked = [f"select 1 from {source} where p.entity = '{entity}' and {narrowed.where}"
             for entity, source in _SOURCES.items()]  # fmt: skip
    if not fetch(" union all ".join(asked), narrowed.parameters * len(asked)):
        raise NotFound("There is no such pair; one of the two may be gone.")


def _seen(by: Actor) -> Conditions:
    narrowed, scope = Conditions(), scope_of(by)
    if not scope.is_all:
        for alias in ("a", "b"):
            condition, parameters = scope.condition(alias)
            narrowed.add(condition, *parameters)
    return narrowed


def _columns(entity: MergeEntity) -> str:
    first, second = ("a", "b") if entity is MergeEntity.ACCOUNT else ("k", "l")
    sides = (
        _SIDES[entity].format(side=first, account="a", end="first"),
        _SIDES[entity].format(side=second, account="b", end="second"),
    )
    return "p.id, p.score, p.reasons, p.state, p.found_at, " + ", ".join(sides)


def _row(row: dict[str, Any], entity: MergeEntity) -> PairRow:
    known = [json.loads(row[f"{end}_facts"]) for end in ("first", "second")]
    texts = [{name: _text(facts[name]) for name in _FACTS[entity]} for facts in known]
    facts = [
        Compared(
            field=name,
            first=texts[0][name],
            second=texts[1][name],
            differs=_differs(name, texts[0][name], texts[1][name]),
        )
        for name in _FACTS[entity]
        if texts[0][name] or texts[1][name]
    ]
    first, second = _side(row, "first"), _side(row, "second")
    return PairRow(
        id=row["id"],
        entity=entity,
        score=row["score"],
        reasons=json.loads(row["reasons"]),
        state=row["state"],
        found_at=row["found_at"],
        first=first,
        second=second,
        facts=facts,
        suggested_winner_id=_winner(first, second, texts),
    )


def _differs(name: str, first: str, second: str) -> bool:
    """Two values, not one and nothing; how many contacts there are contradicts nothing."""
    return bool(first and second) and name != "contacts" and first.strip().lower() != second.strip().lower()


def _side(row: dict[str, Any], end: str) -> Side:
    names = {"id": "id", "account_id": "account_id", "name": "name", "place": "place", "dot_number": "dot"}
    names |= {"version": "version", "created_at": "created_at"}
    return Side(**{name: row[f"{end}_{column}"] for name, column in names.items()})


def _winner(first: Side, second: Side, texts: list[dict[str, str]]) -> int:
    """Clients before others, then who has a USDOT number, then who knows more, then who was there first."""

    def weight(side: Side, facts: dict[str, str]) -> tuple[bool, bool, int, float, int]:
        filled = sum(1 for text in facts.values() if text)
        is_client = facts.get("status") == "client"
        return is_client, side.dot_number is not None, filled, -side.created_at.timestamp(), -side.id

    return max(zip((first, second), texts, strict=True), key=lambda pair: weight(*pair))[0].id


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _scanned_at(entity: MergeEntity) -> datetime | None:
    return DuplicateScan.objects.filter(entity=entity).values_list("finished_at", flat=True).first()
