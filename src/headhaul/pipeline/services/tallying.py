"""The tally of opportunities by stage and owner, held against the opportunities."""

from __future__ import annotations

from django.db import connection

# What is missing is added, not put in the place of what is there: read in one statement, it stays right whatever is
# written meanwhile.
MEND = """
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


def mend() -> int:
    """Make the tally equal the opportunities; in how many stages of an owner it did not. One at a time: two at once
    would both add what is missing."""
    with connection.cursor() as cursor:
        cursor.execute(MEND)
        return int(cursor.rowcount)
