"""What became of leads, from what became of their opportunities and accounts. Set-based, and safe to do twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

_LEADS = "not l.is_spam and l.merged_into_id is null"
# A lead that had none is tied to the first opportunity that was opened with its account afterwards.
_TIE = f"""
update capture_lead l set opportunity_id = o.id, version = l.version + 1, updated_at = %(at)s
from (
    select l.id as lead_id, min(o.id) as id from capture_lead l
    join pipeline_opportunity o on o.account_id = l.account_id and o.opened_at >= l.captured_at
    where l.opportunity_id is null and {_LEADS} and l.status <> 'disqualified' {{only}} group by l.id
) o
where l.id = o.lead_id
"""
_BY_OPPORTUNITY = f"""
update capture_lead l
set outcome = o.kind, outcome_at = o.closed_at, version = l.version + 1, updated_at = %(at)s,
    status = case when o.kind = 'won' then 'converted' else l.status end
from pipeline_opportunity o
where o.id = l.opportunity_id and o.kind in ('won', 'lost') and {_LEADS} {{only}}
  and (l.outcome is distinct from o.kind or (o.kind = 'won' and l.status <> 'converted'))
  and not (o.kind = 'lost' and coalesce(l.outcome, '') = 'won')
"""
_BY_ACCOUNT = f"""
update capture_lead l
set outcome = 'won', outcome_at = greatest(since.at, l.captured_at), status = 'converted', version = l.version + 1,
    updated_at = %(at)s
from accounts_account a, lateral (
    select coalesce(max(c.valid_from), '-infinity') as at from accounts_fieldchange c
    where c.account_id = a.id and c.contact_id is null and c.field = 'status' and c.new = '"client"'::jsonb
) since
where a.id = l.account_id and a.status = 'client' and since.at >= l.captured_at and {_LEADS} {{only}}
  and l.outcome is distinct from 'won'
"""
# Reopened, or the account is no client after all: nothing is known again.
_UNDONE = f"""
update capture_lead l
set outcome = null, outcome_at = null, version = l.version + 1, updated_at = %(at)s,
    status = case when l.status = 'converted' then 'qualified' else l.status end
from pipeline_opportunity o
where o.id = l.opportunity_id and o.kind = 'open' and l.outcome is not null and l.status <> 'disqualified' and {_LEADS}
  {{only}} and not exists (select from accounts_account a where a.id = l.account_id and a.status = 'client')
"""


def settle(*, at: datetime, account_ids: Sequence[int] | None = None) -> dict[str, int]:
    """Bring the outcomes of all leads, or of some accounts', up to date; how many changed by each way."""
    only = "" if account_ids is None else "and l.account_id = any(%(accounts)s)"
    given: dict[str, Any] = {"at": at, "accounts": list(account_ids or [])}
    counts = {}
    with transaction.atomic(), connection.cursor() as cursor:
        for name, sql in (
            ("tied", _TIE),
            ("by_opportunity", _BY_OPPORTUNITY),
            ("by_account", _BY_ACCOUNT),
            ("undone", _UNDONE),
        ):
            cursor.execute(sql.format(only=only), given)
            counts[name] = int(cursor.rowcount)
    return counts
