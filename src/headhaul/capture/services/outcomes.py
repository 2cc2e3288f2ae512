"""What became of leads, from what became of their opportunities and accounts.

Worked out anew from what stands now, set-based, and safe to do twice: a deal that is reopened, or lost after it was
won, takes its leads along. In this order: the lead's own deal was won; another deal of its company, opened after the
lead, was won; it has no deal and the company became a client after it; its own deal was lost. What a company signs more
than a year later is no success of the lead any more. Whoever was disqualified stays so.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

CREDITED = timedelta(days=365)  # so long after it was taken down, what its company does is a lead's doing
_LEADS = "not l.is_spam and l.merged_into_id is null and l.status <> 'disqualified'"
# A lead that had none is tied to the first opportunity that was opened with its account afterwards.
_TIE = f"""
update capture_lead l set opportunity_id = o.id, version = l.version + 1, updated_at = %(at)s
from (
    select l.id as lead_id, min(o.id) as id from capture_lead l
    join pipeline_opportunity o on o.account_id = l.account_id
        and o.opened_at >= l.captured_at and o.opened_at < l.captured_at + %(credited)s
    where l.opportunity_id is null and {_LEADS} {{only}} group by l.id
) o
where l.id = o.lead_id
"""
_SETTLE = f"""
with told as (
    select l.id,
        case when own.kind = 'won' then own.closed_at
             when other.at is not null then other.at
             when l.opportunity_id is null then signed.at end as won_at,
        case when own.kind = 'lost' then own.closed_at end as lost_at
    from capture_lead l
    left join pipeline_opportunity own on own.id = l.opportunity_id
    left join lateral (
        select min(o.closed_at) as at from pipeline_opportunity o
        where o.account_id = l.account_id and o.kind = 'won' and o.id is distinct from l.opportunity_id
          and o.opened_at >= l.captured_at and o.closed_at < l.captured_at + %(credited)s
    ) other on true
    left join lateral (
        select greatest(max(c.valid_from), l.captured_at) as at
        from accounts_account a join accounts_fieldchange c
            on c.account_id = a.id and c.contact_id is null and c.field = 'status' and c.new = '"client"'::jsonb
        where a.id = l.account_id and a.status = 'client'
        having max(c.valid_from) >= l.captured_at and max(c.valid_from) < l.captured_at + %(credited)s
    ) signed on true
    where {_LEADS} {{only}}
), now as (
    select id, case when won_at is not null then 'won' when lost_at is not null then 'lost' end as outcome,
           coalesce(won_at, lost_at) as at
    from told
)
update capture_lead l
set outcome = now.outcome, outcome_at = now.at, version = l.version + 1, updated_at = %(at)s,
    status = case when now.outcome = 'won' then 'converted'
                  when l.outcome = 'won' and l.status = 'converted' then 'qualified' else l.status end
from now
where l.id = now.id and (l.outcome is distinct from now.outcome or l.outcome_at is distinct from now.at
    or (now.outcome = 'won' and l.status <> 'converted'))
returning coalesce(now.outcome, 'unknown')
"""


def settle(*, at: datetime, account_ids: Sequence[int] | None = None) -> dict[str, int]:
    """Bring the outcomes of all leads, or of some accounts', up to date; how many were tied to a deal or changed."""
    only = "" if account_ids is None else "and l.account_id = any(%(accounts)s)"
    given: dict[str, Any] = {"at": at, "accounts": list(account_ids or []), "credited": CREDITED}
    counts = {"tied": 0, "won": 0, "lost": 0, "unknown": 0}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_TIE.format(only=only), given)
        counts["tied"] = int(cursor.rowcount)
        cursor.execute(_SETTLE.format(only=only), given)
        for (outcome,) in cursor.fetchall():
            counts[outcome] += 1
    return counts
