"""Who hears of a bulk change: new owners, and rooms that wait for owners, statuses and people who left."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from headhaul.accounts.ports import happenings, leaving
from headhaul.accounts.ports.happenings import Change
from headhaul.accounts.selectors.pages import fetch
from headhaul.accounts.services import announcing
from headhaul.kernel import Actor

_CHANGED = """
select c.account_id, c.old, c.new, a.version from accounts_fieldchange c join accounts_account a on a.id = c.account_id
where c.batch_id = %s and c.field = %s order by c.account_id
"""

_LEFT = """
select contact_id from accounts_fieldchange
where batch_id = %s and field = 'has_left' and contact_id is not null and new = 'true'::jsonb order by contact_id
"""


def tell(*, batch_id: str, fields: Iterable[str], at: datetime, by: Actor) -> None:
    """Say what the batch changed of accounts' owners and statuses; nothing is read for what nobody waits for."""
    for field in sorted({"owner", "status"}.intersection(fields)):
        if field != "owner" and not happenings.is_wanted(field):
            continue
        found = fetch(_CHANGED, [batch_id, field])
        changes = [Change(row["account_id"], row["version"], row["old"], row["new"]) for row in found]
        if field == "owner" and changes:
            keys = [change.account_id for change in changes]
            announcing.assigned(owner_id=changes[0].new, account_ids=keys, at=at, by=by)
        happenings.tell_many_changed(field=field, changes=changes, at=at, by=by)


def tell_left(*, batch_id: str, at: datetime, by: Actor) -> None:
    """Say who is to have left by the batch."""
    found = fetch(_LEFT, [batch_id])
    leaving.tell_left([row["contact_id"] for row in found], at=at, by=by)
