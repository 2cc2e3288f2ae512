from django.db import migrations

# Sixteen rows for each (stage, owner): a writer adds to the row of its own connection, so that writers do not queue.
CREATE = """
create table pipeline_tally (
    stage_id bigint not null,
    owner_id bigint not null, -- 0: nobody's
    shard smallint not null,
    n bigint not null,
    amount_cents numeric not null,
    primary key (stage_id, owner_id, shard)
);

create function pipeline_count() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' then
        insert into pipeline_tally as t (stage_id, owner_id, shard, n, amount_cents)
        select stage_id, coalesce(owner_id, 0), pg_backend_pid() % 16, sum(by), sum(cents)
        from (
            select stage_id, owner_id, 1 as by, coalesce(amount_cents, 0) as cents from new_rows
            union all
            select stage_id, owner_id, -1, -coalesce(amount_cents, 0) from old_rows
        ) moved group by 1, 2 having sum(by) <> 0 or sum(cents) <> 0 order by 1, 2
        on conflict (stage_id, owner_id, shard)
        do update set n = t.n + excluded.n, amount_cents = t.amount_cents + excluded.amount_cents;
    elsif tg_op = 'INSERT' then
        insert into pipeline_tally as t (stage_id, owner_id, shard, n, amount_cents)
        select stage_id, coalesce(owner_id, 0), pg_backend_pid() % 16, count(*), coalesce(sum(amount_cents), 0)
        from new_rows group by 1, 2 order by 1, 2
        on conflict (stage_id, owner_id, shard)
        do update set n = t.n + excluded.n, amount_cents = t.amount_cents + excluded.amount_cents;
    else
        insert into pipeline_tally as t (stage_id, owner_id, shard, n, amount_cents)
        select stage_id, coalesce(owner_id, 0), pg_backend_pid() % 16, -count(*), -coalesce(sum(amount_cents), 0)
        from old_rows group by 1, 2 order by 1, 2
        on conflict (stage_id, owner_id, shard)
        do update set n = t.n + excluded.n, amount_cents = t.amount_cents + excluded.amount_cents;
    end if;
    return null;
end $$;

create trigger pipeline_count_inserted after insert on pipeline_opportunity
    referencing new table as new_rows for each statement execute function pipeline_count();
create trigger pipeline_count_updated after update on pipeline_opportunity
    referencing old table as old_rows new table as new_rows for each statement execute function pipeline_count();
create trigger pipeline_count_deleted after delete on pipeline_opportunity
    referencing old table as old_rows for each statement execute function pipeline_count();

create function pipeline_count_none() returns trigger language plpgsql as $$
begin
    truncate pipeline_tally;
    return null;
end $$;
create trigger pipeline_count_truncated after truncate on pipeline_opportunity
    for each statement execute function pipeline_count_none();

insert into pipeline_tally (stage_id, owner_id, shard, n, amount_cents)
select stage_id, coalesce(owner_id, 0), 0, count(*), coalesce(sum(amount_cents), 0)
from pipeline_opportunity group by 1, 2;
"""
DROP = """
drop trigger pipeline_count_inserted on pipeline_opportunity;
drop trigger pipeline_count_updated on pipeline_opportunity;
drop trigger pipeline_count_deleted on pipeline_opportunity;
drop trigger pipeline_count_truncated on pipeline_opportunity;
drop function pipeline_count();
drop function pipeline_count_none();
drop table pipeline_tally;
"""


class Migration(migrations.Migration):
    """How many opportunities and how much money each stage and owner has, kept by triggers: a board never sums rows."""

    dependencies = [("pipeline", "0004_lists_befores_and_removals")]

    operations = [migrations.RunSQL(CREATE, DROP)]
