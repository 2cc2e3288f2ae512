"""Activities by the plan's column names, for another system.

Calls, e-mails and texts go to tables of their own, which the room above writes: it knows what a message or a call holds
beside. Only those that the other system has among its activities stay there, so that nothing stands in both.
"""

from __future__ import annotations

from headhaul.accounts.ports.imports import Leaving
from headhaul.accounts.selectors.pages import fetch
from headhaul.activities.services.importing import KNOWN_AS

_ROWS = """
select id, account_id, contact_id, type, case when type in ('call', 'email', 'sms') then type else '' end as channel,
       subject, body as notes, outcome, happened_at
from activities_activity v
where id > %s::bigint and (type <> all(%s::text[]) or exists (
    select from accounts_externalid e where e.entity = 'activity' and e.record_id = v.id and e.source = 'airtable'))
order by id limit %s::int
"""


def activities(*, after: int, limit: int) -> list[Leaving]:
    """The next activities."""
    leaving = []
    for row in fetch(_ROWS, [after, [str(kind) for kind in KNOWN_AS], limit]):
        row["account_id"] = ("account", row["account_id"])
        row["contact_id"] = ("contact", row["contact_id"]) if row["contact_id"] else None
        beside = {"happened_at": row.pop("happened_at").isoformat()}
        leaving.append(Leaving(row.pop("id"), row, beside))
    return leaving
