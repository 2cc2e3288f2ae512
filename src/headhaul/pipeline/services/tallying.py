"""The tallies of opportunities, by stage and owner and by month of closing, held against the opportunities.

What is missing is added, not put in the place of what is there: read in one statement, it stays right whatever is
written meanwhile.
"""

from __future__ import annotations

from django.db import connection, transaction

_MEND = """
insert into pipeline_tally as t (stage_id, owner_id, shard, n, amount_cents)
select stage_id, owner_id, 0, sum(n), sum(cents)
from (
    select stage_id, coalesce(owner_id, 0) as owner_id, count(*) as n, coalesce(sum(amount_cents), 0) as cents
    from pipeline_opportunity group by 1, 2
    union all
    select stage_id, owner_id, -n, -amount_cents from pipeline_tally
) both_sides group by 1, 2 having sum(n) <> 0 or sum(cents) <> 0 order by 1, 2
on conflict (stage_id, owner_id, shard)
do update set n = t.n + excluded.n, amount_cents = t.amount_cents + excluded.amount_cents
"""
_SUMS = """
select month, kind, stage_id, owner_id, category, sum(n), sum(n_without_amount), sum(amount_cents), sum(n_with_ai),
       sum(amount_with_ai), sum(weighted_by_ai)
from {rows} group by 1, 2, 3, 4, 5
having sum(n) <> 0 or sum(n_without_amount) <> 0 or sum(amount_cents) <> 0 or sum(n_with_ai) <> 0
    or sum(amount_with_ai) <> 0 or sum(weighted_by_ai) <> 0
"""
_INTO = """
insert into pipeline_closing (month, kind, stage_id, owner_id, category, n, n_without_amount, amount_cents, n_with_ai,
    amount_with_ai, weighted_by_ai)
"""
# One statement: whoever reads meanwhile sees all rows as they were or all as they are. What is one row stays as it is.
_FOLD = f"""
with gone as (
    delete from pipeline_closing where (month, kind, stage_id, owner_id, category) in (
        select month, kind, stage_id, owner_id, category from pipeline_closing group by 1, 2, 3, 4, 5
        having count(*) > 1
    ) returning *
)
{_INTO} {_SUMS.format(rows="gone")}
"""
_COUNTED = """(
    select date_trunc('month', case when kind = 'open' then close_on::timestamp
               else closed_at at time zone 'UTC' end)::date as month,
           kind, stage_id, coalesce(owner_id, 0) as owner_id, category, 1 as n,
           (amount_cents is null)::int as n_without_amount, coalesce(amount_cents, 0)::numeric as amount_cents,
           (ai_close_probability is not null)::int as n_with_ai,
           case when ai_close_probability is not null then coalesce(amount_cents, 0) else 0 end as amount_with_ai,
           coalesce(amount_cents * ai_close_probability::numeric, 0) as weighted_by_ai
    from pipeline_opportunity where (kind = 'open' and close_on is not null) or kind = 'won'
    union all
    select month, kind, stage_id, owner_id, category, -n, -n_without_amount, -amount_cents, -n_with_ai,
           -amount_with_ai, -weighted_by_ai
    from pipeline_closing
) both_sides"""
_MEND_CLOSING = f"{_INTO} {_SUMS.format(rows=_COUNTED)}"
# Against another fold or mend alone: two mends would both add what is missing. Writers and readers go on.
_ONE_AT_A_TIME = "lock table pipeline_closing in share update exclusive mode"


def mend() -> int:
    """Make the tally equal the opportunities; in how many stages of an owner it did not. One at a time: two at once
    would both add what is missing."""
    with connection.cursor() as cursor:
        cursor.execute(_MEND)
        return int(cursor.rowcount)


def fold() -> None:
    """Make what was appended to the sums by month one row for each key."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_ONE_AT_A_TIME)
        cursor.execute(_FOLD)


def mend_closing() -> int:
    """Make the sums by month equal the opportunities; in how many keys (month, kind, stage, owner, category) they did
    not."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_ONE_AT_A_TIME)
        cursor.execute(_MEND_CLOSING)
        wrong = int(cursor.rowcount)
        cursor.execute(_FOLD)
    return wrong
