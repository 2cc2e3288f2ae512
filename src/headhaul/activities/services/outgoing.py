"""Activities by the plan's column names, for another system."""

from __future__ import annotations

from headhaul.accounts.ports.imports import Leaving
from headhaul.accounts.selectors.pages import fetch

_ROWS = """
select id, account_id, contact_id, type, case when type in ('call', 'email', 'sms') then type else '' end as channel,
       subject, body as notes, outcome
from activities_activity where id > %s::bigint order by id limit %s::int
"""


def activities(*, after: int, limit: int) -> list[Leaving]:
    """The next activities."""
    leaving = []
    for row in fetch(_ROWS, [after, limit]):
        row["account_id"] = ("account", row["account_id"])
        row["contact_id"] = ("contact", row["contact_id"]) if row["contact_id"] else None
        leaving.append(Leaving(row.pop("id"), row))
    return leaving
