"""What speaks for contacting an account now, found by one query of short look-ups for one person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from headhaul.accounts.selectors.accounts import visible
from headhaul.accounts.selectors.pages import Conditions, fetch
from headhaul.advisor.choices import Reason
from headhaul.advisor.preferences import NextActions
from headhaul.kernel import Actor
from headhaul.pipeline.preferences import RiskLimits

MOST = 200  # promises of each kind: a day has no room for more
SOME = 50  # of what signals and silence suggest


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason on one account: its stable key, and what it is about."""

    reason: Reason
    key: str
    account_id: int
    moment: datetime | None
    day: date | None  # of what is due on a day and not at a moment: of a task the reader's, of a deal the firm's
    words: str  # the task's subject, the next step, the opportunity's name
    contact_id: int | None
    opportunity_id: int | None
    activity_id: int | None
    amount_cents: int | None


@dataclass(frozen=True, slots=True)
class Days:
    """Which day it is. A task's day is its reader's, as in the list of tasks; a deal's the firm's, as for its risks."""

    reader: date
    firm: date


# Each part gives: kind, key, account_id, moment, day, words, contact_id, opportunity_id, activity_id, amount_cents.
_TASK = """'task:' || t.id as key, t.account_id, t.due_at as moment, t.due_on as day, t.subject as words, t.contact_id,
       t.opportunity_id, t.id as activity_id, null::bigint as amount_cents
from activities_activity t
where t.type = 'task' and t.completed_at is null and t.owner_id = %(owner)s"""
_TASKS = f"""
select case when t.due_at < %(at)s then 'task_overdue' else 'task_due' end as kind, {_TASK} and t.due_at <= %(soon)s
order by t.due_at limit {MOST}
"""
_TASKS_OF_A_DAY = f"""
select case when t.due_on < %(here)s then 'task_overdue' else 'task_due' end, {_TASK} and t.due_on <= %(tomorrow)s
order by t.due_on limit {MOST}
"""
_REPLIES = f"""
select 'reply_waiting', 'reply:' || r.id, r.account_id, r.happened_at, null::date, r.subject, r.contact_id,
       r.opportunity_id, r.id, null::bigint
from activities_activity r join accounts_account a on a.id = r.account_id
where (r.direction = 'in' or r.outcome = 'replied') and r.happened_at > %(replied)s and r.happened_at <= %(at)s
  and r.type in ('email', 'sms', 'call') and coalesce(r.owner_id, a.owner_id) = %(owner)s
  and not exists (
      select from activities_activity o where o.account_id = r.account_id and o.happened_at > r.happened_at
      and o.type in ('call', 'email', 'sms', 'meeting'))
order by r.happened_at desc limit {MOST}
"""
_DEALS = f"""
select found.kind, found.kind || ':' || o.id || coalesce(':' || found.day, ''), o.account_id,
       null::timestamptz, found.day, found.words, o.decision_maker_id, o.id, null::bigint, o.amount_cents
from pipeline_opportunity o join pipeline_stage s on s.id = o.stage_id
cross join lateral (values
    (case when o.next_step_on < %(today)s then 'next_step_overdue' when o.next_step_on = %(today)s
          then 'next_step_today' end, o.next_step_on, coalesce(nullif(o.next_step, ''), o.name)),
    (case when o.close_on < %(today)s then 'close_date_passed' when o.close_on <= %(closing)s
          then 'closing_soon' end, o.close_on, o.name),
    (case when o.decision_maker_id is null and s.probability >= %(needed)s then 'no_decision_maker' end, null::date,
     o.name)
) found(kind, day, words)
where o.kind = 'open' and o.owner_id = %(owner)s and found.kind is not null
order by found.day nulls last, o.id limit {3 * MOST}
"""
_NEW = f"""
select 'new_account', 'new_account:' || a.id, a.id, a.created_at, null::date, '', null::bigint, null::bigint,
       null::bigint, null::bigint
from accounts_account a join accounts_accountpulse p on p.account_id = a.id
where a.owner_id = %(owner)s and a.created_at > %(new)s and a.created_at <= %(at)s
  and p.last_touch_at is null and a.status in ('target', 'prospecting')
order by a.created_at desc, a.id desc limit {SOME}
"""
_SPIKES = f"""
select 'signal_spike', 'signal_spike:' || a.id || ':' || x.day, a.id, null::timestamptz, x.day, '',
       null::bigint, null::bigint, null::bigint, null::bigint
from accounts_accountscore x join accounts_account a on a.id = x.account_id
join accounts_accountpulse p on p.account_id = a.id
where x.is_spike and x.day is not null and a.owner_id = %(owner)s and a.status <> 'not_a_fit'
  and (p.last_touch_at is null or p.last_touch_at < x.day)
order by x.rank desc limit {SOME}
"""
_HOT = f"""
select 'hot_untouched', 'hot_untouched:' || a.id || ':' || coalesce(p.last_touch_at::date::text, 'never'), a.id,
       p.last_touch_at, null::date, '', null::bigint, null::bigint, null::bigint, null::bigint
from accounts_accountscore x join accounts_account a on a.id = x.account_id
join accounts_accountpulse p on p.account_id = a.id
where x.rank >= %(hot)s and a.owner_id = %(owner)s and a.status in ('target', 'prospecting')
  and coalesce(p.last_touch_at, a.created_at) < %(untouched)s
order by x.rank desc, x.account_id desc limit {SOME}
"""
_PARTS = (_TASKS, _TASKS_OF_A_DAY, _REPLIES, _DEALS, _NEW, _SPIKES, _HOT)
_FOUND = f"""
with found as ({" union all ".join(f"({part})" for part in _PARTS)})
select f.* from found f join accounts_account a on a.id = f.account_id
where not exists (
    select from advisor_proposedaction d where d.user_id = %(user)s and d.key = f.key
    and (d.skipped_at is not null or (d.taken_at is not null and f.kind not in ('task_overdue', 'task_due'))))
and not exists (
    select from advisor_proposedaction s where s.user_id = %(user)s and s.account_id = f.account_id
    and s.snoozed_until > %(at)s)
"""


def findings(
    *, owner_id: int, chosen: NextActions, limits: RiskLimits, days: Days, by: Actor, at: datetime
) -> list[Finding]:
    """All reasons that stand for this owner's accounts, as far as `by` sees them and has not put them away."""
    seen = Conditions()
    visible(seen, by=by)
    sql, given = _FOUND, _given(owner_id, chosen, limits, days, by=by, at=at)
    if seen.clauses:
        clause = seen.where
        for number, value in enumerate(seen.parameters):
            clause = clause.replace("%s", f"%(seen{number})s", 1)
            given[f"seen{number}"] = value
        sql = f"{sql} and {clause}"
    rows = fetch(sql, given)
    return [Finding(reason=Reason(row.pop("kind")), **row) for row in rows]


def _given(
    owner_id: int, chosen: NextActions, limits: RiskLimits, days: Days, *, by: Actor, at: datetime
) -> dict[str, Any]:
    return {
        "owner": owner_id,
        "user": by.user_id,
        "at": at,
        "soon": at + timedelta(days=1),
        "here": days.reader,
        "tomorrow": days.reader + timedelta(days=1),
        "today": days.firm,
        "closing": days.firm + timedelta(days=chosen.closing_days),
        "needed": limits.needed_from,
        "replied": at - timedelta(days=chosen.reply_days),
        "new": at - timedelta(days=chosen.new_days),
        "hot": chosen.hot_score * 100,
        "untouched": at - timedelta(days=chosen.untouched_days),
    }
