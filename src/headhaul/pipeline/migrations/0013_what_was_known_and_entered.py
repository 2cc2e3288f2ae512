from django.conf import settings
from django.db import migrations, models

# Both tables say nothing new: they are the history, read once when it is written instead of at every question.
KNOWN = """
create table pipeline_known (
    opportunity_id bigint not null,
    known_from timestamptz not null,
    known_until timestamptz not null, -- infinity: still
    stage_id bigint not null,
    stage_at timestamptz not null, -- since when it was in that stage
    owner_id bigint,
    amount_cents bigint,
    close_on date,
    category text,
    removed boolean not null,
    primary key (opportunity_id, known_from)
);
create index known_closing on pipeline_known (close_on)
    include (known_from, known_until, opportunity_id, stage_id, stage_at, owner_id, amount_cents, category, removed);
create index known_in_stage on pipeline_known (stage_id, stage_at)
    include (known_from, known_until, opportunity_id, close_on, owner_id, amount_cents, category, removed);

-- Of what had been told and had come to be so, the latest version of each fact holds. Deals that went with their
-- account left no word of it: they are in no report, at no time.
create function pipeline_retell(ids bigint[]) returns void language plpgsql as $$
begin
    delete from pipeline_known where opportunity_id = any(ids);
    insert into pipeline_known (opportunity_id, known_from, known_until, stage_id, stage_at, owner_id, amount_cents,
        close_on, category, removed)
    select t.id, t.at, t.until, was.stage_id, was.stage_at, was.owner_id, was.amount_cents, was.close_on, was.category,
           was.removed
    from (
        select id, at, coalesce(lead(at) over (partition by id order by at), 'infinity') as until
        from (
            select distinct c.opportunity_id as id, greatest(c.valid_from, c.recorded_at) as at
            from unnest(ids) as asked(id)
            join pipeline_opportunitychange c on c.opportunity_id = asked.id
            where c.field in ('stage', 'amount', 'close_on', 'owner', 'category', 'removed') and (
                exists (select from pipeline_opportunity o where o.id = asked.id) or exists (
                    select from pipeline_opportunitychange r
                    where r.opportunity_id = asked.id and r.field = 'removed' and r.new = 'true'::jsonb))
        ) told
    ) t
    cross join lateral (
        select max(value) filter (where field = 'stage')::bigint as stage_id,
               max(valid_from) filter (where field = 'stage') as stage_at,
               max(value) filter (where field = 'owner')::bigint as owner_id,
               max(value) filter (where field = 'amount')::bigint as amount_cents,
               max(value) filter (where field = 'close_on')::date as close_on,
               max(value) filter (where field = 'category') as category,
               coalesce(max(value) filter (where field = 'removed'), 'false') = 'true' as removed
        from (
            select distinct on (c.field) c.field, c.new #>> '{}' as value, c.valid_from
            from pipeline_opportunitychange c
            where c.opportunity_id = t.id and greatest(c.valid_from, c.recorded_at) <= t.at
                and c.field in ('stage', 'amount', 'close_on', 'owner', 'category', 'removed')
            order by c.field, c.version desc
        ) latest
    ) was
    where was.stage_id is not null;
end $$;
"""
ENTRIES = """
create table pipeline_entry (
    opportunity_id bigint not null,
    pipeline_id bigint not null,
    stage_id bigint not null,
    at timestamptz not null, -- when it first entered the stage, or passed it
    moved_forward boolean not null,
    reached_won boolean not null,
    was_there boolean not null, -- false: it only passed
    came_at timestamptz, -- of the only stay
    left_at timestamptz,
    stays tstzrange[], -- when there were several
    spent_us bigint, -- all stays together; null while it is there
    primary key (opportunity_id, stage_id)
);
create index entries_by_time on pipeline_entry (pipeline_id, at);

-- Only words that still hold make a deal's way: one that a later version overrode for the same time is left out.
-- Where a deal was in several pipelines, each has a way of its own.
create function pipeline_rewalk(ids bigint[]) returns void language plpgsql as $$
begin
    delete from pipeline_entry where opportunity_id = any(ids);
    insert into pipeline_entry (opportunity_id, pipeline_id, stage_id, at, moved_forward, reached_won, was_there,
        came_at, left_at, stays, spent_us)
    with steps as (
        select id, pipeline_id, row_number() over (partition by pipeline_id order by position, id)::int as place
        from pipeline_stage where kind = 'open'
    ), told as (
        select c.opportunity_id as id, c.version, c.valid_from as at, (c.new #>> '{}')::bigint as stage_id,
               min(c.valid_from) over (
                   partition by c.opportunity_id order by c.version rows between 1 following and unbounded following
               ) as overridden_from
        from unnest(ids) as asked(id) join pipeline_opportunitychange c on c.opportunity_id = asked.id
        where c.field = 'stage'
    ), holds as (
        select id, version, at, stage_id from told where overridden_from is null or overridden_from > at
    ), ways as (
        select distinct h.id, s.pipeline_id from holds h join pipeline_stage s on s.id = h.stage_id
    ), placed as (
        select w.pipeline_id, h.id, h.at, h.version, s.kind,
               case when s.kind = 'won' then 1000000 when s.kind = 'open' then steps.place end as place
        from ways w join holds h on h.id = w.id
        left join pipeline_stage s on s.id = h.stage_id and s.pipeline_id = w.pipeline_id
        left join steps on steps.id = s.id
    ), turns as (
        select pipeline_id, id, at, place, lag(case when kind = 'open' then place end) over way as came_from,
               lead(at) over way as left_at,
               max(place) over (way rows between current row and unbounded following) as furthest
        from placed window way as (partition by pipeline_id, id order by version)
    ), entries as ( -- what lies ahead shrinks from turn to turn, so that the most is that of the first
        select t.pipeline_id, t.id, p.place, p.id as stage_id, min(t.at) as at, max(t.furthest) as furthest,
               bool_or(t.place = p.place) as was_there
        from turns t
        join steps p on p.pipeline_id = t.pipeline_id
            and p.place <= t.place and (p.place > t.came_from or p.place = t.place)
        group by t.pipeline_id, t.id, p.place, p.id
    ), stays as (
        select pipeline_id, id, place, count(*) as n, min(at) as came_at, max(left_at) as left_at,
               array_agg(tstzrange(at, left_at) order by at) as stays,
               case when not bool_or(left_at is null)
                    then (sum(extract(epoch from left_at - at)) * 1000000)::bigint end as spent_us
        from turns where place < 1000000 group by pipeline_id, id, place
    )
    select e.id, e.pipeline_id, e.stage_id, e.at, e.furthest > e.place, e.furthest >= 1000000, e.was_there,
           case when s.n = 1 then s.came_at end, case when s.n = 1 then s.left_at end,
           case when s.n > 1 then s.stays end, s.spent_us
    from entries e left join stays s on s.pipeline_id = e.pipeline_id and s.id = e.id and s.place = e.place
    order by e.at; -- a report reads a stretch of time
end $$;
"""
KEPT = """
create function pipeline_was_told() returns trigger language plpgsql as $$
declare ids bigint[];
begin
    -- Nearly always the news come last and speak of one version: they are laid over what was known until then.
    with told as (
        select opportunity_id as id, min(version) as version, min(greatest(valid_from, recorded_at)) as at,
               min(version) = max(version)
                   and min(greatest(valid_from, recorded_at)) = max(greatest(valid_from, recorded_at)) as at_once,
               array_agg(field) as fields,
               max(r.new #>> '{}') filter (where field = 'stage')::bigint as stage_id,
               max(valid_from) filter (where field = 'stage') as stage_at,
               max(r.new #>> '{}') filter (where field = 'owner')::bigint as owner_id,
               max(r.new #>> '{}') filter (where field = 'amount')::bigint as amount_cents,
               max(r.new #>> '{}') filter (where field = 'close_on')::date as close_on,
               max(r.new #>> '{}') filter (where field = 'category') as category,
               max(r.new #>> '{}') filter (where field = 'removed') = 'true' as removed
        from new_rows r where field in ('stage', 'amount', 'close_on', 'owner', 'category', 'removed') group by 1
    ), ended as (
        update pipeline_known k set known_until = t.at from told t
        where k.opportunity_id = t.id and k.known_until = 'infinity' and k.known_from < t.at and t.at_once
            and not exists (
                select from pipeline_opportunitychange c where c.opportunity_id = t.id and c.version > t.version)
        returning k.*
    ), followed as (
        insert into pipeline_known (opportunity_id, known_from, known_until, stage_id, stage_at, owner_id,
            amount_cents, close_on, category, removed)
        select t.id, t.at, 'infinity',
               case when 'stage' = any(t.fields) then t.stage_id else k.stage_id end,
               case when 'stage' = any(t.fields) then t.stage_at else k.stage_at end,
               case when 'owner' = any(t.fields) then t.owner_id else k.owner_id end,
               case when 'amount' = any(t.fields) then t.amount_cents else k.amount_cents end,
               case when 'close_on' = any(t.fields) then t.close_on else k.close_on end,
               case when 'category' = any(t.fields) then t.category else k.category end,
               coalesce(t.removed, k.removed)
        from ended k join told t on t.id = k.opportunity_id
        returning opportunity_id
    )
    select array_agg(t.id) into ids from told t where not exists (
        select from followed f where f.opportunity_id = t.id);
    if ids is not null then
        perform pipeline_retell(ids);
    end if;
    select array_agg(distinct opportunity_id) into ids from new_rows where field = 'stage';
    if ids is not null then
        perform pipeline_rewalk(ids);
    end if;
    return null;
end $$;
create trigger known_and_entered after insert on pipeline_opportunitychange
    referencing new table as new_rows for each statement execute function pipeline_was_told();

create function pipeline_told_nothing() returns trigger language plpgsql as $$
begin
    truncate pipeline_known, pipeline_entry;
    return null;
end $$;
create trigger known_and_entered_no_more after truncate on pipeline_opportunitychange
    for each statement execute function pipeline_told_nothing();

-- Removed deals keep their past; one that goes with its account takes it along.
create function pipeline_went_away() returns trigger language plpgsql as $$
begin
    delete from pipeline_entry e using old_rows o where e.opportunity_id = o.id and not exists (
        select from pipeline_opportunitychange r
        where r.opportunity_id = o.id and r.field = 'removed' and r.new = 'true'::jsonb);
    delete from pipeline_known k using old_rows o where k.opportunity_id = o.id and not exists (
        select from pipeline_opportunitychange r
        where r.opportunity_id = o.id and r.field = 'removed' and r.new = 'true'::jsonb);
    return null;
end $$;
create trigger known_no_more after delete on pipeline_opportunity
    referencing old table as old_rows for each statement execute function pipeline_went_away();

-- Which stages a jump passes follows from the order of the open ones: where that, or what a stage means, became another,
-- the ways through that pipeline are made anew. Whoever moves a deal waits, so that no way keeps the old order.
create function pipeline_has_other_stages() returns trigger language plpgsql as $$
declare
    changed bigint[]; -- pipelines
    concerned bigint[]; -- stages
begin
    if tg_op = 'UPDATE' then
        with stages as (
            select true as is_now, id, pipeline_id, kind, position from pipeline_stage
            union all
            select false, id, pipeline_id, kind, position from old_rows
            union all
            select false, id, pipeline_id, kind, position from pipeline_stage s
                where not exists (select from old_rows o where o.id = s.id)
        ), orders as (
            select is_now, pipeline_id, array_agg(id order by position, id) filter (where kind = 'open') as steps,
                   array_agg(id || ' ' || kind order by id) as kinds
            from stages group by 1, 2
        )
        select array_agg(distinct pipeline_id) into changed from (
            select pipeline_id, steps, kinds from orders group by 1, 2, 3 having count(*) = 1) other;
    elsif tg_op = 'INSERT' then
        select array_agg(distinct pipeline_id) into changed from new_rows;
    else
        select array_agg(distinct pipeline_id), array_agg(id) into changed, concerned from old_rows;
    end if;
    if changed is null then
        return null;
    end if;
    concerned := concerned || array(select id from pipeline_stage where pipeline_id = any(changed));
    lock table pipeline_entry in share row exclusive mode;
    perform pipeline_rewalk(array(
        select distinct c.opportunity_id from pipeline_opportunitychange c
        where c.field = 'stage' and (c.new #>> '{}')::bigint = any(concerned)));
    return null;
end $$;
create trigger stages_added after insert on pipeline_stage
    referencing new table as new_rows for each statement execute function pipeline_has_other_stages();
create trigger stages_changed after update on pipeline_stage
    referencing old table as old_rows new table as new_rows
    for each statement execute function pipeline_has_other_stages();
create trigger stages_removed after delete on pipeline_stage
    referencing old table as old_rows for each statement execute function pipeline_has_other_stages();
"""
FILL = """
select pipeline_retell(array(select distinct opportunity_id from pipeline_opportunitychange));
select pipeline_rewalk(array(select distinct opportunity_id from pipeline_opportunitychange));
"""
DROP = """
drop trigger stages_added on pipeline_stage;
drop trigger stages_changed on pipeline_stage;
drop trigger stages_removed on pipeline_stage;
drop trigger known_and_entered on pipeline_opportunitychange;
drop trigger known_and_entered_no_more on pipeline_opportunitychange;
drop trigger known_no_more on pipeline_opportunity;
drop function pipeline_has_other_stages();
drop function pipeline_was_told();
drop function pipeline_told_nothing();
drop function pipeline_went_away();
drop function pipeline_rewalk(bigint[]);
drop function pipeline_retell(bigint[]);
drop table pipeline_entry;
drop table pipeline_known;
"""


class Migration(migrations.Migration):
    """What was known when, and which stages each deal entered, kept as it is told: a report walks no history."""

    dependencies = [
        ("pipeline", "0012_figures_without_rows"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(KNOWN + ENTRIES + KEPT + FILL, DROP),
        migrations.AddIndex(
            model_name="opportunitychange",
            index=models.Index("recorded_at", name="history_by_telling"),
        ),
        migrations.AddIndex(
            model_name="opportunitysnapshot",
            index=models.Index(
                "day", condition=models.Q(ai_close_probability__isnull=False), name="snapshots_with_a_word_of_ai"
            ),
        ),
    ]
