from django.db import migrations

# What a forecast adds up, by the month in which open deals are to close and, in UTC, won ones were closed.
# Writers append what changed and never wait for one another; a reader adds up all rows, and the clock makes those of a
# key one. Hence no primary key.
TABLE = """
create table pipeline_closing (
    month date not null,
    kind text not null,
    stage_id bigint not null,
    owner_id bigint not null, -- 0: nobody's
    category text not null,
    n bigint not null,
    n_without_amount bigint not null,
    amount_cents numeric not null,
    n_with_ai bigint not null,
    amount_with_ai numeric not null,
    weighted_by_ai numeric not null -- cents times percent
);
create index closing_by_month on pipeline_closing (month, kind);
"""
_SUMS = """
        select date_trunc('month', case when kind = 'open' then close_on::timestamp
                   else closed_at at time zone 'UTC' end)::date as month,
               kind, stage_id, coalesce(owner_id, 0) as owner_id, category, {sign} as n,
               case when amount_cents is null then {sign} else 0 end as n_without_amount,
               {sign} * coalesce(amount_cents, 0)::numeric as amount_cents,
               case when ai_close_probability is not null then {sign} else 0 end as n_with_ai,
               case when ai_close_probability is not null then {sign} * coalesce(amount_cents, 0)::numeric else 0 end
                   as amount_with_ai,
               {sign} * coalesce(amount_cents * ai_close_probability::numeric, 0) as weighted_by_ai
        from {rows} where (kind = 'open' and close_on is not null) or kind = 'won'
"""
_ADD = """
    insert into pipeline_closing (month, kind, stage_id, owner_id, category, n, n_without_amount, amount_cents,
        n_with_ai, amount_with_ai, weighted_by_ai)
    select month, kind, stage_id, owner_id, category, sum(n), sum(n_without_amount), sum(amount_cents),
           sum(n_with_ai), sum(amount_with_ai), sum(weighted_by_ai)
    from ({moved}) moved group by 1, 2, 3, 4, 5
    having sum(n) <> 0 or sum(n_without_amount) <> 0 or sum(amount_cents) <> 0 or sum(n_with_ai) <> 0
        or sum(amount_with_ai) <> 0 or sum(weighted_by_ai) <> 0;
"""
CAME, WENT = _SUMS.format(sign=1, rows="new_rows"), _SUMS.format(sign=-1, rows="old_rows")
ADD = {
    "insert": _ADD.format(moved=CAME),
    "update": _ADD.format(moved=f"{CAME} union all {WENT}"),
    "delete": _ADD.format(moved=WENT),
}
TRIGGERS = f"""
create function pipeline_closes() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' then {ADD["update"]}
    elsif tg_op = 'INSERT' then {ADD["insert"]}
    else {ADD["delete"]}
    end if;
    return null;
end $$;
create trigger pipeline_closes_inserted after insert on pipeline_opportunity
    referencing new table as new_rows for each statement execute function pipeline_closes();
create trigger pipeline_closes_updated after update on pipeline_opportunity
    referencing old table as old_rows new table as new_rows for each statement execute function pipeline_closes();
create trigger pipeline_closes_deleted after delete on pipeline_opportunity
    referencing old table as old_rows for each statement execute function pipeline_closes();

create function pipeline_closes_none() returns trigger language plpgsql as $$
begin
    truncate pipeline_closing;
    return null;
end $$;
create trigger pipeline_closes_truncated after truncate on pipeline_opportunity
    for each statement execute function pipeline_closes_none();
"""
FILL = _ADD.format(moved=_SUMS.format(sign=1, rows="pipeline_opportunity"))
DROP = """
drop trigger pipeline_closes_inserted on pipeline_opportunity;
drop trigger pipeline_closes_updated on pipeline_opportunity;
drop trigger pipeline_closes_deleted on pipeline_opportunity;
drop trigger pipeline_closes_truncated on pipeline_opportunity;
drop function pipeline_closes();
drop function pipeline_closes_none();
drop table pipeline_closing;
"""


class Migration(migrations.Migration):
    """A forecast reads sums by month instead of every deal of the period."""

    dependencies = [("pipeline", "0013_what_was_known_and_entered")]

    operations = [migrations.RunSQL(TABLE + TRIGGERS + FILL, DROP)]
