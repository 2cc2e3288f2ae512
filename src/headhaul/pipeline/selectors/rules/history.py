"""What happened in the last days that could have set a rule off, from the histories that are kept anyway."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from headhaul.accounts.selectors.pages import fetch
from headhaul.pipeline import ports
from headhaul.pipeline.choices import RuleTrigger as T
from headhaul.pipeline.selectors.rules.facts import Target, read_json
from headhaul.pipeline.selectors.stages import book

MOST = 5_000  # events that one test looks at
LATEST = 100_000  # rows of a history without an index on time that are looked through, newest first


@dataclass(frozen=True, slots=True)
class Past:
    """Something that happened."""

    at: datetime
    target: Target
    changes: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    risk: str = ""


_CHANGED = """
select c.valid_from as at, c.opportunity_id, c.field, c.old, c.new from pipeline_opportunitychange c
join pipeline_opportunity o on o.id = c.opportunity_id
where c.field = %(field)s and c.valid_from >= %(since)s order by c.valid_from desc, c.id desc limit %(most)s
"""
_OPENED = """
select o.opened_at as at, o.id as opportunity_id from pipeline_opportunity o
where o.created_at >= %(since)s order by o.id desc limit %(most)s
"""
_CLOSED = """
select o.closed_at as at, o.id as opportunity_id from pipeline_opportunity o
where o.closed_at >= %(since)s and o.kind = %(kind)s order by o.closed_at desc limit %(most)s
"""
_OVERDUE = """
select (o.next_step_on + 1)::timestamptz as at, o.id as opportunity_id from pipeline_opportunity o
where o.kind = 'open' and o.next_step_on >= %(since)s::date and o.next_step_on < %(at)s::date
order by o.next_step_on desc, o.id desc limit %(most)s
"""
_STALLED = """
select o.stage_entered_at + make_interval(days => s.sla_days + 2 * (s.sla_days / 5)) as at, o.id as opportunity_id
from pipeline_opportunity o join pipeline_stage s on s.id = o.stage_id
where o.kind = 'open' and s.sla_days is not null
  and o.stage_entered_at + make_interval(days => s.sla_days + 2 * (s.sla_days / 5)) between %(since)s and %(at)s
order by o.stage_entered_at desc, o.id desc limit %(most)s
"""
_RISKS = """
select now.day::timestamptz as at, now.opportunity_id, risk from pipeline_opportunitysnapshot now
left join lateral (
    select before.risks from pipeline_opportunitysnapshot before
    where before.opportunity_id = now.opportunity_id and before.day < now.day order by before.day desc limit 1
) earlier on true
cross join lateral unnest(now.risks) as risk
join pipeline_opportunity o on o.id = now.opportunity_id
where now.day >= %(since)s::date and not risk = any(coalesce(earlier.risks, '{}'))
order by now.day desc, now.opportunity_id desc limit %(most)s
"""
_ACCOUNTS = """
select a.created_at as at, a.id as account_id from accounts_account a
where a.created_at >= %(since)s order by a.created_at desc, a.id desc limit %(most)s
"""
_ACCOUNT_CHANGED = """
select c.valid_from as at, c.account_id, c.field, c.old, c.new
from (select * from accounts_fieldchange order by id desc limit %(latest)s) c
where c.field = %(field)s and c.contact_id is null and c.old is not null and c.recorded_at >= %(since)s
order by c.id desc limit %(most)s
"""
_LOGGED = """
select t.happened_at as at, t.account_id, t.id as activity_id
from (select * from activities_activity order by id desc limit %(latest)s) t
where t.happened_at >= %(since)s and t.type not in ('task', 'stage_change') order by t.id desc limit %(most)s
"""
_DONE = """
select t.completed_at as at, t.account_id, t.id as activity_id
from (select * from activities_activity order by id desc limit %(latest)s) t
where t.completed_at >= %(since)s and t.type = 'task' order by t.id desc limit %(most)s
"""
_SPIKES = """
select s.day::timestamptz as at, a.id as account_id from carriers_signal s
join accounts_account a on a.dot_number = s.dot_number
where s.day >= %(since)s::date and s.is_spike order by s.day desc, a.id desc limit %(most)s
"""
_ANSWERS = """
select i.received_at as at, i.account_id from outreach_inboundmessage i
where i.received_at >= %(since)s and i.kind = 'reply' and i.is_certain and i.account_id is not null
order by i.received_at desc, i.id desc limit %(most)s
"""
_SOURCES: Mapping[T, tuple[str, dict[str, str]]] = {
    T.OPPORTUNITY_CREATED: (_OPENED, {}),
    T.STAGE_CHANGED: (_CHANGED, {"field": "stage"}),
    T.OPPORTUNITY_WON: (_CLOSED, {"kind": "won"}),
    T.OPPORTUNITY_LOST: (_CLOSED, {"kind": "lost"}),
    T.AMOUNT_CHANGED: (_CHANGED, {"field": "amount"}),
    T.CLOSE_DATE_CHANGED: (_CHANGED, {"field": "close_on"}),
    T.OWNER_CHANGED: (_CHANGED, {"field": "owner"}),
    T.NEXT_STEP_OVERDUE: (_OVERDUE, {}),
    T.SLA_PASSED: (_STALLED, {}),
    T.RISK_FOUND: (_RISKS, {}),
    T.ACCOUNT_OPENED: (_ACCOUNTS, {}),
    T.ACCOUNT_STATUS_CHANGED: (_ACCOUNT_CHANGED, {"field": "status"}),
    T.ACCOUNT_ASSIGNED: (_ACCOUNT_CHANGED, {"field": "owner"}),
    T.ACTIVITY_LOGGED: (_LOGGED, {}),
    T.TASK_COMPLETED: (_DONE, {}),
    T.SIGNAL_SPIKE: (_SPIKES, {}),
    T.REPLIED: (_ANSWERS, {}),
}


def events(trigger: T, *, since: datetime, at: datetime) -> tuple[list[Past], bool]:
    """The newest events of a trigger since then, and whether these are all."""
    records = ports.with_trigger(trigger)
    if records is not None:
        found = records.past(trigger, since=since, most=MOST + 1)
        past = [Past(each.at, Target(each.account_id, lent=(records.kind, each.record_id))) for each in found[:MOST]]
        return past, len(found) <= MOST
    if trigger not in _SOURCES:
        return [], True
    sql, more = _SOURCES[trigger]
    rows = fetch(sql, {"since": since, "at": at, "most": MOST + 1, "latest": LATEST} | more)
    keys = _stage_keys()
    return [_past(row, keys) for row in rows[:MOST]], len(rows) <= MOST


def _past(row: Mapping[str, Any], keys: Mapping[int, str]) -> Past:
    target = Target(row.get("account_id"), row.get("opportunity_id"), row.get("activity_id"))
    changes = (
        {row["field"]: (_value(row["field"], row["old"], keys), _value(row["field"], row["new"], keys))}
        if "field" in row
        else {}
    )
    return Past(row["at"], target, changes, row.get("risk", ""))


_AS_OF = """
select wanted.n, was.field, was.new
from unnest(%s::bigint[], %s::timestamptz[]) with ordinality as wanted(opportunity_id, at, n)
cross join lateral (
    select distinct on (c.field) c.field, c.new from pipeline_opportunitychange c
    where c.opportunity_id = wanted.opportunity_id and c.valid_from <= wanted.at
    order by c.field, c.valid_from desc, c.id desc
) was
"""
_TRACKED = {
    "stage": "opportunity.stage", "amount": "opportunity.amountCents", "close_on": "opportunity.closeOn",
    "owner": "opportunity.owner", "next_step": "opportunity.nextStep", "next_step_on": "opportunity.nextStepOn",
    "category": "opportunity.category", "competitor": "opportunity.competitor",
    "lost_reason": "opportunity.lostReason",
}  # fmt: skip


def as_of(wanted: Sequence[tuple[int, datetime]]) -> list[dict[str, Any]]:
    """The tracked facts of each opportunity at that time, in the same order."""
    found: list[dict[str, Any]] = [{} for _ in wanted]
    keys = _stage_keys()
    for row in fetch(_AS_OF, [[key for key, _ in wanted], [at for _, at in wanted]]):
        if row["field"] in _TRACKED:
            found[row["n"] - 1][_TRACKED[row["field"]]] = _value(row["field"], row["new"], keys)
    return found


def _value(field: str, stored: Any, keys: Mapping[int, str]) -> Any:
    """A value as rules speak of it: stages by their keys, which history keeps by number."""
    value = read_json(stored)
    return keys.get(value) if field == "stage" else value


def _stage_keys() -> dict[int, str]:
    return {number: stage.key for number, stage in book().by_id.items()}
