"""Leads and touches by the plan's column names, for another system."""

from __future__ import annotations

import json

from headhaul.accounts.ports.imports import Leaving
from headhaul.accounts.selectors.pages import fetch

_LEADS = """
select l.id, coalesce(e.name, '') as event_name, s.key as capture_source,
       coalesce(nullif(l.as_given ->> 'company', ''), a.name, '') as company_name, l.dot_number,
       coalesce(nullif(l.as_given ->> 'contactName', ''), c.name, '') as contact_name,
       l.as_given -> 'emails' ->> 0 as contact_email, l.as_given -> 'phones' ->> 0 as contact_phone,
       to_jsonb(l.tags) as tags, t.due_on as follow_up, l.captured_at
from capture_lead l join capture_leadsource s on s.id = l.source_id
left join capture_captureevent e on e.id = l.event_id
left join accounts_account a on a.id = l.account_id
left join accounts_contact c on c.id = l.contact_id
left join activities_activity t on t.id = l.follow_up_id
where l.id > %s::bigint and not l.is_spam and l.merged_into_id is null order by l.id limit %s::int
"""
_TOUCHES = """
select id, account_id, source, medium, campaign, at as captured_at
from capture_leadtouch where id > %s::bigint order by id limit %s::int
"""


def leads(*, after: int, limit: int) -> list[Leaving]:
    """The next leads, as they were given. Junk and who was taken down twice stay here."""
    leaving = []
    for row in fetch(_LEADS, [after, limit]):
        row["tags"] = ", ".join(json.loads(row["tags"]))
        if row["follow_up"] is None:
            del row["follow_up"]  # what is written there is not ours to clear
        beside = {"captured_at": row.pop("captured_at").isoformat()}
        leaving.append(Leaving(row.pop("id"), row, beside))
    return leaving


def touches(*, after: int, limit: int) -> list[Leaving]:
    """The next touches: by which source an account met us, and when."""
    leaving = []
    for row in fetch(_TOUCHES, [after, limit]):
        row |= {"account_id": ("account", row["account_id"]), "captured_at": row["captured_at"].isoformat()}
        leaving.append(Leaving(row.pop("id"), row))
    return leaving
