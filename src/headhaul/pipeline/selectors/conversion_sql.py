"""Cohorts by entry into a stage, in SQL.

Only words that still hold make a deal's way: one that a later version overrode for the same time is left out.
Only deals that turned in the days asked about are walked.
"""

from __future__ import annotations

WAY = """
with d as materialized (
    select d.id, d.stage_id, d.kind from pipeline_opportunity d
    where d.pipeline_id = %(pipeline)s and {where} and d.id in (
        select opportunity_id from pipeline_opportunitychange
        where field = 'stage' and valid_from >= %(since)s and valid_from < %(until)s
    )
), steps as (
    select id, key, label, position, probability,
           row_number() over (order by position, id)::int as place
    from pipeline_stage where pipeline_id = %(pipeline)s and kind = 'open'
), told as (
    select c.opportunity_id as id, c.version, c.valid_from as at, c.new #>> '{{}}' as stage_id,
           min(c.valid_from) over (
               partition by c.opportunity_id order by c.version rows between 1 following and unbounded following
           ) as overridden_from
    from pipeline_opportunitychange c join d on d.id = c.opportunity_id
    where c.field = 'stage' and c.valid_from <= %(at)s
), placed as (
    select t.id, t.at, t.version, s.kind,
           case when s.kind = 'won' then 1000000 when s.kind = 'open' then steps.place end as place
    from told t
    left join pipeline_stage s on s.id::text = t.stage_id and s.pipeline_id = %(pipeline)s
    left join steps on steps.id = s.id
    where t.overridden_from is null or t.overridden_from > t.at
), turns as materialized (
    select id, at, place, lag(case when kind = 'open' then place end) over way as came_from,
           lead(at) over way as left_at,
           max(place) over (way rows between current row and unbounded following) as furthest
    from placed window way as (partition by id order by version)
), entries as (  -- what lies ahead shrinks from turn to turn, so that the most is that of the first
    select t.id, p.place, min(t.at) as at, max(t.furthest) as furthest, bool_or(t.place = p.place) as was_there
    from turns t
    join steps p on p.place <= t.place and (p.place > t.came_from or p.place = t.place)
    group by t.id, p.place
), cohort as (
    select e.*, d.kind, now.place as place_now, e.furthest > e.place as moved_forward,
           e.furthest >= 1000000 and d.kind = 'won' as won
    from entries e join d on d.id = e.id left join steps now on now.id = d.stage_id
    where e.at >= %(since)s and e.at < %(until)s
)
"""
_WORKED = "(%(worked)s::int[])[({moment} at time zone %(zone)s)::date - %(first)s::date + 1]"


def _between(start: str, end: str) -> str:
    """Working days after the day of one moment, up to and with the day of another."""
    return f"{_WORKED.format(moment=end)} - {_WORKED.format(moment=start)}"


_FATES = (
    WAY
    + f""", stays as (
    select t.id, t.place, sum(extract(epoch from t.left_at - t.at)) / 86400.0 as days,
           sum({_between("t.at", "t.left_at")}) as working_days, bool_or(t.left_at is null) as is_there
    from turns t join cohort c on c.id = t.id and c.place = t.place
    group by t.id, t.place
), times as (
    select place, count(*) as n, percentile_cont(0.5) within group (order by days) as median_days,
           avg(days) as mean_days, percentile_cont(0.5) within group (order by working_days) as median_working_days,
           avg(working_days) as mean_working_days
    from stays where not is_there group by place
), fates as (
    select place, count(*) as entered, count(*) filter (where moved_forward) as moved_forward,
           count(*) filter (where not moved_forward and kind <> 'open') as lost,
           count(*) filter (where not moved_forward and kind = 'open') as still_open,
           count(*) filter (where not moved_forward and kind = 'open' and place_now < place) as moved_back,
           count(*) filter (where not was_there) as skipped, count(*) filter (where won) as won
    from cohort group by place
)
"""
)
FUNNEL = (
    _FATES
    + """select p.key, p.label, f.entered, f.moved_forward, t.n, t.median_days, t.mean_days, t.median_working_days,
       t.mean_working_days
from steps p left join fates f on f.place = p.place left join times t on t.place = p.place order by p.place
"""
)
COHORTS = (
    _FATES
    + """, present as (
    select d.stage_id, count(*) as open_now, coalesce(sum(d.amount_cents), 0)::bigint as open_cents
    from pipeline_opportunity d where d.pipeline_id = %(pipeline)s and d.kind = 'open' and {where} group by d.stage_id
)
select p.key, p.label, p.position, p.probability, f.*, t.n, t.median_days, t.mean_days, t.median_working_days,
       t.mean_working_days, coalesce(present.open_now, 0) as open_now, coalesce(present.open_cents, 0) as open_cents
from steps p left join fates f on f.place = p.place left join times t on t.place = p.place
left join present on present.stage_id = p.id order by p.place
"""
)
ENTERED = (
    WAY
    + """select c.id from cohort c join steps p on p.place = c.place
where p.key = %(key)s and (c.moved_forward or not %(moved)s)
"""
)
DECIDED = f"""
with d as (
    select d.*, extract(epoch from d.closed_at - d.opened_at)::numeric / 86400 as days,
           {_between("d.opened_at", "d.closed_at")} as working_days
    from pipeline_opportunity d
    where d.pipeline_id = %(pipeline)s and d.closed_at >= %(since)s and d.closed_at < %(until)s and {{where}}
)
select count(*) filter (where kind = 'won') as won, count(*) filter (where kind = 'lost') as lost,
       coalesce(sum(amount_cents) filter (where kind = 'won'), 0)::bigint as won_cents,
       coalesce(sum(amount_cents) filter (where kind = 'lost'), 0)::bigint as lost_cents,
       coalesce(sum(amount_cents::numeric ^ 2), 0) as squares,
       count(amount_cents) filter (where kind = 'won') as won_with_amount, count(amount_cents) as with_amount,
       percentile_cont(0.5) within group (order by days) filter (where kind = 'won') as median_days,
       avg(days) filter (where kind = 'won') as mean_days,
       percentile_cont(0.5) within group (order by working_days) filter (where kind = 'won') as median_working_days,
       avg(working_days) filter (where kind = 'won') as mean_working_days
from d
"""
