"""Which stops of sending cover a proposal, and all that are open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from headhaul.compliance.judging.words import Held
from headhaul.compliance.selectors.rows import fetch
from headhaul.compliance.selectors.suppression import heard_as

_HOLDS = """
select h.scope, h.key, h.reason, h.since, null::timestamptz as until
from compliance_sendinghold h
where h.lifted_at is null
  and (h.scope = 'all' or h.scope = 'channel' and h.key = any(%(channels)s)
       or h.scope = 'sequence' and h.key = %(sequence)s or h.scope = 'call_campaign' and h.key = %(campaign)s
       or h.scope = 'sender' and h.key = %(sender)s)
union all
select 'state', b.state, 'Emergency in ' || b.state || ': ' || b.cite, b.begins_at, b.ends_at
from compliance_emergencyban b
where b.state = any(%(states)s) and b.channels ?| %(channels)s
  and b.begins_at <= %(at)s and b.ends_at > %(at)s and (b.ended_early_at is null or b.ended_early_at > %(at)s)
order by since
"""


def covering(
    *,
    channel: str,
    at: datetime,
    states: Sequence[str] = (),
    sequence_id: int | None = None,
    call_campaign_id: int | None = None,
    sender_id: int | None = None,
) -> tuple[Held, ...]:
    """Every stop that covers it now. An emergency ban counts where the recipient may be in the state."""
    rows = fetch(
        _HOLDS,
        {
            "at": at,
            "channels": list({channel, *heard_as(channel)}),
            "states": list(states),
            "sequence": str(sequence_id or ""),
            "campaign": str(call_campaign_id or ""),
            "sender": str(sender_id or ""),
        },
    )
    return tuple(Held(**row) for row in rows)


_OPEN = """
select h.id, h.scope, h.key, h.reason, h.since, h.lifted_at,
       coalesce(nullif(u.name, ''), u.email, '') as by, coalesce(nullif(l.name, ''), l.email, '') as lifted_by
from compliance_sendinghold h
left join security_user u on u.id = h.by_id left join security_user l on l.id = h.lifted_by_id
where {where} order by h.lifted_at is not null, h.since desc, h.id desc limit %(limit)s
"""


def holds(*, only_open: bool = True, limit: int = 100) -> list[dict[str, Any]]:
    """The stops, open ones first, newest first."""
    return fetch(_OPEN.format(where="h.lifted_at is null" if only_open else "true"), {"limit": limit})


_BANS = """
select b.id, b.state, (select string_agg(c, ' ') from jsonb_array_elements_text(b.channels) c) as channels,
       b.begins_at, b.ends_at, b.cite, b.recorded_at, b.ended_early_at,
       coalesce(nullif(u.name, ''), u.email, '') as by
from compliance_emergencyban b left join security_user u on u.id = b.recorded_by_id
order by b.ends_at desc, b.id desc limit %(limit)s
"""


def bans(*, limit: int = 100) -> list[dict[str, Any]]:
    """The emergency bans that were entered, those that end last first."""
    rows = fetch(_BANS, {"limit": limit})
    return [{**row, "channels": row["channels"].split()} for row in rows]
