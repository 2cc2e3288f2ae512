"""Call campaigns with what became of their targets."""

from __future__ import annotations

from typing import Any

from headhaul.accounts.selectors.pages import Conditions, fetch
from headhaul.outreach.choices import CONVERSATIONS, Disposition
from headhaul.outreach.schemas.calls import CallCampaignRow, CallCampaigns, GetCallCampaigns

_ROWS = """
select g.id, g.name, g.campaign, g.state, g.script, g.script_version, g.owner_id, g.sequence_id,
       (g.options ->> 'tries')::int as tries, (g.options ->> 'hours_between')::int as hours_between,
       g.version, g.created_at, g.updated_at, coalesce(nullif(u.name, ''), u.email, '') as owner, t.*, c.*
from outreach_callcampaign g
left join security_user u on u.id = g.owner_id
left join lateral (
    select count(*) as targets, count(*) filter (where state = 'queued') as queued,
           count(*) filter (where state = 'callback') as callbacks, count(*) filter (where state = 'taken') as taken,
           count(*) filter (where state = 'done') as done, count(*) filter (where state = 'skipped') as skipped
    from outreach_calltarget where campaign_id = g.id
) t on true
left join lateral (
    select count(*) as calls, count(*) filter (where disposition = any(%s)) as conversations,
           count(*) filter (where disposition = %s) as meetings
    from outreach_call where campaign_id = g.id
) c on true
where {where} order by g.state = 'finished', g.created_at desc, g.id desc limit 500
"""


def campaigns(*, asked: GetCallCampaigns) -> CallCampaigns:
    """All of these states, the finished ones last."""
    narrowed = Conditions()
    if asked.states:
        narrowed.add("g.state = any(%s)", [str(state) for state in asked.states])
    return CallCampaigns(items=_rows(narrowed))


def row(call_campaign_id: int) -> CallCampaignRow:
    """One campaign."""
    narrowed = Conditions()
    narrowed.add("g.id = %s", call_campaign_id)
    return _rows(narrowed)[0]


def _rows(narrowed: Conditions) -> list[CallCampaignRow]:
    spoken: list[Any] = [[str(each) for each in CONVERSATIONS], str(Disposition.MEETING_SET)]
    found = fetch(_ROWS.format(where=narrowed.where), [*spoken, *narrowed.parameters])
    return [CallCampaignRow(**each) for each in found]
