"""Value history: who changed what, from what to what, by which door; newest first, page by page."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from headhaul.accounts.schemas.accounts import Change, ChangesPage, GetChanges
from headhaul.accounts.selectors.accounts import visible
from headhaul.accounts.selectors.pages import Conditions, Sort, fetch, page
from headhaul.kernel import Actor, InvalidData, NotFound

_COLUMNS = """
    f.id, f.field, f.old::text as old, f.new::text as new, f.valid_from as at, f.recorded_at, f.source, f.contact_id,
    coalesce(nullif(u.name, ''), u.email, 'Headhaul') as by
"""
_SOURCE = "accounts_fieldchange f left join security_user u on u.id = f.changed_by_id"
_NEWEST = Sort("newest", ("f.recorded_at", "f.id"), (datetime, int), lambda row: [row["recorded_at"], row["id"]])
_SHOWN = ("field", "at", "by", "source", "contact_id")


def of(*, asked: GetChanges, by: Actor) -> ChangesPage:
    """The changes of an account and its contacts, or of one contact."""
    narrowed = Conditions()
    if (asked.account_id is None) == (asked.contact_id is None):
        raise InvalidData("Name an account or a contact.", fields={"accountId": "one of the two"})
    _check_seen(asked, by=by)
    if asked.account_id is not None:
        narrowed.add("f.account_id = %s", asked.account_id)
    else:
        narrowed.add("f.contact_id = %s", asked.contact_id)
    if asked.field:
        narrowed.add("f.field = %s", asked.field)
    found = page(
        columns=_COLUMNS,
        source=_SOURCE,
        counted_in="accounts_fieldchange f",
        conditions=narrowed,
        sort=_NEWEST,
        cursor=asked.cursor,
        limit=asked.limit,
    )
    return ChangesPage(
        items=[changed(row) for row in found.rows],
        next_cursor=found.next_cursor,
        total=found.total,
        total_is_exact=found.total_is_exact,
    )


def changed(row: dict[str, Any]) -> Change:
    """One change from its row."""
    values = {side: None if row[side] is None else json.loads(row[side]) for side in ("old", "new")}
    return Change(**{name: row[name] for name in _SHOWN if name in row}, **values)


def _check_seen(asked: GetChanges, *, by: Actor) -> None:
    seen = Conditions()
    visible(seen, by=by)
    source = "accounts_account a"
    if asked.contact_id is not None:
        source += " join accounts_contact c on c.account_id = a.id"
        seen.add("c.id = %s", asked.contact_id)
    else:
        seen.add("a.id = %s", asked.account_id)
    if not fetch(f"select 1 from {source} where {seen.where}", seen.parameters):
        raise NotFound("There is no such account or contact.")
