"""Reading a page of the timeline in one query: a short index-backed list from every source, merged and cut."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from headhaul.accounts.selectors.pages import fetch
from headhaul.accounts.visibility import scope_of
from headhaul.activities import ports
from headhaul.activities.errors import ContactGone
from headhaul.activities.ports import Branch, Source, Wanted
from headhaul.activities.schemas.timeline import GetTimeline, TimelineEntry, TimelinePage
from headhaul.kernel import Actor, InvalidData, NotFound, Role
from headhaul.kernel.keyset import decode_cursor, encode_cursor

SORT = "timeline"
_ABOVE_ALL = 2**63 - 1

Position = tuple[datetime, str, int]


def timeline(*, asked: GetTimeline, by: Actor) -> TimelinePage:
    """The page after the cursor. Entries of one instant stand by source, then newest row first."""
    wanted = _wanted(asked, by=by)
    position = _position(asked.cursor)
    chosen = _chosen(wanted)
    rows = _rows(chosen, wanted, position, limit=asked.limit + 1)
    shown = rows[: asked.limit]
    last = shown[-1] if shown else None
    more = len(rows) > len(shown) and last is not None
    return TimelinePage(
        items=[_entry(row, by=by) for row in shown],
        next_cursor=encode_cursor(SORT, [last["at"], last["source"], last["id"]]) if more and last else None,
        kinds=sorted(_all_kinds()),
    )


def _wanted(asked: GetTimeline, *, by: Actor) -> Wanted:
    if unknown := set(asked.kinds) - _all_kinds():
        known = ", ".join(sorted(_all_kinds()))
        raise InvalidData(f"No entries are called {', '.join(sorted(unknown))}.", fields={"kinds": known})
    return Wanted(
        account_id=_account(asked, by=by),
        contact_id=asked.contact_id,
        opportunity_id=asked.opportunity_id,
        kinds=frozenset(asked.kinds),
        user_id=asked.user_id,
        since=asked.since,
        until=asked.until,
        text=asked.text.strip(),
        is_manager=by.role is not None and by.role.allows(Role.MANAGER),
    )


def _account(asked: GetTimeline, *, by: Actor) -> int | None:
    """The account whose entries are read, which the actor sees; for an opportunity the pipeline says so."""
    if asked.opportunity_id is not None:
        return ports.opportunities().account_of(asked.opportunity_id, by=by)
    if asked.account_id is None and asked.contact_id is None:
        raise InvalidData("Say whose: accountId, contactId or opportunityId.", fields={"accountId": "missing"})
    condition, parameters = scope_of(by).condition("a")
    of_contact = "select account_id from accounts_contact where id = %s"
    found = fetch(
        f"select a.id, ({of_contact}) as contact_at from accounts_account a"
        f" where a.id = coalesce(%s::bigint, ({of_contact})) and {condition}",
        [asked.contact_id, asked.account_id, asked.contact_id, *parameters],
    )
    if not found and asked.account_id is not None:
        raise NotFound("There is no such account.", fields={"accountId": "unknown"})
    if not found or (asked.contact_id is not None and found[0]["contact_at"] != found[0]["id"]):
        raise ContactGone(
            "There is no such contact at this account: it was removed, moved or merged.",
            fields={"contactId": "unknown"},
        )
    return int(found[0]["id"])


def _all_kinds() -> set[str]:
    return {kind for source in ports.sources() for kind in source.kinds}


def _position(cursor: str | None) -> Position | None:
    if not cursor:
        return None
    at, name, key = decode_cursor(cursor, sort=SORT, types=(datetime, str, int))
    if None in (at, name, key) or at.tzinfo is None or not 1900 < at.year < 9000:
        raise InvalidData("This cursor does not belong to this list.", fields={"cursor": "start again"})
    return at, name, key


def _chosen(wanted: Wanted) -> list[tuple[Source, Branch]]:
    asked = [source for source in ports.sources() if not wanted.kinds or source.kinds & wanted.kinds]
    found = [(source, source.branch(wanted)) for source in asked]
    return [(source, branch) for source, branch in found if branch is not None]


def _rows(
    chosen: list[tuple[Source, Branch]], wanted: Wanted, position: Position | None, *, limit: int
) -> list[dict[str, Any]]:
    if not chosen:
        return []
    parts, parameters = [], []
    for source, branch in chosen:
        sql, given = _part(source.name, branch, wanted, position, limit=limit)
        parts.append(f"({sql})")
        parameters += given
    shown, shown_parameters = [], []
    for source, _ in chosen:
        sql, given = source.detail(wanted)
        shown.append(f"when '{source.name}' then ({sql})")
        shown_parameters += given
    union = f"select * from ({' union all '.join(parts)}) u order by u.at desc, u.source, u.id desc limit %s"
    found = fetch(
        f"select k.at, k.source, k.id, (case k.source {' '.join(shown)} end)::text as shown"
        f" from ({union}) k order by k.at desc, k.source, k.id desc",
        [*shown_parameters, *parameters, limit],
    )
    return [row | {"shown": json.loads(row["shown"])} for row in found if row["shown"] is not None]


def _part(name: str, branch: Branch, wanted: Wanted, position: Position | None, *, limit: int) -> tuple[str, list[Any]]:
    """One source's newest rows before the position."""
    where, parameters = list(branch.where), list(branch.parameters)
    if position is not None:
        at, at_name, key = position
        below = key if name == at_name else _ABOVE_ALL if name > at_name else 0
        where.append(f"({branch.at}, {branch.id}) < (%s, %s)")
        parameters += [at, below]
    for sign, bound in ((">=", wanted.since), ("<", wanted.until)):
        if bound is not None:
            where.append(f"{branch.at} {sign} %s")
            parameters.append(bound)
    sql = (
        f"select {branch.at} as at, '{name}'::text collate \"C\" as source, {branch.id} as id"
        f" from {branch.table} where {' and '.join(where)} order by {branch.at} desc, {branch.id} desc limit %s"
    )
    return sql, [*parameters, limit]


def _entry(row: dict[str, Any], *, by: Actor) -> TimelineEntry:
    source = next(each for each in ports.sources() if each.name == row["source"])
    return TimelineEntry(id=f"{row['source']}:{row['id']}", at=row["at"], **source.entry(row["shown"], by=by))
