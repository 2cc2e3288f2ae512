"""Cohorts by entry into a stage, in SQL.

Which stages a deal entered or passed, and how long it stayed, is kept in `pipeline_entry` as its history is written.
"""

from __future__ import annotations

STEPS = """
with steps as (
    select id, key, label, position, probability,
           row_number() over (order by position, id)::int as place
    from pipeline_stage where pipeline_id = %(pipeline)s and kind = 'open'
)
"""
_COHORT = """
from pipeline_entry e
join steps p on p.id = e.stage_id
join pipeline_opportunity d on d.id = e.opportunity_id
left join steps now on now.id = d.stage_id
where e.pipeline_id = %(pipeline)s and e.at >= %(since)s and e.at < %(until)s
  and d.pipeline_id = %(pipeline)s and {where}
"""
# As a subquery the array is read once; as a parameter it would be converted anew for every row.
_WORKED = "width_bucket({moment}, (select %(worked)s::timestamptz[]))"


def _between(start: str, end: str) -> str:
    """Working days after the day of one moment, up to and with the day of another."""
    return f"{_WORKED.format(moment=end)} - {_WORKED.format(moment=start)}"


_FATES = (
    STEPS
    + f""", cohort as (
    select p.place, e.moved_forward, e.was_there, e.reached_won and d.kind = 'won' as won, d.kind = 'open' as is_open,
           now.place < p.place as is_back, e.spent_us,
           case when e.spent_us is null then null
                when e.stays is null then {_between("e.came_at", "e.left_at")}
                else (select sum({_between("lower(stay)", "upper(stay)")}) from unnest(e.stays) as stay)
           end as working_days
    {_COHORT}
), fates as (
    select place, count(*) as entered, count(*) filter (where moved_forward) as moved_forward,
           count(*) filter (where not moved_forward and not is_open) as lost,
           count(*) filter (where not moved_forward and is_open) as still_open,
           count(*) filter (where not moved_forward and is_open and is_back) as moved_back,
           count(*) filter (where not was_there) as skipped, count(*) filter (where won) as won,
           count(spent_us) as n, sum(spent_us) / count(spent_us) / 86400000000 as mean_days,
           percentile_cont(0.5) within group (order by spent_us / 86400000000.0::float8) as median_days,
           avg(working_days) as mean_working_days,
           percentile_cont(0.5) within group (order by working_days) as median_working_days
    from cohort group by place
)
"""
)
FUNNEL = (
    _FATES
    + """select p.key, p.label, f.entered, f.moved_forward, f.n, f.median_days, f.mean_days, f.median_working_days,
       f.mean_working_days
from steps p left join fates f on f.place = p.place order by p.place
"""
)
COHORTS = (
    _FATES
    + """, present as (
    select stage_id, count(*) as open_now, coalesce(sum(amount_cents), 0)::bigint as open_cents
    from pipeline_opportunity d where d.pipeline_id = %(pipeline)s and d.kind = 'open' and {where} group by stage_id
)
select p.key, p.label, p.position, p.probability, f.*, coalesce(present.open_now, 0) as open_now,
       coalesce(present.open_cents, 0) as open_cents
from steps p left join fates f on f.place = p.place
left join present on present.stage_id = p.id order by p.place
"""
)
ENTERED = (
    STEPS
    + f"""select e.opportunity_id {_COHORT} and p.key = %(key)s and {{fate}}
"""
)
FATES = {
    "entered": "true",
    "skipped": "not e.was_there",
    "moved_forward": "e.moved_forward",
    "lost": "not e.moved_forward and d.kind <> 'open'",
    "still_open": "not e.moved_forward and d.kind = 'open'",
    "won": "e.reached_won and d.kind = 'won'",
    "left": "e.spent_us is not null",
}
"""What of a cohort each of its numbers counts; `left`: of how many the time in the stage is known."""

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
