from django.db import migrations

# Writers append what changed and never wait for one another; `fold` adds it to the days. A reader adds both.
IS_TOUCH = "type in ('call', 'email', 'meeting', 'sms')"
CELL = "(happened_at at time zone kept)::date as day, coalesce(owner_id, 0) as owner_id, type"
CREATE = f"""
create table activities_touchzone (
    is_the_one boolean primary key default true check (is_the_one),
    zone text not null, -- in which the days are days: the firm's
    is_whole boolean not null -- whether every touch is counted
);
create table activities_touchday (
    day date not null,
    owner_id bigint not null, -- 0: nobody's
    type text not null,
    n bigint not null,
    primary key (day, owner_id, type)
);
create table activities_touchnews (
    day date not null,
    owner_id bigint not null,
    type text not null,
    n bigint not null
);

create function activities_count_touches() returns trigger language plpgsql as $$
declare
    kept text := (select zone from activities_touchzone);
begin
    if kept is null then
        return null;
    elsif tg_op = 'UPDATE' then
        insert into activities_touchnews (day, owner_id, type, n)
        select day, owner_id, type, sum(by)
        from (
            select {CELL}, 1 as by from new_rows where {IS_TOUCH}
            union all
            select {CELL}, -1 from old_rows where {IS_TOUCH}
        ) moved group by 1, 2, 3 having sum(by) <> 0;
    elsif tg_op = 'INSERT' then
        insert into activities_touchnews (day, owner_id, type, n)
        select {CELL}, count(*) from new_rows where {IS_TOUCH} group by 1, 2, 3;
    else
        insert into activities_touchnews (day, owner_id, type, n)
        select {CELL}, -count(*) from old_rows where {IS_TOUCH} group by 1, 2, 3;
    end if;
    return null;
end $$;

create trigger activities_touches_inserted after insert on activities_activity
    referencing new table as new_rows for each statement execute function activities_count_touches();
create trigger activities_touches_updated after update on activities_activity
    referencing old table as old_rows new table as new_rows for each statement
    execute function activities_count_touches();
create trigger activities_touches_deleted after delete on activities_activity
    referencing old table as old_rows for each statement execute function activities_count_touches();

create function activities_count_no_touches() returns trigger language plpgsql as $$
begin
    truncate activities_touchday, activities_touchnews;
    return null;
end $$;
create trigger activities_touches_truncated after truncate on activities_activity
    for each statement execute function activities_count_no_touches();

-- A zone that PostgreSQL does not know is not kept: whoever asks in it has the rows counted.
insert into activities_touchzone (zone, is_whole)
select zone, true
from (
    select coalesce(
        (select values ->> 'zone' from preferences_storedsection where key = 'working_time'), 'America/Chicago'
    ) as zone
) firm where zone in (select name from pg_timezone_names);
insert into activities_touchday (day, owner_id, type, n)
select (a.happened_at at time zone z.zone)::date, coalesce(a.owner_id, 0), a.type, count(*)
from activities_activity a cross join activities_touchzone z where a.{IS_TOUCH} group by 1, 2, 3;
"""
DROP = """
drop trigger activities_touches_inserted on activities_activity;
drop trigger activities_touches_updated on activities_activity;
drop trigger activities_touches_deleted on activities_activity;
drop trigger activities_touches_truncated on activities_activity;
drop function activities_count_touches();
drop function activities_count_no_touches();
drop table activities_touchnews;
drop table activities_touchday;
drop table activities_touchzone;
"""


class Migration(migrations.Migration):
    """How many touches each day, person and kind has, kept by triggers: figures of a firm do not read millions of rows."""

    dependencies = [("activities", "0008_leads_and_figures_together"), ("preferences", "0001_initial")]

    operations = [migrations.RunSQL(CREATE, DROP)]
