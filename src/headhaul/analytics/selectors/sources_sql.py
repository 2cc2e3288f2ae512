"""Where leads and deals came from, and the spend of some days, in the same words.

A lead has the source it was taken down with. A deal has one origin: the lead that opened it; else the account's first
lead before it was opened; else the lead source that its own field `source` names by key; else how the account came to
us. A source goes by its key: its name may change, and it stays one. A client is an account, in the days in which its
first deal was won.
"""

from __future__ import annotations

from headhaul.analytics.attribution.touches import CHANNEL_OF_ACCOUNT_SQL
from headhaul.analytics.schemas.sources import Line, Measure
from headhaul.analytics.selectors.channels import GENERAL
from headhaul.analytics.spreading import IN_DAYS, OVERLAPS
from headhaul.capture.choices import LeadStatus

_CHANNEL = "coalesce(nullif(s.medium, ''), 'other')"
LEADS = """capture_lead l join capture_leadsource s on s.id = l.source_id
    left join accounts_account a on a.id = l.account_id"""
DEALS = f"""pipeline_opportunity o join accounts_account a on a.id = o.account_id
    left join lateral (
        select s.key as source, {_CHANNEL} as channel, l.campaign, l.event_id
        from capture_lead l join capture_leadsource s on s.id = l.source_id
        where l.account_id = o.account_id and not l.is_spam and l.merged_into_id is null
            and l.captured_at <= o.opened_at
        order by (l.opportunity_id = o.id) is true desc, l.captured_at, l.id limit 1
    ) f on true
    left join capture_leadsource w
        on f.source is null and o.source <> ''
        and w.key = regexp_replace(lower(btrim(o.source)), '[^a-z0-9]+', '_', 'g')"""
COUNTED = "not l.is_spam and l.merged_into_id is null"
_MONTH = "to_char({moment} at time zone %(zone)s, 'YYYY-MM')"
KEYS_OF_LEADS: dict[Line, str] = {
    Line.SOURCE: "s.key",
    Line.CHANNEL: _CHANNEL,
    Line.CAMPAIGN: "l.campaign",
    Line.EVENT: "coalesce(l.event_id::text, '')",
    Line.MONTH: _MONTH.format(moment="l.captured_at"),
}
KEYS_OF_DEALS: dict[Line, str] = {
    Line.SOURCE: "coalesce(f.source, w.key, a.source)",
    Line.CHANNEL: f"coalesce(f.channel, nullif(w.medium, ''), {CHANNEL_OF_ACCOUNT_SQL})",
    Line.CAMPAIGN: "coalesce(f.campaign, '')",
    Line.EVENT: "coalesce(f.event_id::text, '')",
}
KEYS_OF_SPEND: dict[Line, str] = {
    Line.SOURCE: "coalesce(l.key, '')",
    Line.CHANNEL: "s.channel",
    Line.CAMPAIGN: "s.campaign",
    Line.EVENT: "coalesce(s.event_id::text, '')",
}
QUALIFIED = f"l.status in ('{LeadStatus.QUALIFIED}', '{LeadStatus.CONVERTED}')"
FIRST_WIN = """o.kind = 'won' and not exists (
    select from pipeline_opportunity p
    where p.account_id = o.account_id and p.kind = 'won' and (p.closed_at, p.id) < (o.closed_at, o.id))"""
LEADS_IN = f"{COUNTED} and l.captured_at >= %(since)s and l.captured_at < %(until)s"
OPENED = "o.opened_at >= %(since)s and o.opened_at < %(until)s"
CLOSED = "o.closed_at >= %(since)s and o.closed_at < %(until)s"
ROWS_OF: dict[Measure, str] = {
    Measure.LEADS: LEADS_IN,
    Measure.QUALIFIED: f"{LEADS_IN} and {QUALIFIED}",
    Measure.OPPORTUNITIES: OPENED,
    Measure.WON: f"{CLOSED} and o.kind = 'won'",
    Measure.LOST: f"{CLOSED} and o.kind = 'lost'",
    Measure.CLIENTS: f"{CLOSED} and {FIRST_WIN}",
}
"""What each number counts: a condition on leads `l` or on deals `o`."""

_KEYED = f"""
with deal as materialized (
    select o.id, o.account_id, o.kind, coalesce(o.amount_cents, 0) as cents, o.opened_at, o.closed_at, o.source,
        a.source as account_source, {OPENED} as was_opened, coalesce({CLOSED}, false) as was_closed
    from pipeline_opportunity o join accounts_account a on a.id = o.account_id
    where ({OPENED} or {CLOSED}) and {{deals}}
), origin as (
    select distinct on (o.id) o.id, s.key as source, {_CHANNEL} as channel, l.campaign, l.event_id
    from deal o join capture_lead l on l.account_id = o.account_id and l.captured_at <= o.opened_at
    join capture_leadsource s on s.id = l.source_id
    where {COUNTED}
    order by o.id, (l.opportunity_id = o.id) is true desc, l.captured_at, l.id
), first_win as (
    select distinct on (account_id) id from pipeline_opportunity
    where kind = 'won' order by account_id, closed_at, id
), named as (
    select d.source, w.key, w.medium from (select distinct source from deal where source <> '') d
    join capture_leadsource w on w.key = regexp_replace(lower(btrim(d.source)), '[^a-z0-9]+', '_', 'g')
), keyed as materialized (
    select o.kind, o.cents, o.was_opened, o.was_closed, n.id is not null as is_first,
        extract(epoch from o.closed_at - o.opened_at)::float8 / 86400 as days,
        {{opened_key}} as opened_key, {{closed_key}} as closed_key
    from deal o cross join lateral (select o.account_source as source) a
    left join origin f on f.id = o.id
    left join named w on f.source is null and w.source = o.source
    left join first_win n on n.id = o.id
)"""


def key_of_deals(by: Line, moment: str) -> str:
    """The line of a deal; a month is the one in which it was opened or closed."""
    return _MONTH.format(moment=f"o.{moment}") if by is Line.MONTH else KEYS_OF_DEALS[by]


def counting(by: Line, *, leads: str, deals: str, with_spend: bool) -> str:
    """All lines: leads, deals opened, deals closed and spend, each counted by itself and laid side by side. One row
    more, `is_whole`, has the cycle of all deals won.

    The origins of all deals are looked up together, as `DEALS` does it for each.
    """
    parts = [
        f"""
    select {KEYS_OF_LEADS[by]} as key, false as is_whole, count(*) as leads,
        count(*) filter (where {QUALIFIED}) as qualified, count(*) filter (where l.outcome = 'won') as converted,
        0 as opportunities, 0 as won, 0 as lost, 0 as clients, 0::bigint as won_cents, 0::bigint as client_cents,
        null::float8 as cycle, 0::bigint as spend, 0::bigint as general
    from {LEADS} where {LEADS_IN} and {leads} group by 1""",
        """
    select opened_key, false, 0, 0, 0, count(*), 0, 0, 0, 0, 0, null, 0, 0 from keyed where was_opened group by 1""",
        """
    select closed_key, false, 0, 0, 0, 0, count(*) filter (where kind = 'won'), count(*) filter (where kind = 'lost'),
        count(*) filter (where is_first), coalesce(sum(cents) filter (where kind = 'won'), 0)::bigint,
        coalesce(sum(cents) filter (where is_first), 0)::bigint,
        percentile_cont(0.5) within group (order by days) filter (where kind = 'won'), 0, 0
    from keyed where was_closed group by 1""",
        """
    select '', true, 0, 0, 0, 0, 0, 0, 0, 0, 0, percentile_cont(0.5) within group (order by days), 0, 0
    from keyed where was_closed and kind = 'won'""",
    ]
    if with_spend:
        parts.append(_spend(by))
    together = "\n    union all".join(parts)
    keyed = _KEYED.format(
        opened_key=key_of_deals(by, "opened_at"), closed_key=key_of_deals(by, "closed_at"), deals=deals
    )
    return f"""{keyed}
select key, is_whole, sum(leads)::int as leads, sum(qualified)::int as qualified, sum(converted)::int as converted,
    sum(opportunities)::int as opportunities, sum(won)::int as won, sum(lost)::int as lost,
    sum(clients)::int as clients, sum(won_cents)::bigint as won_cents, sum(client_cents)::bigint as client_cents,
    max(cycle) as cycle, sum(spend)::bigint as spend, sum(general)::bigint as general
from ({together}
) line group by key, is_whole"""


def _spend(by: Line) -> str:
    days = {"first": "%(first)s::date", "last": "%(last)s::date"}
    if by is Line.MONTH:
        days = {"first": "m.first", "last": "m.last"}
        months = """join (
        select to_char(day, 'YYYY-MM') as key, greatest(day::date, %(first)s::date) as first,
            least((day + interval '1 month')::date - 1, %(last)s::date) as last
        from generate_series(date_trunc('month', %(first)s::timestamp), %(last)s::timestamp, interval '1 month') day
    ) m on true"""
        key = "m.key"
    else:
        months, key = "left join capture_leadsource l on l.id = s.source_id", KEYS_OF_SPEND[by]
    part = IN_DAYS.format(**days)
    return f"""
    select {key}, false, 0, 0, 0, 0, 0, 0, 0, 0, 0, null,
        coalesce(sum({part}) filter (where s.channel <> '{GENERAL}'), 0)::bigint,
        coalesce(sum({part}) filter (where s.channel = '{GENERAL}'), 0)::bigint
    from analytics_spend s {months} where {OVERLAPS.format(**days)} group by 1"""
