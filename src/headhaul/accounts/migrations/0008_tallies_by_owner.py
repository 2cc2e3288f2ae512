from django.db import migrations

# Owner and team 0 are nobody. A writer adds to the rows of its own connection's shard, so that writers do not queue.
KEYS = "status, coalesce(owner_id, 0) as owner_id, coalesce(team_id, 0) as team_id"
CREATE = f"""
create table accounts_tally (
    status text not null,
    owner_id bigint not null,
    team_id bigint not null,
    shard smallint not null,
    n bigint not null,
    primary key (status, owner_id, team_id, shard)
);
create or replace function accounts_count() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' then
        insert into accounts_tally as t (status, owner_id, team_id, shard, n)
        select status, owner_id, team_id, pg_backend_pid() % 16, sum(by)
        from (
            select {KEYS}, 1 as by from new_rows
            union all
            select {KEYS}, -1 from old_rows
        ) moved group by 1, 2, 3 having sum(by) <> 0 order by 1, 2, 3
        on conflict (status, owner_id, team_id, shard) do update set n = t.n + excluded.n;
    elsif tg_op = 'INSERT' then
        insert into accounts_tally as t (status, owner_id, team_id, shard, n)
        select status, owner_id, team_id, pg_backend_pid() % 16, count(*)
        from (select {KEYS} from new_rows) added group by 1, 2, 3 order by 1, 2, 3
        on conflict (status, owner_id, team_id, shard) do update set n = t.n + excluded.n;
    else
        insert into accounts_tally as t (status, owner_id, team_id, shard, n)
        select status, owner_id, team_id, pg_backend_pid() % 16, -count(*)
        from (select {KEYS} from old_rows) gone group by 1, 2, 3 order by 1, 2, 3
        on conflict (status, owner_id, team_id, shard) do update set n = t.n + excluded.n;
    end if;
    return null;
end $$;
insert into accounts_tally (status, owner_id, team_id, shard, n)
select status, owner_id, team_id, 0, count(*) from (select {KEYS} from accounts_account) a group by 1, 2, 3;
"""
BEFORE = """
drop table accounts_tally;
create table accounts_tally (
    status text not null,
    is_owned boolean not null,
    shard smallint not null,
    n bigint not null,
    primary key (status, is_owned, shard)
);
create or replace function accounts_count() returns trigger language plpgsql as $$
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
insert into accounts_tally (status, is_owned, shard, n)
select status, owner_id is not null, 0, count(*) from accounts_account group by 1, 2;
"""


class Migration(migrations.Migration):
    """Who sees only their own or their team's accounts is told how many those are, as exactly and as fast."""

    dependencies = [("accounts", "0007_erased_and_removed")]

    operations = [migrations.RunSQL(f"drop table accounts_tally; {CREATE}", BEFORE)]
