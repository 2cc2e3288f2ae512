"""Reading one account."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from headhaul.accounts.choices import CustomEntity
from headhaul.accounts.schemas.accounts import AccountDetail, AccountRow, Change, ContactSummary
from headhaul.accounts.selectors.custom import shown
from headhaul.accounts.selectors.lists.account_rows import COLUMNS, SOURCE, account_row, fields, score_of
from headhaul.accounts.selectors.pages import Conditions, fetch
from headhaul.accounts.selectors.scoping import literal as literal  # which other rooms know under this address
from headhaul.accounts.selectors.scoping import visible as visible
from headhaul.kernel import Actor, NotFound

_DETAILS = ("description", "timezone_source", "timezone_confidence", "fleet_as_of", "enriched_at")
_OF_ONE = f"""
    {", ".join(f"a.{name}" for name in _DETAILS)}, a.opening_score_hundredths, x.day as signal_day,
    known.contacts, known.decision_makers
"""
_WHOLE = f"""
    {SOURCE}
    cross join lateral (
        select count(*) as contacts,
               coalesce(array_agg(k.name order by k.id) filter (where k.is_decision_maker), array[]::text[])
                   as decision_makers
        from accounts_contact k where k.account_id = a.id and k.erased_at is null
    ) known
"""
_CHANGES = """
select c.field, c.old, c.new, c.valid_from as at, c.source, coalesce(nullif(u.name, ''), u.email, 'Headhaul') as by
from accounts_fieldchange c left join security_user u on u.id = c.changed_by_id
where c.account_id = %s and c.contact_id is null order by c.recorded_at desc, c.id desc limit 20
"""


def row(*, account_id: int, at: datetime) -> AccountRow:
    """One account as lists show it."""
    narrowed = Conditions()
    narrowed.add("a.id = %s", account_id)
    return account_row(_one(COLUMNS, narrowed), at=at)


def detail(*, account_id: int | None = None, dot_number: int | None = None, by: Actor, at: datetime) -> AccountDetail:
    """One account, by id or USDOT number, with its latest changes."""
    narrowed = Conditions()
    visible(narrowed, by=by)
    if account_id is not None:
        narrowed.add("a.id = %s", account_id)
    else:
        narrowed.add("a.dot_number = %s", dot_number)
    found = _one(f"{COLUMNS}, {_OF_ONE}", narrowed, source=_WHOLE)
    more = {
        "contacts": ContactSummary(total=found["contacts"], decision_makers=found["decision_makers"]),
        "opening_score": score_of(found["opening_score_hundredths"]),
        "changes": _changes(found["id"]),
    }
    row = fields(found, at=at)
    return AccountDetail.model_validate(row | more | {"custom_fields": shown(CustomEntity.ACCOUNT, row["custom"])})


def _one(columns: str, narrowed: Conditions, *, source: str = SOURCE) -> dict[str, Any]:
    rows = fetch(f"select {columns} from {source} where {narrowed.where}", narrowed.parameters)
    if not rows:
        raise NotFound("There is no such account.")
    return rows[0]


def _changes(account_id: int) -> list[Change]:
    found = fetch(_CHANGES, [account_id])
    return [Change(**{**each, "old": _json(each["old"]), "new": _json(each["new"])}) for each in found]


def _json(text: str | None) -> Any:
    return None if text is None else json.loads(text)
