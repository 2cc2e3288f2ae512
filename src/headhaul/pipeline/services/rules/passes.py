"""What the clock finds for the rules: overdue next steps, stages stayed in too long, new risks, strong rises.

A pass finds the same things every time it runs; the key of each event lets a rule act on it once. What was so before
a rule was switched on is left alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Min

from headhaul.accounts.selectors.pages import fetch
from headhaul.pipeline import working_days
from headhaul.pipeline.choices import RuleTrigger as T
from headhaul.pipeline.models import AutomationRule
from headhaul.pipeline.services.happening import Event
from headhaul.pipeline.services.rules import waiting

_NOT_YET = "not exists (select from pipeline_waitingevent w where w.key = %(trigger)s::text || '|' || {key})"
_OVERDUE = f"""
select o.id as opportunity_id, o.account_id, found.key from pipeline_opportunity o
cross join lateral (select 'opportunity:' || o.id || ':overdue:' || o.next_step_on as key) found
where o.kind = 'open' and o.next_step_on < %(today)s::date and o.next_step_on >= %(since)s::date
  and {_NOT_YET.format(key="found.key")}
order by o.id
"""
_STALLED = f"""
select o.id as opportunity_id, o.account_id, found.key from pipeline_opportunity o
cross join lateral (
    select 'opportunity:' || o.id || ':sla:' || extract(epoch from o.stage_entered_at)::bigint as key
) found
where o.kind = 'open' and o.stage_id = %(stage)s and o.stage_entered_at < %(until)s and o.stage_entered_at >= %(since)s
  and {_NOT_YET.format(key="found.key")}
order by o.id
"""
_RISKS = f"""
select now.opportunity_id, now.account_id, risk, found.key from pipeline_opportunitysnapshot now
left join lateral (
    select before.risks from pipeline_opportunitysnapshot before
    where before.opportunity_id = now.opportunity_id and before.day < now.day order by before.day desc limit 1
) earlier on true
cross join lateral unnest(now.risks) as risk
cross join lateral (
    select 'opportunity:' || now.opportunity_id || ':risk:' || risk || ':' || now.day as key
) found
where now.day = (select max(day) from pipeline_opportunitysnapshot) and now.day >= %(since)s::date
  and not risk = any(coalesce(earlier.risks, '{{}}')) and {_NOT_YET.format(key="found.key")}
order by now.opportunity_id, risk
"""
_SPIKES = f"""
select x.account_id, found.key from accounts_accountscore x
cross join lateral (select 'account:' || x.account_id || ':spike:' || x.day as key) found
where x.is_spike and x.day >= %(since)s::date and {_NOT_YET.format(key="found.key")}
order by x.account_id
"""


def run(*, at: datetime) -> dict[str, int]:
    """Look for everything that some active rule waits for, and put it down for the rules; how much, by trigger."""
    found: dict[str, int] = {}
    for trigger, look in _PASSES.items():
        rules = AutomationRule.objects.filter(is_active=True, trigger=trigger)
        since = rules.aggregate(first=Min("active_since"))["first"]
        if since is not None:
            given = {"trigger": trigger.value, "since": since}
            found[trigger.value] = waiting.put([_event(trigger, row, at) for row in look(given, at)])
    return found


def _overdue(given: dict[str, Any], at: datetime) -> Iterator[dict[str, Any]]:
    firm = working_days.current()
    yield from fetch(_OVERDUE, given | {"today": firm.today(at), "since": firm.today(given["since"])})


def _stalled(given: dict[str, Any], at: datetime) -> Iterator[dict[str, Any]]:
    calendar = working_days.current()
    for row in fetch("select id, sla_days from pipeline_stage where sla_days is not null and is_active", []):
        until, since = (calendar.late_before(moment, row["sla_days"]) for moment in (at, given["since"]))
        yield from fetch(_STALLED, given | {"stage": row["id"], "until": until, "since": since})


def _risks(given: dict[str, Any], at: datetime) -> Iterator[dict[str, Any]]:
    yield from fetch(_RISKS, given | {"since": working_days.current().today(given["since"])})


def _spikes(given: dict[str, Any], at: datetime) -> Iterator[dict[str, Any]]:
    yield from fetch(_SPIKES, given | {"since": working_days.current().today(given["since"])})


def _event(trigger: T, row: Mapping[str, Any], at: datetime) -> Event:
    return Event(
        trigger=trigger,
        at=at,
        key=row["key"],
        account_id=row["account_id"],
        opportunity_id=row.get("opportunity_id"),
        actor="Headhaul",
        risk=row.get("risk", ""),
    )


_PASSES: Mapping[T, Callable[[dict[str, Any], datetime], Iterator[dict[str, Any]]]] = {
    T.NEXT_STEP_OVERDUE: _overdue,
    T.SLA_PASSED: _stalled,
    T.RISK_FOUND: _risks,
    T.SIGNAL_SPIKE: _spikes,
}
