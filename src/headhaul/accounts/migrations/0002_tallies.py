from django.db import migrations

# Sixteen rows for each (status, owned): a writer adds to the row of its own connection, so that writers do not queue.
CREATE = """
create table accounts_tally (
    status text not null,
    is_owned boolean not null,
    shard smallint not null,
    n bigint not null,
    primary key (status, is_owned, shard)
);

create function accounts_count() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' then
        insert into accounts_tally as t (status, is_owned, shard, n)
        select status, is_owned, pg_backend_pid() % 16, sum(by)
        from (
            select status, owner_id is not null as is_owned, 1 as by from new_rows
            union all
            select status, owner_id is not null, -1 from old_rows
        ) moved group by 1, 2 having sum(by) <> 0 order by 1, 2
        on conflict (status, is_owned, shard) do update set n = t.n + excluded.n;
    elsif tg_op = 'INSERT' then
        insert into accounts_tally as t (status, is_owned, shard, n)
        select status, owner_id is not null, pg_backend_pid() % 16, count(*) from new_rows group by 1, 2 order by 1, 2
        on conflict (status, is_owned, shard) do update set n = t.n + excluded.n;
    else
        insert into accounts_tally as t (status, is_owned, shard, n)
        select status, owner_id is not null, pg_backend_pid() % 16, -count(*) from old_rows group by 1, 2 order by 1, 2
        on conflict (status, is_owned, shard) do update set n = t.n + excluded.n;
    end if;
    return null;
end $$;

create trigger accounts_count_inserted after insert on accounts_account
    referencing new table as new_rows for each statement execute function accounts_count();
create trigger accounts_count_updated after update on accounts_account
    referencing old table as old_rows new table as new_rows for each statement execute function accounts_count();
create trigger accounts_count_deleted after delete on accounts_account
    referencing old table as old_rows for each statement execute function accounts_count();

create function accounts_count_none() returns trigger language plpgsql as $$
begin
    truncate accounts_tally;
    return null;
end $$;
create trigger accounts_count_truncated after truncate on accounts_account
    for each statement execute function accounts_count_none();
"""
DROP = """
drop trigger accounts_count_inserted on accounts_account;
drop trigger accounts_count_updated on accounts_account;
drop trigger accounts_count_deleted on accounts_account;
drop trigger accounts_count_truncated on accounts_account;
drop function accounts_count();
drop function accounts_count_none();
drop table accounts_tally;
"""


class Migration(migrations.Migration):
    """How many accounts are in each status, owned or not, kept by triggers: a dashboard must not count a million rows."""

    dependencies = [("accounts", "0001_accounts")]

    operations = [migrations.RunSQL(CREATE, DROP)]
